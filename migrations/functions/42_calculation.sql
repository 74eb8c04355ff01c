-- SPDX-License-Identifier: Apache-2.0
-- What the daemon is told beside the requirement, to calculate what is held against it: the formula of the method, the
-- grades of a scale, and whether the standard is mandatory. Part of lab.judge_fact, worked out with it.
set role touchstone_owner;

create or replace function lab.calculation_facts(of_method lab.method, of_parameter lab.parameter, of_limit text)
    returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'expression', formula.cells ->> 'expression', 'formula_unit', nullif(formula.cells ->> 'unit', ''),
        'scale', (select scale.cells ->> 'ordered_codes_low_to_high' from lab.catalogue_row as scale
                  where scale.file = 'scales' and scale.to_revision is null
                  and scale.key = substring(of_parameter.expressed_as from '^scale (\S+)')),
        'mandatory', (select standard.mandatory = 'Y' from lab.requirement join lab.standard using (standard_id)
                      where requirement.limit_id = of_limit))
    from (values (1)) as one
    left join lab.catalogue_row as formula on formula.file = 'formulas' and formula.to_revision is null
        and formula.key = of_method.calc_key and of_parameter.value_type in ('numeric', 'count')
$$;

-- Whether what readings alone come to is their mean: the formula does not take them as its points, or it only selects and
-- takes the mean, without arithmetic of its own. The database then calculates it once more.
create or replace function lab.is_plain_mean(expression text) returns boolean
language sql immutable as $$
    select expression is null or expression !~ '\mpoints\M'
        or expression ~ '^[^-+*/^]*\mmean\([^-+*/^]*$'
$$;

reset role;
