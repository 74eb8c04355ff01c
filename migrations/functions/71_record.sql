-- SPDX-License-Identifier: Apache-2.0
-- The frozen record of a result sheet: docs/record.md. What it says in words is in 71_record_words.sql, and what of it is
-- signed in 71_record_statement.sql.
set role touchstone_owner;

create or replace function lab.local_date(at timestamptz) returns text
language plpgsql stable as $$
begin
    return to_char(lab.local_time(at), 'YYYY-MM-DD');
end
$$;

create or replace function lab.local_minute(at timestamptz) returns text
language plpgsql stable as $$
begin
    return to_char(lab.local_time(at), 'YYYY-MM-DD HH24:MI');
end
$$;

-- The sheet's record from the frozen rows: every scalar a text except booleans. The format is touchstone/record/1.
-- of_revision and amends are of a sheet that stands in the place of another one: amends has sheet_no, revision, issued and
-- the reasons of the page, and log_index, which is signed. A record whose page and statement differ is refused.
create or replace function lab.record_build(taken lab.item, number text, who lab.actor, meaning text,
                                            this_moment timestamptz, of_revision integer default 0,
                                            amends jsonb default null) returns jsonb
language plpgsql volatile as $$
declare
    made jsonb := lab.record_parts(taken, number, who, meaning, this_moment, of_revision);
    signed jsonb := (select jsonb_agg(one -> 'signed' order by place)
                     from jsonb_array_elements(made -> 'results') with ordinality as told (one, place));
    overall text := lab.statement_overall((select jsonb_agg(one -> 'signed')
                                           from jsonb_array_elements(lab.results_concluding(made -> 'results')) as one));
begin
    made := made || jsonb_build_object('results', (
        select jsonb_agg(one - '{signed,said}'::text[] order by place)
        from jsonb_array_elements(made -> 'results') with ordinality as told (one, place)));
    if amends is not null then
        made := made || jsonb_build_object('amends', (amends - 'log_index') || lab.record_changes(
            (select sheet.record from lab.sheet where sheet.sheet_no = amends ->> 'sheet_no'
             and sheet.revision = (amends ->> 'revision')::integer), made));
    end if;
    made := made || jsonb_build_object('statement', lab.record_statement(taken, made, signed, overall, this_moment,
                                                                          amends ->> 'log_index'));
    perform lab.record_check(made);
    perform lab.record_fields_check(made);
    if of_revision = 0 then -- an item of an issued sheet is told nothing more
        perform lab.record_facts_check(taken, made);
    end if;
    return made;
end
$$;

-- The record without its statement; each result has what is signed of it as its member "signed".
create or replace function lab.record_parts(taken lab.item, number text, who lab.actor, meaning text,
                                            this_moment timestamptz, of_revision integer) returns jsonb
language plpgsql volatile as $$
declare
    house lab.institute;
    ordered lab.receipt;
    results jsonb := lab.record_results(taken);
    is_free boolean;
    legal_class text;
    spans record;
