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
        'portion', nullif(plan.portion, ''), 'standard', lab.standard_cited(standard.number, standard.year),
        'standard_en', lab.standard_cited_en(standard.number, standard.year), 'unit', unit.display,
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

-- What the agreement rule of a method says in numbers: "|d|<=10 %" of the mean, "RPD<=20 %", "|d|<=0.5 ‰" or "|d|<=0.1" in the unit
-- of the result. Anything else is for people.
create or replace function lab.agreement_facts(agreement_rule text) returns jsonb
language sql immutable as $$
    select case when said[2] = '%' then jsonb_build_object('agreement_limit', said[1], 'agreement_is_percent', true)
                when agreement_rule like '|d|%' then jsonb_build_object('agreement_limit', said[1]) else '{}' end
    from (select regexp_match(agreement_rule, '^(?:\|d\||RPD)<=([0-9]+(?:\.[0-9]+)?) ?(%|‰|degT)?$')) as found (said)
$$;

-- A number in another unit, exactly; null where it has none in that unit.
create or replace function lab.in_unit(number text, from_unit text, to_unit text) returns text
language sql stable as $$
    select case when number = '' or coalesce(from_unit, '') in ('', to_unit) then nullif(number, '') else (
        select trim_scale(told.value)::text from lab.unit as had join lab.unit as wanted on wanted.base_unit = had.base_unit
        cross join lateral (select number::numeric * had.factor_to_base::numeric / wanted.factor_to_base::numeric) as told (value)
        where had.unit_ucum = from_unit and wanted.unit_ucum = to_unit and had.base_unit <> ''
        and had.factor_to_base <> '' and wanted.factor_to_base <> ''
        and told.value * wanted.factor_to_base::numeric = number::numeric * had.factor_to_base::numeric) end
$$;

drop function if exists lab.calculation_facts(lab.method, lab.parameter, text);
create or replace function lab.calculation_facts(of_method lab.method, of_parameter lab.parameter) returns jsonb
language sql stable as $$
    select lab.agreement_facts(of_method.agreement_rule) || jsonb_build_object(
        'expression', formula.cells ->> 'expression', 'formula_unit', nullif(formula.cells ->> 'unit', ''),
        'unit_factors', case
            when formula.cells ->> 'expression' ~ '\mconvert\(' then lab.unit_factors()
            when nullif(formula.cells ->> 'unit', '') is distinct from of_parameter.unit_ucum
            then lab.unit_factors(array[formula.cells ->> 'unit', of_parameter.unit_ucum]) end,
        'replicates', lab.formula_replicates(formula.cells),
        'formula_unconfirmed', lab.row_unconfirmed('formulas', formula.key, formula.cells ->> 'confidence'),
        'scale', (select scale.cells ->> 'ordered_codes_low_to_high' from lab.catalogue_row as scale
                  where scale.file = 'scales' and scale.to_revision is null
                  and scale.key = substring(of_parameter.expressed_as from '^scale (\S+)')))
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
