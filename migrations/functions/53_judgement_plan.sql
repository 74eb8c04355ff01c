-- SPDX-License-Identifier: Apache-2.0
-- What the database checks of a judgement by a sampling plan n/c/m/M: it counts the units once more.
set role touchstone_owner;

-- The units of an entry that has readings only, as the trace writes them.
create or replace function lab.entry_units(of_test lab.test) returns text[]
language plpgsql stable as $$
begin
    return array(select case reading.qualifier when 'less_than' then '< ' when 'greater_than' then '> '
                             when 'not_detected' then case reading.value_text::text when '0' then 'ND' else 'ND < ' end
                             else '' end
                        || case when reading.qualifier = 'not_detected' and reading.value_text::text = '0' then ''
                                else reading.value_text::text end
                 from lab.reading where reading.test_id = of_test.test_id and reading.entry_no = of_test.entry_no
                 order by reading.place);
end
$$;

-- How many units are above the limit, and how many more may be: "> 300" below it, "< 10" above it. "Not detected" is
-- nothing above m = 0, which is how presence is reported.
create or replace function lab.units_above(units text[], bound numeric, out above bigint, out open bigint)
language sql immutable as $$
    select count(*) filter (where sign = '' and number > bound or sign = '>' and number >= bound),
           count(*) filter (where sign = '>' and number < bound or sign = '<' and number > bound
                            or sign = 'ND' and number > bound and bound <> 0)
    from (select coalesce(substring(unit from '^(ND|<|>)'), '') as sign,
                 substring(unit from '([+-]?[0-9]+(?:\.[0-9]+)?)$')::numeric as number
          from unnest(units) as unit) as told
$$;

create or replace function lab.judgement_check_plan(judged lab.judgement, of_test lab.test) returns void
language plpgsql volatile as $$
declare
    plan lab.micro_plan;
    units text[] := array(select jsonb_array_elements_text(judged.trace -> 'determinations'));
    of_m record;
    of_big_m record;
    found_verdict text;
begin
    if judged.verdict in ('not_judged', 'inconclusive') then
        return;
    end if;
    select * into plan from lab.micro_plan where micro_plan.plan_id = judged.plan_id;
    if plan.plan_id is null
       or lab.rows_unconfirmed('micro_plans', plan.plan_id, plan.confidence, plan.standard_id) is not null then
        perform lab.refuse_judgement('There is no confirmed sampling plan to judge by.');
    end if;
    perform lab.judgement_check_formula(judged, method.calc_key, entry.inputs) from lab.method, lab.result_entry as entry
    where method.method_id = of_test.method_id and entry.test_id = of_test.test_id and entry.entry_no = of_test.entry_no;
    if exists (select from lab.result_entry as entry where entry.test_id = of_test.test_id
               and entry.entry_no = of_test.entry_no and entry.inputs = '') and units <> lab.entry_units(of_test) then
        perform lab.refuse_judgement('The units are not the readings.');
    end if;
    if exists (select from unnest(units) as unit where unit !~ '^(ND|ND < |< |> )?([0-9]+(\.[0-9]+)?)?$' or unit = '') then
        perform lab.refuse_judgement('A sample unit is no count.');
    end if;
    if cardinality(units) < plan.n::integer then
        perform lab.refuse_judgement('There are fewer units than the plan asks.');
    end if;
    select * into of_m from lab.units_above(units, plan.m::numeric);
    select * into of_big_m from lab.units_above(units, nullif(plan."M", '')::numeric);
    found_verdict := case when of_big_m.above > 0 or of_m.above > plan.c::integer then 'fail'
                          when of_big_m.open > 0 or of_m.above + of_m.open > plan.c::integer then 'inconclusive'
                          else 'pass' end;
    if judged.verdict <> found_verdict then
        perform lab.refuse_judgement('The units say otherwise.');
    end if;
end
$$;

reset role;
