-- SPDX-License-Identifier: Apache-2.0
-- What is wrong with a pack in the draft, cell by cell and row against row: each fault with file, line and cell, and what
-- to do. Called by lab.catalogue_import.
set role touchstone_owner;

drop type if exists lab.catalogue_finding cascade;
-- kind: error, added, changed, removed, summary, revision. line and place (the cell's number in its line) count from 1.
create type lab.catalogue_finding as (kind text, file text, line integer, place integer, message text);

-- Every row that there will be.
create or replace function lab.catalogue_coming_fill(whole boolean) returns void
language sql volatile as $$
    insert into lab.catalogue_coming (file, key, cells)
    select draft.file, draft.key, draft.cells from lab.catalogue_draft as draft
    union all
    select held.file, held.key, held.cells from lab.catalogue_row as held
    where held.to_revision is null
    and not exists (select from lab.catalogue_draft as draft where draft.file = held.file and draft.key = held.key)
    and not (whole and exists (select from lab.catalogue_draft_head as head where head.file = held.file));
    analyze lab.catalogue_draft, lab.catalogue_draft_head, lab.catalogue_coming;
$$;

-- Where a fault stands: the number of its cell in the line.
create or replace function lab.catalogue_fault(draft lab.catalogue_draft, cell text, message text)
    returns lab.catalogue_finding
language sql stable as $$
    select row('error', draft.file || '.csv', draft.line,
               coalesce((select head.place from lab.catalogue_draft_head as head
                         where head.file = draft.file and head.name = cell), 1),
               cell || ' ' || message)::lab.catalogue_finding
$$;

-- The first character that nobody sees: controls of a terminal, soft hyphens, joiners, marks of direction, byte order marks,
-- fillers, selectors, tags (the classes Cf and Cc of Unicode, and its Default_Ignorable_Code_Point). Two keys that look the
-- same would be two.
create or replace function lab.catalogue_invisible(cell text) returns text
language sql immutable as $$
    select format('has the invisible character U+%s as its character %s: delete it',
                  right('000' || upper(to_hex(ascii(found.it))), greatest(4, length(to_hex(ascii(found.it))))), strpos(cell, found.it))
    from (select substring(cell from '[\u0080-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
                                     '\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb'
                                     '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]') as it) as found
    where found.it is not null
$$;

-- What is wrong with a cell by itself, and what to do; null when nothing is.
create or replace function lab.catalogue_cell_fault(kind text, cell text) returns text
language plpgsql immutable as $$
begin
    if cell ~ (case kind when 'lines' then '[\x01-\x09\x0b-\x1f\x7f]' else '[\x01-\x1f\x7f]' end) then
        return 'holds a line break or another control character: write it in one line';
    elsif lab.catalogue_invisible(cell) is not null then
        return lab.catalogue_invisible(cell);
    elsif kind <> 'lines' and cell <> btrim(cell, E' \u3000\u00a0') then
        return 'begins or ends with a space: delete it';
    elsif length(cell) > 4000 then
        return 'is longer than 4000 characters: shorten it';
    elsif cell = '' then
        return null;
    end if;
    return case
        when kind = 'id' and cell !~ '^[^\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000,;"]{1,80}$'
            then 'is no identifier: 1 to 80 characters without spaces, commas and quotes'
        when kind in ('decimal', 'positive') and cell !~ '^[+-]?[0-9]+(\.[0-9]+)?$'
            then 'is not a decimal number: write it like 12.5, with a point and without unit or exponent'
        when kind in ('decimal', 'positive') and length(translate(cell, '+-.', '')) > 40
            then 'has more than 40 digits: shorten it'
        when kind in ('decimal', 'positive') and cell ~ '^-[0.]+$' then 'is zero with a minus: write ' || ltrim(cell, '-')
        when kind = 'positive' and cell::numeric < 0 then 'is negative: write a number of 0 or more'
        when kind in ('whole', 'count') and cell !~ '^[0-9]{1,6}$' then 'is not a whole number: write it like 3'
        when kind = 'count' and cell::integer = 0 then 'is 0: write at least 1'
        when kind = 'date' then lab.catalogue_date_fault(cell)
        when kind = 'year' and cell !~ '^([0-9]{2}/)?[0-9]{4}$' then 'is not a year: write it like 2022'
        when kind = 'range' and cell !~ '^[0-9]+(\.[0-9]+)?(-[0-9]+(\.[0-9]+)?)?$'
            then 'is not a number or a range: write it like 7 or 6.5-7'
        when kind = 'cas' and not lab.catalogue_cas_valid(cell)
            then 'is not a CAS number: digits-2 digits-check digit, and the check digit must fit'
        when kind = 'list' and cell ~ '(^|;)\s*(;|$)' then 'has an empty entry: entries stand between single semicolons'
        when kind = 'conf' and cell not in ('verified', 'certain', 'check')
            then 'is none of: verified, certain, check'
        when kind = 'mandatory' and cell !~ '^[YN](\([A-Z]{2}\))?$' then 'is none of: Y, N, or Y(EU) for another country''s law'
        when kind like 'enum:%' and cell <> all (string_to_array(substr(kind, 6), ','))
            then 'is none of: ' || replace(substr(kind, 6), ',', ', ')
    end;
end
$$;

create or replace function lab.catalogue_date_fault(cell text) returns text
language plpgsql immutable as $$
declare
    part integer[];
begin
    if cell !~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$' then
        return 'is not a date: write 2014, 2010-11 or 2016-05-04';
    end if;
    part := string_to_array(cell, '-')::integer[];
    if part[1] < 1900 or part[1] > 2199 or part[2] not between 1 and 12 or part[3] < 1
       or part[3] > extract(day from make_date(part[1], part[2], 1) + interval '1 month' - interval '1 day') then
        return 'is no day of the calendar: correct year, month or day';
    end if;
    return null;
end
$$;

-- The check digit of a CAS number: the digits before it, from the right, times 1, 2, 3 and so on, modulo 10.
create or replace function lab.catalogue_cas_valid(cell text) returns boolean
language sql immutable as $$
    select cell ~ '^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$'
        and (select sum(place * digit::integer) % 10 = right(cell, 1)::integer
             from string_to_table(reverse(replace(left(cell, -2), '-', '')), null) with ordinality as one (digit, place))
$$;

create or replace function lab.catalogue_faults(whole boolean) returns setof lab.catalogue_finding
language plpgsql volatile as $$
begin
    perform lab.catalogue_coming_fill(whole);
    return query select * from lab.catalogue_cell_faults();
    return query select * from lab.catalogue_reference_faults(whole);
    return query select * from lab.catalogue_row_faults();
    return query select * from lab.catalogue_limit_faults();
    return query select * from lab.catalogue_tree_faults();
    return query select * from lab.catalogue_control_rule_faults(whole);
    return query select * from lab.catalogue_formula_faults();
end
$$;

-- Each cell by itself, and keys that stand twice.
create or replace function lab.catalogue_cell_faults() returns setof lab.catalogue_finding
language sql volatile as $$
    select (lab.catalogue_fault(draft, cell.name, case when fault.told is null then 'is empty: it must be filled in'
                                                       else format('''%s'' %s', left(cell.value, 80), fault.told) end)).*
    from lab.catalogue_draft as draft
    cross join lateral jsonb_each_text(draft.cells) as cell (name, value)
    left join lab.catalogue_columns() as known on known.file = draft.file and known.name = cell.name
    cross join lateral (select lab.catalogue_cell_fault(coalesce(known.kind, 'text'), cell.value) as told) as fault
    where fault.told is not null or cell.value = '' and known.must
    union all
    select (lab.catalogue_fault(draft, files.keys[1], format(
               '''%s'' stands already in line %s: a key stands once; delete one of the two or give it another key',
               draft.key, earlier.line))).*
    from lab.catalogue_draft as draft join lab.catalogue_files() as files using (file)
    join lateral (select min(other.line) as line from lab.catalogue_draft as other
                  where other.file = draft.file and other.key = draft.key) as earlier on earlier.line < draft.line
$$;

-- Keys of other files, and sources.
create or replace function lab.catalogue_reference_faults(whole boolean) returns setof lab.catalogue_finding
language sql volatile as $$
    select (lab.catalogue_fault(draft, known.name, format(
               '''%s'' is not in %s.csv: add it there or correct it here', draft.cells ->> known.name,
               replace(known.refers, '+ALL', '')))).*
    from lab.catalogue_draft as draft join lab.catalogue_columns() as known
        on known.file = draft.file and known.refers <> '' and draft.cells ->> known.name <> ''
    where not (known.refers like '%+ALL' and draft.cells ->> known.name = 'ALL')
    and not exists (select from lab.catalogue_coming as coming where coming.file = replace(known.refers, '+ALL', '')
                    and coming.key = draft.cells ->> known.name)
    -- The laboratories that a database begins with have no row of domains.csv.
    and not (known.refers like 'domains%' and exists (select from lab.laboratory
                                                      where laboratory.laboratory = draft.cells ->> known.name))
    union all
    select (lab.catalogue_fault(draft, 'source', format('''%s'' is not in sources.csv: add it there or correct it here',
                                                        cited.id[1]))).*
    from lab.catalogue_draft as draft
    cross join lateral regexp_matches(draft.cells ->> 'source', '\mS[0-9]{2,}\M', 'g') as cited (id)
    where exists (select from lab.catalogue_coming as coming where coming.file = 'sources')
    and not exists (select from lab.catalogue_coming as coming where coming.file = 'sources' and coming.key = cited.id[1])
    union all -- a row that goes while another still names it
    select 'error', named.file || '.csv', 1, 1, format('%s ''%s'' in the catalogue still names ''%s'' of %s.csv, which this '
           'pack leaves out: leave that row in, or change both files', named.file, named.key, gone.key, gone.file)
    from lab.catalogue_row as gone
    join lab.catalogue_columns() as known on replace(known.refers, '+ALL', '') = gone.file
    join lab.catalogue_coming as named on named.file = known.file and named.cells ->> known.name = gone.key
    where whole and gone.to_revision is null
    and exists (select from lab.catalogue_draft_head as head where head.file = gone.file)
    and not exists (select from lab.catalogue_draft as draft where draft.file = named.file and draft.key = named.key)
    and not exists (select from lab.catalogue_draft as draft where draft.file = gone.file and draft.key = gone.key)
$$;

-- Whether text is a decimal; then it may be cast. A cast of anything else would end the import without telling where.
create or replace function lab.catalogue_number(cell text) returns numeric
language sql immutable as $$
    select case when cell ~ '^[+-]?[0-9]{1,40}(\.[0-9]{1,40})?$' then cell::numeric end
$$;

-- Whether each method must find its formula: not in a whole pack without formulas.csv, whose results are entered as they were
-- calculated elsewhere until the formulas come.
create or replace function lab.catalogue_formulas_come() returns boolean
language sql volatile as $$
    select exists (select from lab.catalogue_draft_head as head where head.file = 'formulas')
        or exists (select from lab.catalogue_coming as coming where coming.file = 'formulas')
           and not exists (select from lab.catalogue_draft_head as head where head.file = 'domains')
$$;

-- One row's cells against each other.
create or replace function lab.catalogue_row_faults() returns setof lab.catalogue_finding
language sql volatile as $$
    select (lab.catalogue_fault(draft, fault.cell, fault.told)).*
    from lab.catalogue_draft as draft
    cross join lateral (select draft.cells) as row (c)
    cross join lateral (
        select 'effective_to', format('''%s'' lies not after effective_from ''%s'': correct one of the two',
                                      c ->> 'effective_to', c ->> 'effective_from')
        where draft.file in ('standards', 'scope', 'signatories') and c ->> 'effective_from' <> ''
        and c ->> 'effective_to' <> '' and lab.catalogue_date_fault(c ->> 'effective_from') is null
        and lab.catalogue_date_fault(c ->> 'effective_to') is null
        and lab.date_end(c ->> 'effective_to') <= lab.date_first(c ->> 'effective_from')
        union all
        select bound.high, format('''%s'' is less than %s ''%s'': exchange or correct them', c ->> bound.high, bound.low,
                                  c ->> bound.low)
        from (values ('gem_properties', 'ri_low', 'ri_high'), ('gem_properties', 'sg_low', 'sg_high'),
                     ('parameters', 'lod_typical', 'loq_typical')) as bound (file, low, high)
        where bound.file = draft.file and lab.catalogue_number(c ->> bound.high) < lab.catalogue_number(c ->> bound.low)
        union all
        select 'round_value', case c ->> 'round_rule'
                   when 'decimals' then 'must be a number of decimals from 0 to 20 with this round_rule'
                   when 'sigfig' then 'must be a number of digits from 1 to 20 with this round_rule'
                   when 'interval' then 'must be an interval like 0.1 or 0.5 with this round_rule'
                   when 'method' then 'must say in words how the method rounds'
                   else 'must be empty where round_rule is empty' end
        where draft.file = 'parameters' and not case c ->> 'round_rule'
            when 'decimals' then c ->> 'round_value' ~ '^(1?[0-9]|20)$'
            when 'sigfig' then c ->> 'round_value' ~ '^([1-9]|1[0-9]|20)$'
            when 'interval' then coalesce(lab.catalogue_number(c ->> 'round_value') > 0, false)
            when 'method' then c ->> 'round_value' <> '' when '' then c ->> 'round_value' = '' else true end
        union all
        select 'unit_ucum', 'is empty: a numeric parameter needs its unit'
        where draft.file = 'parameters' and c ->> 'value_type' in ('numeric', 'count') and c ->> 'unit_ucum' = ''
        union all
        select 'lod_unit', 'is empty: lod_typical and loq_typical need their unit'
        where draft.file = 'parameters' and c ->> 'lod_unit' = '' and c ->> 'lod_typical' || (c ->> 'loq_typical') <> ''
        union all
        select 'factor_to_base', format('''%s'' is 0: %s', c ->> 'factor_to_base', case draft.file
                   when 'units' then 'leave it empty where there is no factor'
                   else 'write a factor above 0, or delete the row of a unit that has none' end)
        where draft.file in ('units', 'formula_units') and lab.catalogue_number(c ->> 'factor_to_base') = 0
        union all
        select 'base_unit', 'is empty: a factor needs the unit it leads to'
        where draft.file = 'units' and c ->> 'factor_to_base' <> '' and c ->> 'base_unit' = ''
        union all
        select 'ordered_codes_low_to_high', 'needs at least two different codes between single |: worst first, none twice'
        where draft.file = 'scales' and (select count(*) < 2 or count(distinct code) < count(*) or bool_or(code = '')
                                         from string_to_table(c ->> 'ordered_codes_low_to_high', '|') as code)
        union all
        select 'min_replicates', 'is more than 96: a worksheet has 96 positions'
        where draft.file = 'methods' and lab.catalogue_number(c ->> 'min_replicates') > 96
        union all
        select 'calc_key', format('''%s'' has no formula: add it to formulas.csv or correct it here', part)
        from regexp_split_to_table(c ->> 'calc_key', ' or ') as part
        where draft.file = 'methods' and c ->> 'calc_key' <> '' and lab.catalogue_formulas_come()
        and not exists (select from lab.catalogue_coming as coming where coming.file = 'formulas'
                        and coming.key in (part, c ->> 'calc_key'))
        and not (exists (select from lab.catalogue_row as held where held.file = 'methods' and held.key = draft.key
                         and held.to_revision is null and held.cells = c) -- it waits for its formula already
                 and not exists (select from lab.catalogue_row as held where held.file = 'formulas'
                                 and held.to_revision is null and held.key in (part, c ->> 'calc_key')))
        union all
        select 'c', format('''%s'' is more than n ''%s'': of n units at most n may exceed m', c ->> 'c', c ->> 'n')
        where draft.file = 'micro_plans' and lab.catalogue_number(c ->> 'c') > lab.catalogue_number(c ->> 'n')
        union all
        select 'M', case when c ->> 'class' = '2' then 'must be empty in a plan of class 2'
                         else 'must be given, and more than m, in a plan of class 3' end
        where draft.file = 'micro_plans' and not coalesce(case c ->> 'class' when '2' then c ->> 'M' = ''
            else lab.catalogue_number(c ->> 'M') > lab.catalogue_number(c ->> 'm') end, false)
        union all
        select 'tests', format('''%s'' is no test: write PARAMETER/METHOD as in param_methods.csv', one)
        from string_to_table(c ->> 'tests', ';') as one
        where draft.file = 'packages' and not exists (select from lab.catalogue_coming as coming where coming.file = 'param_methods'
                                                      and coming.key = replace(one, '/', ' '))
        union all
        select 'method_id', format('''%s'' does not measure ''%s'': add it to param_methods.csv', c ->> 'method_id',
                                   c ->> 'param_id')
        where draft.file = 'scope' and not exists (
            select from lab.catalogue_coming as coming where coming.file = 'param_methods'
            and coming.key = (c ->> 'param_id') || ' ' || (c ->> 'method_id'))
        union all
        select word.cell, format('''%s'' is also a name of term %s: a word that names two things joins no readings; keep it in one',
                                 word.word, other.key)
        from lab.term_words(c) as word join lab.catalogue_coming as other
            on other.file = 'terms' and other.key <> draft.key and other.cells ->> 'param_id' = c ->> 'param_id'
        where draft.file = 'terms' and word.spelled in (select spelled from lab.term_words(other.cells))
        union all
        select 'domain_id', 'is no laboratory''s code: 1 to 10 capital letters, digits or _'
        where draft.file = 'domains' and c ->> 'domain_id' !~ '^[A-Z0-9_]{1,10}$'
        ) as fault (cell, told)
$$;

-- What a unit measures, by the factors of formulas or by units.csv.
create or replace function lab.catalogue_dimension(unit text) returns text
language sql stable as $$
    select coming.cells ->> 'dimension' from lab.catalogue_coming as coming
    where coming.file in ('formula_units', 'units') and coming.key = unit order by coming.file limit 1
$$;

-- Limits: what the operator needs, the parameter's unit, one row for one condition.
create or replace function lab.catalogue_limit_faults() returns setof lab.catalogue_finding
language sql volatile as $$
    select (lab.catalogue_fault(draft, fault.cell, fault.told)).*
    from lab.catalogue_draft as draft
    cross join lateral (select draft.cells, draft.cells ->> 'operator') as row (c, operator)
    left join lateral (select parameter.cells ->> 'unit_ucum' as unit, parameter.cells ->> 'value_type' as value_type,
                              lab.catalogue_dimension(parameter.cells ->> 'unit_ucum') as dimension
                       from lab.catalogue_coming as parameter
                       where parameter.file = 'parameters' and parameter.key = c ->> 'param_id') as parameter on true
    cross join lateral (
        select bound.name, format('is empty: operator ''%s'' needs it', row.operator)
        from (values ('limit_low', '{ge,gt,between,grade_ge,eq}'::text[]), ('limit_high', '{le,lt,between,abs_le}'))
             as bound (name, operators)
        where row.operator = any (bound.operators) and c ->> bound.name = ''
        union all
        select bound.name, format('''%s'' means nothing with operator ''%s'': leave it empty, or correct the operator',
                                  c ->> bound.name, row.operator)
        from (values ('limit_low', '{le,lt,abs_le,not_permitted,not_detected}'::text[]),
                     ('limit_high', '{ge,gt,grade_ge,eq,not_permitted,not_detected}')) as bound (name, operators)
        where row.operator = any (bound.operators) and c ->> bound.name <> ''
        union all
        select bound.name, format('''%s'' %s', c ->> bound.name, lab.catalogue_cell_fault('decimal', c ->> bound.name))
        from (values ('limit_low'), ('limit_high')) as bound (name)
        where row.operator in ('le', 'lt', 'ge', 'gt', 'between', 'abs_le')
        and lab.catalogue_cell_fault('decimal', c ->> bound.name) is not null
        union all
        select 'limit_high', format('''%s'' is less than limit_low ''%s'': exchange or correct them', c ->> 'limit_high',
                                    c ->> 'limit_low')
        where row.operator = 'between'
        and lab.catalogue_number(c ->> 'limit_high') < lab.catalogue_number(c ->> 'limit_low')
        union all
        select 'limit_high', format('''%s'' is negative: an absolute limit is 0 or more', c ->> 'limit_high')
        where row.operator = 'abs_le' and lab.catalogue_number(c ->> 'limit_high') < 0
        union all
        select bound.name, format('''%s'' is negative: %s of parameter %s is never less than 0', c ->> bound.name,
                                  coalesce(parameter.dimension, 'the count'), c ->> 'param_id')
        from (values ('limit_low'), ('limit_high')) as bound (name)
        where lab.catalogue_number(c ->> bound.name) < 0
        and (parameter.value_type = 'count' or parameter.dimension ~ '\mcount per\M'
             or row.operator in ('le', 'lt', 'ge', 'gt') -- a deviation has two sides
                and parameter.dimension in ('mass concentration', 'amount concentration', 'activity concentration'))
        union all
        select 'limit_low', format('''%s'' is no code of any scale in scales.csv', c ->> 'limit_low')
        where row.operator = 'grade_ge' and c ->> 'limit_low' <> ''
        and exists (select from lab.catalogue_coming as coming where coming.file = 'scales')
        and not exists (select from lab.catalogue_coming as coming where coming.file = 'scales' and c ->> 'limit_low' = any (
            string_to_array(coming.cells ->> 'ordered_codes_low_to_high', '|')))
        union all
        select 'unit_ucum', format('''%s'' is not the unit of parameter %s, which is ''%s'': write the limit in that unit',
                                   c ->> 'unit_ucum', c ->> 'param_id', parameter.unit)
        where c ->> 'unit_ucum' <> parameter.unit
        union all
        select 'condition', format('is the same as in limit %s of this standard, product and parameter: say in the '
                                   'condition when each holds, or delete one', other.key)
        from lab.catalogue_coming as other
        where other.file = 'limits' and other.key < draft.key
        and (other.cells ->> 'standard_id', other.cells ->> 'product_id', other.cells ->> 'param_id',
             other.cells ->> 'condition', other.cells ->> 'note' like '%applies_to=part%')
            = (c ->> 'standard_id', c ->> 'product_id', c ->> 'param_id', c ->> 'condition',
               c ->> 'note' like '%applies_to=part%')
        ) as fault (cell, told)
    where draft.file = 'limits'
$$;

-- Products: a parent of the same domain, no circle, no line longer than eight.
create or replace function lab.catalogue_tree_faults() returns setof lab.catalogue_finding
language sql volatile as $$
    with recursive coming as materialized (
        select row.key, row.cells ->> 'parent_id' as parent, row.cells ->> 'domain_id' as domain
        from lab.catalogue_coming as row where row.file = 'products'),
    line (key, ancestor, distance) as (
        select coming.key, coming.parent, 1 from coming where coming.parent <> ''
        union all
        select line.key, coming.parent, line.distance + 1 from line join coming on coming.key = line.ancestor
        where coming.parent <> '' and line.distance < 9 and line.ancestor <> line.key)
    select (lab.catalogue_fault(draft, 'parent_id', fault.told)).*
    from lab.catalogue_draft as draft cross join lateral (
        select format('''%s'' leads back to this product: a line of parents must end', draft.cells ->> 'parent_id')
        where exists (select from line where line.key = draft.key and line.ancestor = draft.key)
        union all
        select 'has more than eight ancestors: shorten the line'
        where exists (select from line where line.key = draft.key and line.distance > 8)
        and not exists (select from line where line.key = draft.key and line.ancestor = draft.key)
        union all
        select format('''%s'' is a product of domain %s, this one of %s: a product inherits within its domain',
                      coming.key, coming.domain, draft.cells ->> 'domain_id')
        from coming where coming.key = draft.cells ->> 'parent_id' and coming.domain <> draft.cells ->> 'domain_id'
        ) as fault (told)
    where draft.file = 'products'
$$;

reset role;
