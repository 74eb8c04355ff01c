-- SPDX-License-Identifier: Apache-2.0
-- The part of a record that is signed and stands in the QR: docs/record.md, "statement". It is made of the same rows as what
-- the page prints, and a record in which the two say different things is refused.
set role touchstone_owner;

-- A sign in front says nothing of a number that is not negative.
create or replace function lab.number_told(told text) returns text
language sql immutable as $$
    select regexp_replace(told, '^\+', '')
$$;

-- A text of a statement has at most 200 bytes of UTF-8 and is NFC; what is longer ends with an ellipsis.
create or replace function lab.statement_text(told text, most integer default 200) returns text
language plpgsql immutable as $$
declare
    kept text := normalize(told, nfc);
begin
    if octet_length(kept) <= most then
        return kept;
    end if;
    while octet_length(kept) > most - 3 loop
        kept := left(kept, -1);
    end loop;
    return kept || '…';
end
$$;

-- What was found, as it is printed: qual and value. A list of units that are all numbers is a list; "not detected" among them
-- counts nothing. A figure with the mark of GB/T 8170, a bound among units and what has no number stay the text they are.
create or replace function lab.statement_figure(mean text, is_plan boolean, determinations jsonb, out qual text, out value jsonb)
language plpgsql immutable as $$
declare
    found text[] := regexp_match(mean, '^(ND < |< |> |)([+-]?[0-9]+(?:\.[0-9]+)?)$');
    units text[] := case when mean like '%…' then array(select jsonb_array_elements_text(determinations))
                         else string_to_array(mean, '; ') end;
begin
    if is_plan and mean <> '' and not exists (select from unnest(units) as unit where unit !~ '^(ND|[0-9]+(\.[0-9]+)?)$') then
        qual := '5';
        value := (select jsonb_agg(case unit when 'ND' then '0' else unit end order by place)
                  from unnest(units) with ordinality as told (unit, place));
    elsif found is not null and not is_plan then
        qual := case found[1] when '' then '0' when '< ' then '1' when '> ' then '2' else '3' end;
        value := to_jsonb(lab.number_told(found[2]));
    else
        qual := '4';
        value := to_jsonb(lab.statement_text(coalesce(nullif(mean, ''), '—')));
    end if;
end
$$;

-- What it was held against: the row of limits.csv or micro_plans.csv as it was when it was judged.
create or replace function lab.statement_limit(rule jsonb, out limop text, out "limit" jsonb)
language plpgsql immutable as $$
declare
    low text := lab.number_told(rule ->> 'limit_low');
    high text := lab.number_told(rule ->> 'limit_high');
begin
    limop := case when rule ? 'n' then '11' else coalesce((
        '{"le": "1", "ge": "2", "between": "3", "lt": "4", "gt": "5", "abs_le": "6", "grade_ge": "7", "eq": "8",
          "not_permitted": "9", "not_detected": "10"}'::jsonb) ->> (rule ->> 'operator'), '0') end;
    "limit" := case when limop in ('1', '4', '6') then to_jsonb(high) when limop in ('2', '5') then to_jsonb(low)
                    when limop = '3' then jsonb_build_array(low, high)
                    when limop in ('7', '8') then to_jsonb(lab.statement_text(low || high))
                    when limop = '11' then jsonb_build_array(rule ->> 'n', rule ->> 'c', rule ->> 'm', nullif(rule ->> 'M', ''))
                    else 'null' end;
end
$$;

-- Nobody asked for a verdict where the catalogue has no requirement; otherwise there was a reason to give none.
create or replace function lab.statement_verdict(verdict text, reason text) returns text
language sql immutable as $$
    select case verdict when 'pass' then '1' when 'fail' then '2' when 'conditional_pass' then '3' when 'conditional_fail' then '4'
                        when 'inconclusive' then '5' when 'to_be_confirmed' then '5'
                        else case reason when 'NO_LIMIT' then '0' else '6' end end
$$;

-- The decision rule by its name in the registry.
create or replace function lab.rule_used(judged lab.judgement, of_test lab.test) returns text
language sql immutable as $$
    select case judged.trace ->> 'rule' when 'screening_U' then 'screening'
                else coalesce(nullif(judged.trace ->> 'rule', ''), nullif(of_test.decision_rule, ''), 'simple') end
$$;

create or replace function lab.statement_result(of_test lab.test, judged lab.judgement, entry lab.result_entry, rule jsonb,
                                                in_scope boolean) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'analyte', lab.code_of('analyte', of_test.parameter_id), 'qual', figure.qual, 'value', figure.value,
            'unit', lab.code_of('unit', coalesce(nullif(rule ->> 'unit_ucum', ''), parameter.unit_ucum, '1')),
            'u', lab.number_told(entry.expanded_uncertainty), 'limop', bound.limop, 'limit', bound."limit",
            'method', lab.code_of('method', of_test.method_id),
            'verdict', lab.statement_verdict(judged.verdict, judged.trace ->> 'reason'),
            'rule', lab.code_of('rule', lab.rule_used(judged, of_test)),
            'scope', case when in_scope then '1' else '0' end)
        from lab.parameter
        cross join lateral lab.statement_figure(lab.shortened(judged.mean, 100), judged.plan_id <> '',
                                                judged.trace -> 'determinations') as figure
        cross join lateral lab.statement_limit(rule) as bound
        where parameter.parameter_id = of_test.parameter_id);