begin
    select * into house from lab.institute;
    select * into ordered from lab.receipt where receipt.receipt_no = taken.receipt_no;
    is_free := ordered.waiver <> '';
    legal_class := lab.legal_class_of(results, house.production, is_free);
    select min(entry.at) as first, max(entry.at) as last into spans
    from lab.result_entry as entry join lab.test using (test_id)
    where test.item_code = taken.item_code and test.state in ('approved', 'released');
    return jsonb_build_object(
        'format', 'touchstone/record/1', 'sheet_no', number, 'revision', of_revision::text, 'specimen', not house.production,
        'legal_class', legal_class, 'marks', lab.record_marks(results, legal_class),
        'seal_sha256', coalesce(lab.record_seal(house.production), ''),
        'institute', jsonb_build_object('name_zh', house.name_zh, 'name_en', house.name_en,
                                        'address_zh', house.address_zh, 'address_en', house.address_en,
                                        'phone', house.phone),
        'laboratory', (select jsonb_build_object('code', laboratory.laboratory, 'name_zh', laboratory.name_zh,
                                                 'name_en', laboratory.name_en) || lab.record_place(taken)
                       from lab.laboratory where laboratory.laboratory = taken.laboratory),
        'client', (select jsonb_build_object('name', person.name, 'contact', lab.mask_phone(person.phone))
                   from lab.person where person.person_id = lab.person_now(ordered.owner_id)),
        'receipt_no', ordered.receipt_no, 'time_zone', 'UTC+8',
        'test_type', lab.record_test_type(taken, is_free), 'sampling', lab.record_sampling(taken),
        'missing_reasons', lab.record_missing(taken),
        'item', lab.record_item(taken),
        'dates', jsonb_build_object('received', lab.local_date(coalesce(ordered.taken_offline_at, taken.received_at)),
                                    'tested_from', lab.local_date(spans.first), 'tested_to', lab.local_date(spans.last),
                                    'issued', lab.local_date(this_moment)),
        'results', results,
        'equipment', lab.record_equipment(taken), 'environment', lab.record_environment(taken),
        'decision_rule', lab.record_decision_rule(taken),
        'conclusion', lab.record_conclusion(taken, results, is_free),
        'signatures', lab.record_signatures(taken, who, meaning, this_moment),
        'statements', lab.record_statements(taken, ordered, results, not house.production))
        || lab.record_title(taken, results);
end
$$;

create or replace function lab.record_item(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'code', taken.item_code, 'name', taken.name, 'pieces', taken.pieces::text,
            -- The air of a room and an instrument in its place are not weighed.
            'mass_g', case when taken.laboratory in ('AIR', 'MET') then '' else taken.mass_text::text end,
            'hallmark', taken.hallmark, 'claim', taken.claim_text, 'claimed_product_zh', product.name_zh,
            'claimed_product_en', product.name_en, 'condition', taken.condition, 'stones', taken.stones,
            'seal_no', taken.seal_no, 'photo_sha256', coalesce(encode(photo.sha256, 'hex'), ''),
            'produced_on', taken.produced_on, 'model', lab.item_told(taken, 'model'), 'grade', lab.item_told(taken, 'grade'),
            'producer', lab.item_told(taken, 'mfr'), 'batch', lab.item_told(taken, 'batch'))
        from lab.product left join lab.item_photo as photo on photo.item_code = taken.item_code
        where product.product_id = taken.claimed_product_id);
end
$$;

-- As it was judged; a grade of before requirements had their direction gets it on paper.
create or replace function lab.requirement_printed(requirement text, rule jsonb) returns text
language sql immutable as $$
    select case when rule ->> 'operator' = 'grade_ge' and requirement = rule ->> 'limit_low'
                then lab.requirement_text('grade_ge', requirement, '') else requirement end
$$;

-- The names of the term that a result names, in both languages; what names none is the same in both.
create or replace function lab.result_said(of_parameter text, result text, out zh text, out en text)
language plpgsql stable as $$
declare
    term jsonb := (select held.cells from lab.catalogue_row as held where held.file = 'terms' and held.to_revision is null
                   and held.key = lab.term_of(of_parameter, result));
begin
    zh := coalesce(term ->> 'name_zh', (lab.word_told(result)).zh);
    en := coalesce(term ->> 'name_en', result);
end
$$;

-- What a result says in English where its figure, unit or requirement has Chinese in it; and who made it, when that was a
-- subcontractor. "said" is for the conclusion and not kept.
create or replace function lab.result_bilingual(of_parameter lab.parameter, of_method lab.method, judged lab.judgement, rule jsonb)
    returns jsonb
language plpgsql stable as $$
declare
    unit text := lab.unit_printed(judged.unit);
    unit_en text := nullif(lab.unit_en(unit), unit);
    said record := lab.result_said(of_parameter.parameter_id, judged.mean);
    is_word boolean := judged.mean !~ '^(ND|<|>|[-+]?[0-9])' and judged.plan_id = '';
