-- SPDX-License-Identifier: Apache-2.0
-- What the daemon is told beside the requirement, to calculate what is held against it: the formula of the method, the
-- grades of a scale, and whether the standard is mandatory. Part of lab.judge_fact, worked out with it.
set role touchstone_owner;

-- How a result is rounded. Where round_rule is method parameters.csv writes the method's own rounding: "2 sf, half up
-- (GB 4789.2)" is two significant digits, and ties go up (四舍五入), not to the even digit (GB/T 8170).
create or replace function lab.round_facts(of_parameter lab.parameter) returns jsonb
language sql immutable as $$
    select case when of_parameter.round_rule <> 'method'
                then jsonb_build_object('round_rule', nullif(of_parameter.round_rule, ''),
                                        'round_value', nullif(of_parameter.round_value, ''))
                else jsonb_build_object('round_rule', case told.words[2] when 'sf' then 'sigfig' else 'decimals' end,
                                        'round_value', told.words[1], 'round_mode',
                                        case when of_parameter.round_value ~* '\mhalf up\M' then 'half_up' end) end
    from (select regexp_match(of_parameter.round_value, '^(\d+) (sf|decimals)\M')) as told (words)
$$;

-- A sampling plan as the judge is told it.
create or replace function lab.plan_facts(of_plan text) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'plan_id', plan.plan_id, 'n', plan.n::integer, 'c', plan.c::integer, 'm', plan.m, 'big_m', nullif(plan."M", ''),
        'portion', nullif(plan.portion, ''), 'standard', standard.number || '-' || standard.year, 'unit', unit.display,
        'confidence', lab.confidence_of(told.unconfirmed, plan.confidence, plan.standard_id),
        'unconfirmed', told.unconfirmed)
    from lab.micro_plan as plan join lab.standard using (standard_id)
    cross join lateral lab.rows_unconfirmed('micro_plans', plan.plan_id, plan.confidence, plan.standard_id)
        as told (unconfirmed)
    left join lab.unit on unit.unit_ucum = plan.unit_ucum
    where plan.plan_id = of_plan
$$;

-- Which inputs of a formula are replicates; a formula that counts them refuses too few by itself.
create or replace function lab.formula_replicates(formula jsonb) returns text
language sql immutable as $$
    select case when formula ->> 'expression' ~ '\mcount\(' then '*' else nullif(formula ->> 'replicates', '') end
$$;

-- Factors of units as the daemon reads them: of these units, by code or as printed, or all. Null where the catalogue holds no
-- factors at all, and then those that the daemon carries with it count.
create or replace function lab.unit_factors(names text[] default null) returns text
language sql stable as $$
    select coalesce(json_agg(json_build_array(held.key, held.cells ->> 'display', held.cells ->> 'dimension',
                                              held.cells ->> 'factor_to_base', held.cells ->> 'offset') order by held.key)
                    filter (where names is null or held.key = any (names) or held.cells ->> 'display' = any (names)), '[]')::text
    from lab.catalogue_row as held where held.file = 'formula_units' and held.to_revision is null having count(*) > 0
$$;

create or replace function lab.calculation_facts(of_method lab.method, of_parameter lab.parameter, of_limit text)
    returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'expression', formula.cells ->> 'expression', 'formula_unit', nullif(formula.cells ->> 'unit', ''),
        'unit_factors', case
            when formula.cells ->> 'expression' ~ '\mconvert\(' then lab.unit_factors()
            when nullif(formula.cells ->> 'unit', '') is distinct from of_parameter.unit_ucum
            then lab.unit_factors(array[formula.cells ->> 'unit', of_parameter.unit_ucum]) end,
        'replicates', lab.formula_replicates(formula.cells),
        'formula_unconfirmed', lab.row_unconfirmed('formulas', formula.key, formula.cells ->> 'confidence'),
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
