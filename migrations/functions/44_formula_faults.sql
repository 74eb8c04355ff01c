-- SPDX-License-Identifier: Apache-2.0
-- What is wrong with a row of formulas.csv beside its expression, which the program parses: names of replicates that the
-- expression does not have, and a unit that nothing leads to. Called by lab.catalogue_faults.
set role touchstone_owner;

-- Whether the expression asks for an input of this name: a word of it that is no text, no function and none of its own steps.
create or replace function lab.formula_asks_for(expression text, name text) returns boolean
language sql immutable as $$
    select name ~ '^[A-Za-z_][A-Za-z0-9_]*$' and name !~ '^(let|if|then|else|and|or|not|true|false)$'
        and bare.text ~ ('\m' || name || '\M(?!\s*\()') and bare.text !~ ('\mlet\s+' || name || '\s*=')
    from (select regexp_replace(expression, '''[^'']*''', '', 'g') as text) as bare
$$;

-- As the calculation compares units: "CFU/m3" is "[CFU]/m3".
create or replace function lab.unit_bare(unit text) returns text
language sql immutable as $$
    select translate(unit, '[]{}', '')
$$;

-- Whether a result in this unit is one of the parameter's, or can be converted.
create or replace function lab.formula_unit_is_known(calc_key text, unit text) returns boolean
language sql stable as $$
    select exists (select from lab.catalogue_coming as factor where factor.file = 'formula_units'
                   and unit in (factor.key, factor.cells ->> 'display'))
        or exists (
            select from lab.catalogue_coming as method
            join lab.catalogue_coming as measured on measured.file = 'param_methods'
                and measured.cells ->> 'method_id' = method.key
            join lab.catalogue_coming as parameter on parameter.file = 'parameters'
                and parameter.key = measured.cells ->> 'param_id'
            left join lab.catalogue_coming as shown on shown.file = 'units'
                and shown.key = parameter.cells ->> 'unit_ucum'
            where method.file = 'methods' and (method.cells ->> 'calc_key' = calc_key
                or calc_key = any (string_to_array(method.cells ->> 'calc_key', ' or ')))
            and lab.unit_bare(unit) in (lab.unit_bare(parameter.cells ->> 'unit_ucum'), lab.unit_bare(shown.cells ->> 'display')))
$$;

create or replace function lab.catalogue_formula_faults() returns setof lab.catalogue_finding
language sql volatile as $$
    select (lab.catalogue_fault(draft, fault.cell, fault.told)).*
    from lab.catalogue_draft as draft
    cross join lateral (select draft.cells) as row (c)
    cross join lateral (
        select 'replicates', format('names ''%s'', which is no input of the expression: write the name of one, several between |',
                                    left(named, 80))
        from string_to_table(c ->> 'replicates', '|') as named
        where c ->> 'replicates' <> '' and not lab.formula_asks_for(c ->> 'expression', named)
        union all
        select 'unit', format('''%s'' is in formula_units.csv neither as unit_ucum nor as display, and no parameter that is measured '
                              'by a method with calc_key ''%s'' has it: add the factor there or correct the unit here',
                              left(c ->> 'unit', 80), draft.key)
        where c ->> 'unit' <> ''
        and exists (select from lab.catalogue_coming as factor where factor.file = 'formula_units') -- else the daemon's own count
        and not lab.formula_unit_is_known(draft.key, c ->> 'unit')
        ) as fault (cell, told)
    where draft.file = 'formulas'
$$;

reset role;