begin
    return jsonb_strip_nulls(jsonb_build_object(
        'unit_en', unit_en,
        'mean_en', case when unit = '级' and judged.mean <> '' then 'grade ' || judged.mean
                        when not is_word or position(lower(said.en) in lower(judged.mean)) > 0 and position(said.zh in judged.mean) > 0 then null
                        when judged.mean = said.en then nullif(said.zh, (lab.word_told(judged.mean)).zh)
                        else nullif(said.en, judged.mean) end,
        'requirement_en', case when judged.requirement <> '' and rule ? 'operator'
                                    and (rule ->> 'operator' = 'grade_ge' or unit_en is not null and rule ->> 'operator' not like 'not_%')
                               then (lab.need_told(rule ->> 'operator', rule ->> 'limit_low', rule ->> 'limit_high', judged.unit)).en end,
        'subcontractor', nullif(of_method.subcontractor, '')))
        || jsonb_build_object('said', jsonb_build_object('zh', said.zh, 'en', said.en));
end
$$;

create or replace function lab.record_results(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'parameter_zh', parameter.name_zh, 'parameter_en', parameter.name_en,
            'method_standard', standard.number || '-' || standard.year,
            'method_role', method.role, 'method_zh', method.name_zh, 'method_en', method.name_en, 'unit', lab.unit_printed(judgement.unit),
            'readings', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('value', reading.value_text,
                                'position', reading.position, 'qualifier', nullif(reading.qualifier, '')))
                                order by reading.place), '[]')
                         from lab.reading where reading.test_id = test.test_id and reading.entry_no = test.entry_no),
            'determinations', lab.record_determinations(entry.inputs, judgement),
            'mean', lab.shortened(judgement.mean, 100), 'range', judgement.range,
            'expanded_uncertainty', coalesce(entry.expanded_uncertainty, ''), 'coverage_factor', entry.coverage_factor,
            'requirement', lab.requirement_printed(judgement.requirement, rule.cells),
            'grade_zh', coalesce(product.name_zh, ''), 'grade_en', coalesce(product.name_en, ''),
            'judgement_standard', coalesce(lab.standard_cited(rule_standard.cells ->> 'number', rule_standard.cells ->> 'year')
                                           || ' ' || (rule_standard.cells ->> 'title_zh'), ''),
            'judgement_standard_en', coalesce(lab.standard_cited_en(rule_standard.cells ->> 'number', rule_standard.cells ->> 'year')
                                              || ' ' || (rule_standard.cells ->> 'title_en'), ''),
            'clause', lab.clause_told(coalesce(rule.cells ->> 'clause', '')),
            'deviation_zh', lab.shortened(entry.deviation, 500), 'verdict', judgement.verdict, 'verdict_zh', words.zh,
            'verdict_en', words.en, 'sentence_zh', judgement.sentence_zh, 'sentence_en', judgement.sentence_en,
            'in_scope', scope.cma or scope.cnas, 'scope', lab.scope_told(scope.cma, scope.cnas), 'decision_rule', lab.rule_used(judgement, test),
            'signed', lab.statement_result(test, judgement, entry, rule.cells, scope.cma or scope.cnas))
            || lab.result_bilingual(parameter, method, judgement, rule.cells) order by test.method_id, test.parameter_id)
        from lab.test join lab.parameter using (parameter_id) join lab.method using (method_id)
        join lab.standard on standard.standard_id = method.standard_id
        join lab.result_entry as entry on entry.test_id = test.test_id and entry.entry_no = test.entry_no
        join lab.judgement on judgement.test_id = test.test_id and judgement.submission_no = test.submission_no
        left join lateral lab.catalogue_row_at(
                case judgement.plan_id when '' then 'limits' else 'micro_plans' end,
                coalesce(judgement.limit_id, judgement.plan_id), judgement.catalogue_revision)
            as rule (cells) on true -- as it was when it was judged
        left join lab.product on product.product_id = rule.cells ->> 'product_id'
        left join lateral lab.catalogue_row_at('standards', rule.cells ->> 'standard_id', judgement.catalogue_revision)
            as rule_standard (cells) on true
        cross join lateral lab.verdict_words(judgement.verdict) as words
        cross join lateral lab.scope_of(taken, test, array[lab.local_time(entry.at)::date, lab.local_time(lab.ts_now())::date]) as scope
        where test.item_code = taken.item_code and test.state in ('approved', 'released'));
