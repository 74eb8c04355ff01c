-- SPDX-License-Identifier: Apache-2.0
-- What a printed worksheet says beside its positions (ISO/IEC 17025 7.5, 7.7, 7.11): form and edition, standard of the
-- method, persons by name, moments, instrument and lots on the day, charts with their limits, holds with why and by whom
-- they were released. The message is WorksheetPage; the step draws it.
set role touchstone_owner;

create or replace function lab.page_act(of_staff uuid, at timestamptz) returns json
language plpgsql stable as $$
begin
    return case when of_staff is not null then
                json_build_object('name', lab.name_of(of_staff), 'at', lab.local_minute(at)) end;
end
$$;

-- The paper lay on the bench from the day on which the worksheet was made.
create or replace function lab.page_form(sheet lab.worksheet) returns json
language plpgsql stable as $$
declare
    form lab.record_form := lab.form_in_force(sheet.laboratory, 'worksheet', sheet.method_id,
                                              lab.local_time(sheet.made_at)::date);
begin
    return case when form.form_entry is not null then json_build_object(
        'form_no', form.form_no, 'edition', form.edition, 'title_zh', form.title_zh, 'title_en', form.title_en) end;
end
$$;

create or replace function lab.page_fitness(here text, of_kind text, named text, on_day date) returns jsonb
language plpgsql stable as $$
begin
    return lab.original_fitness(here, of_kind, named, on_day) - 'valid_from';
end
$$;

-- Of all samples that were entered here: what was named for that very entry.
create or replace function lab.page_lots(sheet lab.worksheet, on_day date) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(lab.page_fitness(sheet.laboratory, 'reagent_lot', named.lot, on_day) order by named.lot)
        from (select distinct unnest(stated.lots) as lot
              from lab.worksheet_position as placed
              join lab.worksheet_result as found using (worksheet_no, position)
              cross join lateral (
                  select used.lots from lab.reagent_use as used
                  where used.test_id = placed.test_id and used.entry_no = found.entry_no
                  order by used.use_no desc limit 1) as stated
              where placed.worksheet_no = sheet.worksheet_no) as named);
end
$$;

-- Four digits: what is drawn, not what is compared.
create or replace function lab.four_digits(number numeric) returns text
language sql immutable as $$
    select case when number = 0 then '0' else round(number, 3 - floor(log(abs(number)))::integer)::text end
$$;

-- With the limits that stood when its controls were judged here; else those of now.
create or replace function lab.page_charts(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object(
            'chart', known.chart, 'material', lab.told(known.material, 120), 'rule_set', known.rule_set,
            'centre', lab.four_digits(limits.mean::text::numeric), 'sigma', lab.four_digits(limits.sigma::text::numeric),
            'low', lab.four_digits(limits.mean::text::numeric - 3 * limits.sigma::text::numeric),
            'high', lab.four_digits(limits.mean::text::numeric + 3 * limits.sigma::text::numeric), 'limits_version', limits.limits_version, 'moving_range', nullif(known.kind = 'moving_range', false),
            'rules', case when known.kind = 'individuals'
                          and here.rules_revision = lab.control_rules_revision(known.rule_set) then
                          lab.control_rules_of(known.rule_set) end)
            order by known.chart)
        from lab.control_chart as known
        left join lateral (
            select max(point.limits_version) as judged_by, max(point.rules_revision) as rules_revision
            from lab.worksheet_result as found
            join lab.control_result as point on point.laboratory = found.laboratory and point.chart = found.chart
                and point.point = found.point
            where found.worksheet_no = sheet.worksheet_no and found.chart = known.chart) as here on true
        left join lab.control_limits as limits on limits.laboratory = known.laboratory and limits.chart = known.chart
            and limits.limits_version = coalesce(here.judged_by, known.limits_version)
        where known.laboratory = sheet.laboratory
        and known.chart in (select placed.chart from lab.worksheet_position as placed
                            where placed.worksheet_no = sheet.worksheet_no));
end
$$;

-- Controls of the chart and batch behind the one that failed that were entered by themselves, the first five: who reads "measured
-- again" in a release finds what was measured.
create or replace function lab.page_repeats(held lab.batch_hold) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object(
            'at', lab.local_minute(later.at), 'value', later.value_text, 'name', lab.name_of(later.entered_by),
            'rejected', nullif(exists (select from lab.control_alarm as alarm where alarm.laboratory = later.laboratory
                                       and alarm.chart = later.chart and alarm.point = later.point and alarm.rejects), false))
            order by later.point)
        from (select * from lab.control_result as again
              where again.laboratory = held.laboratory and again.batch_no = held.batch_no and again.chart = held.chart
              and again.point > held.point
              and not exists (select from lab.worksheet_result as placed where placed.laboratory = again.laboratory
                              and placed.chart = again.chart and placed.point = again.point)
              order by again.point limit 5) as later);
