-- SPDX-License-Identifier: Apache-2.0
-- Which requirement holds for a product on a day, and what the judgement engine is told of it. Worked out once for each
-- revision of the catalogue, so that reading it is one look at an index.
set role touchstone_owner;

-- Dates of standards may be partial. The first day that "2014" can mean, and the first day that it can no longer mean:
-- where the text leaves room, two editions overlap and somebody must choose.
create or replace function lab.date_first(partial text) returns date
language sql immutable as $$
    select case when partial = '' then '-infinity'::date
                else (partial || substr('0001-01-01', length(partial) + 1))::date end
$$;

-- effective_to is the first day on which the edition is no longer in force: the day on which its successor begins.
create or replace function lab.date_end(partial text) returns date
language sql immutable as $$
    select case length(partial) when 0 then 'infinity'::date when 10 then partial::date
                when 7 then (lab.date_first(partial) + interval '1 month')::date
                else (lab.date_first(partial) + interval '1 year')::date end
$$;

-- Rebuilds resolved_requirement. Of what is in force in a span of days the nearest ancestor's counts; requirements for
-- parts (clasps, springs) do not hold for the whole article; more than one left means that somebody must choose.
create or replace function lab.catalogue_resolve() returns void
language plpgsql volatile set jit = off as $$
begin
    delete from lab.resolved_requirement;
    insert into lab.resolved_requirement (product_id, parameter_id, valid_from, valid_to, limit_id, candidates, choices,
                                          plan_id)
    with recursive line (product_id, ancestor_id, distance) as (
        select product.product_id, product.product_id, 0 from lab.product where not product.withdrawn
        union all
        select line.product_id, product.parent_id, line.distance + 1
        from line join lab.product on product.product_id = line.ancestor_id
        where product.parent_id is not null and line.distance < 32
    ), offered as (
        select 'limit' as kind, requirement.limit_id as id, requirement.product_id, requirement.parameter_id,
               lab.date_first(standard.effective_from) as valid_from, lab.date_end(standard.effective_to) as valid_to
        from lab.requirement join lab.standard using (standard_id)
        where requirement.note not like '%applies_to=part%' and not requirement.withdrawn
        union all
        select 'plan', plan.plan_id, plan.product_id, plan.param_id,
               lab.date_first(standard.effective_from), lab.date_end(standard.effective_to)
        from lab.micro_plan as plan join lab.standard using (standard_id)
    ), reach as (
        select line.product_id, line.distance, offered.kind, offered.id, offered.parameter_id, offered.valid_from,
               offered.valid_to
        from line join offered on offered.product_id = line.ancestor_id
    ), edge as (
        select reach.product_id, reach.parameter_id, reach.valid_from as day from reach
        union select reach.product_id, reach.parameter_id, reach.valid_to from reach
    ), span as (
        select edge.product_id, edge.parameter_id, edge.day as valid_from,
               lead(edge.day) over (partition by edge.product_id, edge.parameter_id order by edge.day) as valid_to
        from edge
    ), near as (
        select span.product_id, span.parameter_id, span.valid_from, span.valid_to, reach.kind, reach.id,
               rank() over (partition by span.product_id, span.parameter_id, span.valid_from, reach.kind
                            order by reach.distance) as nearness
        from span join reach using (product_id, parameter_id)
        where reach.valid_from <= span.valid_from and reach.valid_to >= span.valid_to
    )
    select near.product_id, near.parameter_id, near.valid_from, near.valid_to,
           case when count(*) filter (where near.kind = 'limit') = 1
                then min(near.id) filter (where near.kind = 'limit') end,
           count(*) filter (where near.kind = 'limit'),
           coalesce(array_agg(near.id order by near.id) filter (where near.kind = 'limit'), '{}'),
           case when count(*) filter (where near.kind = 'plan') = 1
                then min(near.id) filter (where near.kind = 'plan') end
    from near where near.nearness = 1
    group by near.product_id, near.parameter_id, near.valid_from, near.valid_to;
    perform lab.catalogue_judge_facts();
end
$$;