end
$$;

-- 2 when anything does not conform; 3 when nothing was judged; 4 when a part of it was not, or could not be decided; else 1.
create or replace function lab.statement_overall(results jsonb) returns text
language sql immutable as $$
    select case when '{2,4}'::text[] && told.verdicts then '2' when not '{1,3,5}'::text[] && told.verdicts then '3'
                when '{5,6}'::text[] && told.verdicts then '4' else '1' end
    from (select array_agg(one ->> 'verdict') as verdicts from jsonb_array_elements(results) as one) as told
$$;

-- The widest class above a product: what kind of thing it is.
create or replace function lab.product_kind(of_product text) returns lab.product
language sql stable as $$
    with recursive line (product_id, parent_id, distance) as (
        select product_id, parent_id, 0 from lab.product where product_id = of_product
        union all
        select above.product_id, above.parent_id, line.distance + 1
        from line join lab.product as above on above.product_id = line.parent_id where line.distance < 32)
    select above from line join lab.product as above using (product_id) order by line.distance desc limit 1
$$;

-- Both languages in 120 bytes of UTF-8: a name that is written in one of them has the kind of product in the other.
create or replace function lab.statement_sample(taken lab.item) returns text
language plpgsql stable as $$
declare
    kind lab.product := lab.product_kind(taken.claimed_product_id);
    told text;
begin
    told := normalize(btrim(taken.name) || case when taken.name !~ '[A-Za-z]' then ' ' || kind.name_en
                                              when taken.name !~ '[^\u0001-\u2fff]' then ' ' || kind.name_zh else '' end, nfc);
    while octet_length(told) > 120 loop
        told := left(told, -1);
    end loop;
    return btrim(told);
end
$$;

-- What ties paper to thing: the seal, the mass of a jewel or a fur where whole mg say it exactly, or its photo.
create or replace function lab.statement_sample_id(taken lab.item, photo_sha256 text) returns jsonb
language sql immutable as $$
    select case when taken.seal_no <> '' then jsonb_build_array('1', lab.statement_text(taken.seal_no))
                when taken.laboratory in ('JEW', 'FUR') and taken.mass * 1000 = trunc(taken.mass * 1000)
                then jsonb_build_array('3', round(taken.mass * 1000)::bigint::text)
                when photo_sha256 <> '' then jsonb_build_array('4', left(photo_sha256, 16)) end
$$;

create or replace function lab.day_number(day text) returns text
language sql immutable as $$
    select (day::date - date '1970-01-01')::text
$$;

-- The statement of a record that has everything else. results: what lab.statement_result said of each; previous_index: the log
-- index of the revision that this one supersedes, null for the first.
drop function if exists lab.record_statement(lab.item, jsonb, jsonb, timestamptz, text);
create or replace function lab.record_statement(taken lab.item, record jsonb, results jsonb, overall text,
                                                this_moment timestamptz, previous_index text default null) returns jsonb
language plpgsql stable as $$
declare
    dates jsonb := record -> 'dates';
    main_rule text := (select one ->> 'rule' from jsonb_array_elements(results) as one
                       group by 1 order by count(*) desc, 1 limit 1);