end
$$;

-- z of every control that was judged here by a chart of single values, with one decimal.
create or replace function lab.page_scores(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object('position', found.position, 'z', case when scored.z >= 0 then '+' else '−' end
                                              || round(abs(scored.z), 1)) order by found.position)
        from lab.worksheet_result as found
        join lab.control_result as point using (laboratory, chart, point)
        join lab.control_chart as known using (laboratory, chart)
        join lab.control_limits as limits on limits.laboratory = point.laboratory and limits.chart = point.chart
            and limits.limits_version = point.limits_version
        cross join lateral (select (point.value - limits.mean::text::numeric) / nullif(limits.sigma::text::numeric, 0) as z) as scored
        where found.worksheet_no = sheet.worksheet_no and known.kind = 'individuals' and scored.z is not null);
end
$$;

-- Whether the profile that its file was read by says what the method quantifies.
create or replace function lab.page_quantifies(sheet lab.worksheet) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.worksheet_file as kept
                   join lab.instrument_profile as known on known.laboratory = kept.laboratory and known.profile = kept.profile
                       and known.version = kept.profile_version
                   cross join lateral jsonb_array_elements(known.layout -> 'codes') as listed (code)
                   where kept.worksheet_no = sheet.worksheet_no and listed.code ->> 'method_id' = sheet.method_id
                   and listed.code ->> 'parameter_id' = sheet.parameter_id
                   and coalesce(listed.code ->> 'quantification_limit', '') <> '');
end
$$;

-- Every hold of the batch, wherever it comes from.
create or replace function lab.page_holds(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object(
            'position', here.position,
            'elsewhere', case when here.position is null then
                coalesce(format('%s #%s', held.worksheet_no, held.position), format('%s #%s', held.chart, held.point),
                         lab.told(material.material, 80)) end,
            'chart', held.chart, 'value', told.hold ->> 'value', 'rules', told.hold -> 'rules',
            'held_at', lab.local_minute(held.held_at), 'released_by', lab.name_of(held.released_by),
            'released_at', lab.local_minute(held.released_at), 'reason', lab.told(held.release_reason, 300),
            'nonconformities', (select json_agg(paper.nonconformity_no order by paper.nonconformity_no)
                                from lab.nonconformity as paper where paper.hold_id = held.hold_id),
            'repeats', lab.page_repeats(held))
            order by held.released_at is not null, held.held_at, here.position, held.hold_id)
        from lab.batch_hold as held
        cross join lateral (select lab.hold_view(held.hold_id) as hold) as told
        left join lab.worksheet_result as here on here.worksheet_no = sheet.worksheet_no
            and (held.worksheet_no = here.worksheet_no and held.position = here.position
                 or held.chart = here.chart and held.point = here.point)
        left join lab.crm_check as material on material.crm_check_id = held.crm_check_id
        where held.laboratory = sheet.laboratory and held.batch_no = sheet.batch_no);
end
$$;

-- Samples that no verdict may be told of: a hold is open on this batch or on another that names their test.
create or replace function lab.page_held(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(placed.position order by placed.position) from lab.worksheet_position as placed
            where placed.worksheet_no = sheet.worksheet_no and placed.kind = 'sample'
            and lab.is_held(placed.test_id));
end
$$;

create or replace function lab.page_corrected(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(placed.position order by placed.position) from lab.worksheet_position as placed
            join lab.worksheet_result as found using (worksheet_no, position)
            join lab.test on test.test_id = placed.test_id
            where placed.worksheet_no = sheet.worksheet_no and test.entry_no <> found.entry_no);
end
$$;

-- Of each sample the newest submission of the entry that was made here.
create or replace function lab.page_submissions(sheet lab.worksheet)
    returns table (test_id uuid, submission_no integer, submitted_by uuid, at timestamptz)
language plpgsql stable as $$
begin
    return query
    select distinct on (judged.test_id) judged.test_id, judged.submission_no, judged.submitted_by, judged.at
    from lab.worksheet_position as placed
    join lab.worksheet_result as found using (worksheet_no, position)
    join lab.judgement as judged on judged.test_id = placed.test_id and judged.entry_no = found.entry_no
    where placed.worksheet_no = sheet.worksheet_no order by judged.test_id, judged.submission_no desc;
end
$$;

create or replace function lab.page_submitted(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object('name', lab.name_of(each.submitted_by), 'tests', each.tests,
                                              'at', lab.local_minute(each.at)) order by each.at)
            from (select one.submitted_by, count(*) as tests, max(one.at) as at from lab.page_submissions(sheet) as one
                  group by one.submitted_by) as each);