-- What a judge is told of one requirement; the nulls are left out.
create or replace function lab.requirement_facts(rule lab.requirement) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'limit', case when rule.operator in ('ge', 'gt') then nullif(rule.limit_low, '')
                      when rule.operator in ('le', 'lt') then nullif(rule.limit_high, '') end,
        'limit_low', nullif(rule.limit_low, ''), 'limit_high', nullif(rule.limit_high, ''),
        'operator', rule.operator, 'comparison', rule.comparison,
        'requirement', lab.requirement_text(rule.operator, rule.limit_low, rule.limit_high),
        'condition', nullif(rule.condition, ''), 'clause', rule.clause, 'limit_id', rule.limit_id,
        'standard', lab.standard_cited(cited.number, cited.year), 'standard_en', lab.standard_cited_en(cited.number, cited.year),
        'need_zh', need.zh, 'need_en', need.en,
        'confidence', lab.confidence_of(told.unconfirmed, rule.confidence, rule.standard_id),
        'unconfirmed', told.unconfirmed)
    from lab.rows_unconfirmed('limits', rule.limit_id, rule.confidence, rule.standard_id) as told (unconfirmed)
    left join lab.standard as cited on cited.standard_id = rule.standard_id
    left join lab.parameter as measured on measured.parameter_id = rule.parameter_id
    left join lab.unit on unit.unit_ucum = coalesce(rule.unit_ucum, measured.unit_ucum)
    cross join lateral lab.need_told(rule.operator, rule.limit_low, rule.limit_high, coalesce(unit.display, '')) as need
    where rule.limit_id is not null
$$;

-- The requirements that somebody may choose from.
create or replace function lab.requirement_choices(ids text[]) returns jsonb
language sql stable as $$
    select jsonb_agg(jsonb_build_object('limit_id', rule.limit_id, 'condition', rule.condition,
                                        'standard', lab.standard_cited(standard.number, standard.year),
                                        'requirement', lab.requirement_text(rule.operator, rule.limit_low, rule.limit_high))
                     order by rule.limit_id)
    from lab.requirement as rule join lab.standard using (standard_id) where rule.limit_id = any (ids)
$$;

-- For every product and every way to measure it: what the judgement engine needs, per span of days, and once more for
-- each requirement that may be chosen. Before the first and after the last span nothing is required.
create or replace function lab.catalogue_judge_facts() returns void
language plpgsql volatile set jit = off as $$
begin
    delete from lab.judge_fact;
    insert into lab.judge_fact (product_id, method_id, parameter_id, chosen_limit, valid_from, valid_to, facts)
    with way as (
        select product.product_id, method.method_id, param_method.parameter_id from lab.product
        join lab.method using (laboratory) join lab.param_method using (method_id)
    ), start as (
        select way.product_id, way.parameter_id, '-infinity'::date as day from way
        union select resolved.product_id, resolved.parameter_id, edge.day from lab.resolved_requirement as resolved
        cross join lateral (values (resolved.valid_from), (resolved.valid_to)) as edge (day) where edge.day < 'infinity'
    ), span as (
        select start.product_id, start.parameter_id, start.day as valid_from, coalesce(lead(start.day) over (
                   partition by start.product_id, start.parameter_id order by start.day), 'infinity') as valid_to
        from start
    ), rule as materialized (
        select requirement.limit_id, requirement.unit_ucum, standard.mandatory like 'Y%' as mandatory,
               lab.requirement_facts(requirement) as facts
        from lab.requirement left join lab.standard using (standard_id) where not requirement.withdrawn
    ), measured as materialized ( -- of whatever product
        select method.method_id, parameter.parameter_id, parameter.unit_ucum, jsonb_build_object(
                   'screening', method.role = 'screening', 'min_replicates', method.min_replicates,
                   'value_type', parameter.value_type, 'calc_key', nullif(method.calc_key, ''),
                   'lod', lab.in_unit(parameter.lod_typical, parameter.lod_unit, parameter.unit_ucum),
                   'loq', lab.in_unit(parameter.loq_typical, parameter.lod_unit, parameter.unit_ucum),
                   'nd_text_zh', nullif(parameter.nd_text_zh, ''))
               || lab.round_facts(parameter) || lab.calculation_facts(method, parameter) as facts
        from lab.param_method join lab.method using (method_id) join lab.parameter using (parameter_id)
    ), told as (
        select span.*, coalesce(resolved.candidates, 0) as candidates, choice.limit_id as chosen_limit,
               resolved.plan_id, resolved.choices, rule.facts, rule.unit_ucum, rule.mandatory
        from span left join lab.resolved_requirement as resolved
            on resolved.product_id = span.product_id and resolved.parameter_id = span.parameter_id
            and resolved.valid_from = span.valid_from
        cross join lateral (select '' as limit_id union all select unnest(resolved.choices)) as choice
        left join rule on rule.limit_id = case choice.limit_id when '' then resolved.limit_id else choice.limit_id end
    )
    select way.product_id, way.method_id, way.parameter_id, told.chosen_limit, told.valid_from, told.valid_to,
        jsonb_strip_nulls(coalesce(told.facts, '{}') || measured.facts || jsonb_build_object(
            'unit', coalesce(lab.unit_printed(unit.display), ''), 'unit_en', nullif(lab.unit_en(lab.unit_printed(unit.display)), ''),
            'unit_ucum', unit.unit_ucum, 'candidates', told.candidates,
            'choices', case when told.facts is null and told.candidates > 1
                            then lab.requirement_choices(told.choices) end,
            'not_judged', case when told.facts is null and told.candidates > 1 then 'condition_not_chosen' end,
            'plan', case when told.candidates = 0 and told.plan_id is not null then lab.plan_facts(told.plan_id) end,
            'mandatory', told.mandatory,
            'catalogue_revision', (select head.revision from lab.catalogue_head as head)))
    from way join told on told.product_id = way.product_id and told.parameter_id = way.parameter_id
    join measured on measured.method_id = way.method_id and measured.parameter_id = way.parameter_id
    left join lab.unit on unit.unit_ucum = coalesce(told.unit_ucum, measured.unit_ucum);
