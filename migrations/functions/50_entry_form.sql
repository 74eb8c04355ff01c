-- SPDX-License-Identifier: Apache-2.0
-- What the grid of a method and parameter has to ask for: readings, the named inputs of the formula with their words and
-- units, grades, limits of detection; and what the caller or the instruments lack today, so that it is told before it is typed.
set role touchstone_owner;

-- The inputs that the formula names and formulas.csv tells of, in the order told; readings stand for points.
create or replace function lab.entry_inputs(formula jsonb) returns jsonb
language sql stable as $$
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'name', told.name, 'label_zh', coalesce(chinese.name, told.name), 'label_en', coalesce(english.name, told.name),
        'unit', nullif(coalesce(nullif(chinese.unit, ''), english.unit), ''),
        'optional', formula ->> 'expression' ~ ('\m(default|given)\(' || told.name || '\M'))) order by told.place), '[]')
    from (select substring(btrim(one) from '^[A-Za-z_][A-Za-z0-9_]*') as name, min(place) as place
          from regexp_split_to_table(formula ->> 'inputs_en', '; ') with ordinality as list (one, place) group by 1) as told
    cross join lateral lab.input_told(formula ->> 'inputs_zh', told.name) as chinese
    cross join lateral lab.input_told(formula ->> 'inputs_en', told.name) as english
    where told.name <> 'points' and formula ->> 'expression' ~ ('\m' || told.name || '\M')
$$;

-- Decimals of the result: "decimals 2" is 2, "interval 0.1" is 1. Significant digits say nothing of decimals.
create or replace function lab.entry_decimals(of_parameter lab.parameter) returns integer
language sql immutable as $$
    select case when of_parameter.round_value !~ '^[0-9]+(\.[0-9]+)?$' then null
                when of_parameter.round_rule = 'decimals' and of_parameter.round_value !~ '\.' then of_parameter.round_value::integer
                when of_parameter.round_rule = 'interval' then scale(of_parameter.round_value::numeric) end
$$;

-- What the caller lacks for the method today, and which instruments have a valid calibration where that is demanded.
create or replace function lab.entry_lacks(who lab.actor, here text, of_method text) returns jsonb
language plpgsql stable as $$
declare
    today date := lab.today();
    demands boolean := coalesce((lab.method_checks_of(here, of_method)).calibration, false);
begin
    return jsonb_build_object(
        'not_qualified', not lab.is_qualified(who.staff_id, here, of_method),
        'not_competent', not lab.is_competent(lab.username_of(who.staff_id), here, of_method, today),
        'demands_calibration', demands,
        'calibrated', case when demands then (
            select coalesce(jsonb_agg(known.subject order by known.subject), '[]')
            from (select distinct subject from lab.fitness where laboratory = here and kind = 'calibration') as known
            where lab.is_fit(here, 'calibration', known.subject, null, today)) end);
end
$$;

create or replace function lab.bench_get_entry_form(who lab.actor, request jsonb) returns json
language plpgsql stable as $$
declare
    here text := request ->> 'laboratory';
    of_method lab.method;
    of_parameter lab.parameter;
    formula jsonb;
    facts jsonb;
begin
    perform lab.require_role(who, here);
    select method.* into of_method from lab.method join lab.param_method using (method_id)
    where method.method_id = request ->> 'method_id' and method.laboratory = here
    and param_method.parameter_id = request ->> 'parameter_id';
    if not found then
        perform lab.refuse(5, 'NOT_FOUND', 'This laboratory has no such method with this parameter.', 'method_id');
    end if;
    select * into of_parameter from lab.parameter where parameter.parameter_id = request ->> 'parameter_id';
    facts := lab.calculation_facts(of_method, of_parameter);
    select held.cells into formula from lab.catalogue_row as held
    where held.file = 'formulas' and held.to_revision is null and held.key = of_method.calc_key
    and facts ->> 'expression' is not null;
    return jsonb_strip_nulls(lab.entry_lacks(who, here, of_method.method_id) || jsonb_build_object(
        'method_zh', of_method.name_zh, 'method_en', of_method.name_en, 'parameter_zh', of_parameter.name_zh,
        'parameter_en', of_parameter.name_en, 'value_type', of_parameter.value_type,
        'unit', (select unit.display from lab.unit where unit.unit_ucum = of_parameter.unit_ucum),
        'takes_readings', of_parameter.value_type in ('numeric', 'count')
                          and coalesce(formula ->> 'expression', 'points') ~ '\mpoints\M',
        'min_replicates', of_method.min_replicates, 'inputs', lab.entry_inputs(formula),
        'grades', string_to_array(nullif(facts ->> 'scale', ''), '|'),
        'lod', lab.in_unit(of_parameter.lod_typical, of_parameter.lod_unit, of_parameter.unit_ucum),
        'loq', lab.in_unit(of_parameter.loq_typical, of_parameter.lod_unit, of_parameter.unit_ucum),
        'round_rule', nullif(of_parameter.round_rule, ''), 'decimals', lab.entry_decimals(of_parameter),
        'blind', lab.is_read_apart(of_method.method_id, of_parameter.parameter_id)));
end
$$;

reset role;