end
$$;

create or replace function lab.record_equipment(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(distinct jsonb_build_object('name', used.instrument, 'number', '')), '[]')
        from lab.test join lab.result_entry as entry on entry.test_id = test.test_id and entry.entry_no = test.entry_no
        cross join lateral (select entry.instrument where not test.is_blind -- else it is all of theirs in one text
                            union all select reading.instrument from lab.readings_last(test.test_id) as reading) as used
        where test.item_code = taken.item_code and test.state in ('approved', 'released') and used.instrument <> '');
end
$$;

-- "23.1", or "22.8–23.4" when it was not the same at all tests: the lowest and the highest, as they were typed.
create or replace function lab.range_told(numbers text[]) returns text
language plpgsql immutable as $$
begin
    return (select concat(min(ends.low), '–' || nullif(min(ends.high), min(ends.low)))
        from (select first_value(number) over (order by number::numeric, number) as low,
                     first_value(number) over (order by number::numeric desc, number) as high
              from unnest(numbers) as number where number is not null) as ends);
end
$$;

create or replace function lab.record_environment(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'temperature_c', lab.range_told(array_agg(entry.temperature_c::text)),
            'humidity_percent', lab.range_told(array_agg(entry.humidity_percent::text)))
        from lab.test join lab.result_entry as entry on entry.test_id = test.test_id and entry.entry_no = test.entry_no
        where test.item_code = taken.item_code and test.state in ('approved', 'released'));
end
$$;

-- A sheet has room for 12 names (server/render/record_rules.c): the last 7 who tested, 4 who reviewed, and who approves.
create or replace function lab.record_signatures(taken lab.item, who lab.actor, meaning text, this_moment timestamptz)
    returns jsonb
language plpgsql stable as $$
declare
    names record;
begin
    select * into names from lab.record_roles(taken.laboratory);
    return (select jsonb_agg(jsonb_build_object('role', signed.role, 'role_zh', signed.role_zh, 'role_en', signed.role_en,
                                            'name', staff.name, 'at', lab.local_minute(signed.at),
                                            'meaning', signed.meaning) order by signed.place, signed.at, staff.name)
        from ((select 1 as place, 'prepared' as role, names.zh[1] as role_zh, names.en[1] as role_en,
                     worker.staff_id, max(worker.at) as at, case taken.laboratory when 'MET' then '检定并编制 verified and prepared' else '检测并编制 tested and prepared' end
                     || case when count(*) over () > 7 then format('（共%1$s人 %1$s persons in all）', count(*) over ()) else '' end
                     as meaning
              from lab.test join lab.judgement using (test_id, submission_no) join lab.result_entry as entry
                   on entry.test_id = test.test_id and entry.entry_no = test.entry_no
              cross join lateral (select entry.entered_by, entry.at union all select judgement.submitted_by, judgement.at
                                  union all select reading.reader, reading.at
                                  from lab.readings_last(test.test_id) as reading) as worker (staff_id, at)
              where test.item_code = taken.item_code and test.state in ('approved', 'released') group by worker.staff_id
              order by max(worker.at) desc, worker.staff_id limit 7)
              union all
              (select 2, 'reviewed', names.zh[2], names.en[2], review.reviewer, max(review.at), '复核通过 reviewed and agreed'
              from lab.test join lab.review using (test_id, submission_no)
              where test.item_code = taken.item_code and test.state in ('approved', 'released') group by review.reviewer
              order by max(review.at) desc, review.reviewer limit 4)
              union all
              select 3, 'approved', names.zh[3], names.en[3], who.staff_id, this_moment, meaning) as signed
        join lab.staff using (staff_id));
end
$$;

reset role;