end
$$;

-- Whether a class asks anything of the parameter.
create or replace function lab.facts_demand(facts jsonb) returns boolean
language sql immutable as $$
    select (facts ->> 'candidates')::integer > 0 or facts ? 'plan'
$$;

-- What the judge is told for one test of one item, by the item's classes and its day. Null when the catalogue knows no
-- way to measure it.
create or replace function lab.judge_facts_of(of_item text, of_method text, of_parameter text, of_choice text)
    returns jsonb
language plpgsql stable as $$
declare
    found jsonb[];
    claimed text;
    day_unknown boolean;
begin
    select array_agg(fact.facts order by class.place, fact.product_id), min(item.claimed_product_id),
           bool_or(product.date_basis <> 'receipt' and item.basis_date is null)
    into found, claimed, day_unknown
    from lab.item join lab.product on product.product_id = item.claimed_product_id
    cross join lateral (
        select 1 as place, item.claimed_product_id as product_id
        union all
        select 2, further.product_id from lab.item_class as further where further.item_code = item.item_code) as class
    join lab.judge_fact as fact on fact.product_id = class.product_id and fact.method_id = of_method
        and fact.parameter_id = of_parameter and fact.chosen_limit = of_choice
        and fact.valid_from <= coalesce(item.basis_date, item.received_at::date)
        and fact.valid_to > coalesce(item.basis_date, item.received_at::date)
    where item.item_code = of_item and (class.place = 1 or lab.facts_demand(fact.facts));
    if found is null then -- what was chosen holds no more
        return case when of_choice <> '' then lab.judge_facts_of(of_item, of_method, of_parameter, '') end;
    end if;
    if day_unknown and (select count(distinct (resolved.choices, resolved.plan_id)) > 1 from lab.resolved_requirement as resolved
                        where resolved.product_id = claimed and resolved.parameter_id = of_parameter) then
        return lab.facts_without_limit(found[1], 'edition_unknown');
    end if;
    if cardinality(found) > 1 and not lab.facts_demand(found[1]) then
        found := found[2:];
    end if;
    if cardinality(found) > 1 and of_choice = '' then -- two classes ask something of the same parameter
        return lab.facts_without_limit(found[1], 'condition_not_chosen')
            || jsonb_build_object('choices', lab.requirement_choices(array(
                   select distinct coalesce(choice ->> 'limit_id', one ->> 'limit_id') from unnest(found) as one
                   left join lateral jsonb_array_elements(one -> 'choices') as choice on true)));
    end if;
    return found[1];
end
$$;

create or replace function lab.facts_without_limit(facts jsonb, reason text) returns jsonb
language sql immutable as $$
    select facts - '{limit,limit_low,limit_high,operator,comparison,requirement,condition,clause,limit_id,standard,confidence,unconfirmed,plan}'::text[]
        || jsonb_build_object('not_judged', reason)
$$;

reset role;