begin
    return jsonb_strip_nulls(jsonb_build_object(
            'issuer', (select institute.issuer from lab.institute),
            'issued', floor(extract(epoch from this_moment))::bigint::text,
            'dates', jsonb_build_array(lab.day_number(dates ->> 'received'), lab.day_number(dates ->> 'tested_from'),
                                       lab.day_number(dates ->> 'tested_to')),
            'sample', lab.statement_sample(taken),
            'domain', coalesce(array_position('{JEW,FUR,FOOD,AIR,FIB,MET}'::text[], taken.laboratory), 0)::text,
            'rule', main_rule, 'overall', overall, 'registry', coalesce(lab.registry_version(), 0)::text,
            'legal_class', lab.legal_class_code(record ->> 'legal_class'),
            'sample_id', lab.statement_sample_id(taken, record #>> '{item,photo_sha256}'),
            'supersedes', previous_index))
        || jsonb_build_object('results', (
            select jsonb_agg(case one ->> 'rule' when main_rule then one || '{"rule": null}' else one end order by place)
            from jsonb_array_elements(results) with ordinality as told (one, place)));
end
$$;

create or replace function lab.legal_class_code(legal_class text) returns text
language sql immutable as $$
    select array_position('{cma,cnas,both,mixed,none,demonstration}'::text[], legal_class)::text
$$;

-- ---------------------------------------------------------------- what is printed is what is signed

-- The text that is printed for the figure, and for what it was held against, by the signed part alone.
create or replace function lab.statement_figure_text(signed jsonb) returns text
language sql immutable as $$
    select case signed ->> 'qual' when '1' then '< ' when '2' then '> ' when '3' then 'ND < ' else '' end
        || case signed ->> 'qual' when '5' then (select string_agg(unit, '; ' order by place)
                                                 from jsonb_array_elements_text(signed -> 'value') with ordinality as told (unit, place))
                                  else nullif(signed ->> 'value', '—') end
$$;

create or replace function lab.statement_limit_text(signed jsonb) returns text
language sql immutable as $$
    select case signed ->> 'limop'
        when '0' then '' when '3' then lab.requirement_text('between', signed #>> '{limit,0}', signed #>> '{limit,1}')
        when '11' then format('n = %s, c = %s, m = %s', signed #>> '{limit,0}', signed #>> '{limit,1}', signed #>> '{limit,2}')
                       || coalesce(', M = ' || (signed #>> '{limit,3}'), '')
        else lab.requirement_text(told.operator, case when told.operator in ('ge', 'gt', 'grade_ge', 'eq') then signed ->> 'limit' else '' end,
                                  case when told.operator in ('le', 'lt', 'abs_le') then signed ->> 'limit' else '' end) end
    from (select (array['le', 'ge', 'between', 'lt', 'gt', 'abs_le', 'grade_ge', 'eq', 'not_permitted', 'not_detected'])
                 [(signed ->> 'limop')::integer]) as told (operator)
$$;

-- Whether the printed number keeps the printed limit; null where that is no comparison of two numbers.
create or replace function lab.statement_conforms(signed jsonb) returns boolean
language plpgsql immutable as $$
declare
    value numeric;
begin
    if signed ->> 'qual' <> '0' or signed ->> 'limop' not in ('1', '2', '3', '4', '5', '6') then
        return null;
    end if;
    value := (signed ->> 'value')::numeric;
    return case signed ->> 'limop' when '1' then value <= (signed ->> 'limit')::numeric
                                   when '2' then value >= (signed ->> 'limit')::numeric
                                   when '3' then value between (signed #>> '{limit,0}')::numeric and (signed #>> '{limit,1}')::numeric
                                   when '4' then value < (signed ->> 'limit')::numeric
                                   when '5' then value > (signed ->> 'limit')::numeric
                                   else abs(value) <= (signed ->> 'limit')::numeric end;
end
$$;

-- What of one result is printed otherwise than signed, '' when nothing is.
create or replace function lab.result_contradicts(printed jsonb, signed jsonb, rule text) returns text
language plpgsql immutable as $$
declare
    told text := lab.statement_figure_text(signed);
    mean text := normalize(printed ->> 'mean', nfc);
    conforms boolean := lab.statement_conforms(signed);
begin
    return case
        when signed ->> 'qual' = '5' and mean like '%…' then ''
        when signed ->> 'qual' = '5' and replace(mean, 'ND', '0') <> told or signed ->> 'qual' <> '5'
             and lab.statement_text(lab.number_told(mean)) <> coalesce(told, '') then 'mean'
        when lab.statement_text(printed ->> 'requirement') <> lab.statement_limit_text(signed) then 'requirement'
        when printed ->> 'verdict' <> 'not_judged'
             and lab.statement_verdict(printed ->> 'verdict', '') <> signed ->> 'verdict'
             or printed ->> 'verdict' = 'not_judged' and signed ->> 'verdict' not in ('0', '6') then 'verdict'
        -- A guard band inside the limit may fail what conforms, one outside may pass what does not.
        when signed ->> 'verdict' = '1' and not conforms and rule <> 'guard_reject_U'
             or signed ->> 'verdict' = '2' and conforms and rule not in ('guard_accept_U', 'guard_1p64u') then 'verdict'
        when lab.number_told(printed ->> 'expanded_uncertainty') <> coalesce(signed ->> 'u', '') then 'expanded_uncertainty'
        when (printed ->> 'in_scope')::boolean <> (signed ->> 'scope' = '1') then 'in_scope'
        else '' end;
end
$$;

-- Nothing is frozen that says one thing to who reads it and another to who scans it.
create or replace function lab.record_check(record jsonb) returns void
language plpgsql volatile as $$
declare
    signed jsonb := record -> 'statement';
    place text;
begin
    select format('results[%s].%s', pair.place - 1, found.what) into place
    from rows from (jsonb_array_elements(record -> 'results'), jsonb_array_elements(signed -> 'results'))
        with ordinality as pair (printed, signed, place)
    cross join lateral (select case when pair.printed is null or pair.signed is null then 'missing'
        else lab.result_contradicts(pair.printed, pair.signed, pair.printed ->> 'decision_rule') end as what) as found
    where found.what <> '' order by pair.place limit 1;
    place := coalesce(place, case
        when lab.legal_class_code(record ->> 'legal_class') is distinct from signed ->> 'legal_class' then 'legal_class'
        when lab.day_number(record #>> '{dates,received}') <> signed #>> '{dates,0}' then 'dates.received'
        when (record ->> 'revision' = '0') <> not (signed ? 'supersedes') then 'revision' end);
    if place is not null then
        perform lab.refuse(9, 'RECORD_CONTRADICTS', format(
            'What is printed and what is signed differ at %s. The result is judged again (touchstone test rejudge) before the sheet is released.', place));
    end if;
end
$$;

reset role;