end
$$;

create or replace function lab.page_reviewed(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object('name', lab.name_of(each.reviewer), 'tests', each.tests,
                                              'at', lab.local_minute(each.at),
                                              'sent_back', nullif(each.decision = 'send_back', false))
                            order by each.decision, each.at)
            from (select review.reviewer, review.decision, count(*) as tests, max(review.at) as at
                  from lab.page_submissions(sheet) as one join lab.review using (test_id, submission_no)
                  group by review.reviewer, review.decision) as each);
end
$$;

-- What its samples are said to be, which decision rules were agreed, and deviations from the method.
create or replace function lab.page_entries(sheet lab.worksheet) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'products', jsonb_agg(distinct concat_ws(' ', product.name_zh, product.name_en)) filter (
                where product.product_id is not null),
            'decision_rules', jsonb_agg(distinct concat_ws(' ', words.zh, words.en)),
            'deviations', jsonb_agg(distinct lab.told(entry.deviation, 300)) filter (where entry.deviation <> ''))
        from lab.worksheet_position as placed join lab.test using (test_id)
        join lab.item on item.item_code = test.item_code
        left join lab.product on product.product_id = item.claimed_product_id
        cross join lateral lab.decision_rule_words(test.decision_rule) as words
        left join lab.worksheet_result as found
            on found.worksheet_no = placed.worksheet_no and found.position = placed.position
        left join lab.result_entry as entry on entry.test_id = placed.test_id and entry.entry_no = found.entry_no
        where placed.worksheet_no = sheet.worksheet_no);
end
$$;

-- The bench work by code between making and entering: the first start, the last stop.
create or replace function lab.page_work(sheet lab.worksheet) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object('began', lab.local_minute(min(span.started_at)),
                                      'ended', lab.local_minute(max(span.stopped_at)),
                                      'workers', jsonb_agg(distinct lab.name_of(span.worker)) filter (
                                          where span.worker is not null))
        from lab.worksheet_position as placed join lab.work_span as span using (test_id)
        where placed.worksheet_no = sheet.worksheet_no and span.started_at >= sheet.made_at
        and span.started_at <= coalesce(sheet.entered_at, 'infinity'));
end
$$;

create or replace function lab.page_facts(who lab.actor, seen lab.worksheet) returns jsonb
language plpgsql stable as $$
declare
    on_day date := lab.local_time(coalesce(seen.entered_at, lab.ts_now()))::date;
begin
    return lab.page_entries(seen) || lab.page_work(seen) || (select jsonb_build_object(
        'institute', institute.name_zh || ' ' || here.name_zh, 'institute_en', institute.name_en || ', ' || here.name_en,
        'specimen', nullif(not institute.production, false), 'form', lab.page_form(seen),
        'standard', lab.told(concat_ws(' ', concat_ws('-', standard.number, nullif(standard.year, '')),
                                       standard.title_zh), 200),
        'method', lab.told(concat_ws('，', method.name_zh || ' ' || method.name_en, nullif(method.technique, '')), 120),
        'made', lab.page_act(seen.analyst, seen.made_at), 'entered', lab.page_act(seen.entered_by, seen.entered_at),
        'submitted', lab.page_submitted(seen), 'reviewed', lab.page_reviewed(seen),
        'approved', (select count(*) from lab.page_submissions(seen) as one join lab.review using (test_id, submission_no)
                     where review.decision = 'approve'),
        'instruments', case when seen.instrument <> '' then
            jsonb_build_array(lab.page_fitness(seen.laboratory, 'calibration', seen.instrument, on_day)) end,
        'lots', lab.page_lots(seen, on_day), 'charts', lab.page_charts(seen), 'holds', lab.page_holds(seen),
        'held', lab.page_held(seen), 'corrected', lab.page_corrected(seen),
        'drawn', lab.page_act(who.staff_id, lab.ts_now()), 'time_zone', lab.time_zone_told(),
        'quantifies', nullif(lab.page_quantifies(seen), false), 'scores', lab.page_scores(seen))
        from lab.institute, lab.laboratory as here, lab.method left join lab.standard using (standard_id)
        where here.laboratory = seen.laboratory and method.method_id = seen.method_id);
end
$$;

-- The step draws what this answers.
create or replace function lab.worksheet_draw_worksheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.worksheet := lab.worksheet_seen(who, request);
begin
    return json_build_object('shown', lab.worksheet_answer(seen), 'facts', jsonb_strip_nulls(lab.page_facts(who, seen)));
end
$$;

reset role;
