-- SPDX-License-Identifier: Apache-2.0
-- The result sheet: what may be released, the frozen record, its number, and the work of drawing and sealing it.
set role touchstone_owner;

create or replace function lab.sheet_view(of_sheet text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'sheet_no', sheet.sheet_no, 'revision', sheet.revision, 'item_code', sheet.item_code,
            'laboratory', sheet.laboratory, 'state', sheet.state, 'specimen', sheet.specimen,
            'signatory', lab.username_of(sheet.signatory), 'meaning', sheet.meaning, 'released_at', sheet.released_at,
            'record_sha256', encode(sheet.record_sha256, 'hex'), 'pdf_bytes', file.pdf_bytes,
            'pdf_sha256', encode(file.sha256, 'hex'))
        from lab.sheet left join lab.sheet_file as file using (sheet_no, revision)
        where sheet.sheet_no = of_sheet order by sheet.revision desc limit 1);
end
$$;

create or replace function lab.sheet_list_releasable_items(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    after_at timestamptz := coalesce(lab.page_key_at(keys[1]), '-infinity');
    after_code text := coalesce(keys[2], '');
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(json_build_object(
               'item_code', page.item_code, 'laboratory', page.laboratory, 'name', page.name, 'version', page.version,
               'received_at', page.received_at, -- for the page token only: no field of the message
               'tests', (select coalesce(json_agg(one), '[]')
                         from lab.test_rows(array(select test.test_id from lab.test
                                                  where test.item_code = page.item_code
                                                  order by test.method_id, test.parameter_id), 'bench') as one))
               order by page.received_at, page.item_code)
    into found
    from (select * from lab.item where item.laboratory = here and item.state = 'reviewed'
          and (item.received_at, item.item_code) > (after_at, after_code)
          order by item.received_at, item.item_code limit size + 1) as page;
    return lab.page_answer(who, 'items', found, size, 'received_at', 'item_code');
end
$$;

-- Rows are locked in one order by every act: tests (of several, by their ids), then their item. Late changes, retests and
-- approvals begin with a test; this begins with all of them.
create or replace function lab.item_taken_with_tests(who lab.actor, request jsonb) returns lab.item
language plpgsql volatile as $$
begin
    perform from lab.test where test.item_code = request ->> 'item_code' order by test.test_id for no key update;
    return lab.item_taken(who, request);
end
$$;

-- The second signature: the daemon has checked the password and says of which version; everything else is checked here
-- and by guard_sheet. The record is frozen, numbered and handed to be drawn, all in this one act.
create or replace function lab.sheet_release_sheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    taken lab.item := lab.item_taken_with_tests(who, request);
    meaning text := btrim(coalesce(request ->> 'meaning', ''));
    number text;
    record jsonb;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    if meaning = '' then
        perform lab.refuse_field('meaning', 'is required');
    end if;
    if (request -> 'daemon' ->> 'password_version')::integer is distinct from
       (select staff.password_version from lab.staff where staff.staff_id = who.staff_id) then
        perform lab.refuse(16, 'PASSWORD_CHANGED', 'Your password was changed meanwhile. Sign again.', 'password');
    end if;
    if taken.state <> 'reviewed' then
        perform lab.refuse(9, case taken.state when 'released' then 'SHEET_ISSUED' else 'ITEM_NOT_REVIEWED' end,
                           case taken.state when 'released' then 'The sheet of this item is issued.'
                                else 'Not every test of this item is approved.' end);
    end if;
    number := lab.number_next('sheet', taken.laboratory, this_moment);
    record := lab.record_build(taken, number, who, meaning, this_moment);
    perform lab.set_reason(meaning);
    insert into lab.sheet (sheet_no, item_code, laboratory, specimen, signatory, meaning, released_at, record, record_bytes)
    values (number, taken.item_code, taken.laboratory, (record ->> 'specimen')::boolean, who.staff_id, meaning,
            this_moment, record, convert_to(lab.canonical(record), 'UTF8'));
    update lab.test set state = 'released' where test.item_code = taken.item_code and test.state = 'approved';
    update lab.item set state = 'released', sheet_no = number where item.item_code = taken.item_code;
    insert into lab.sheet_work (sheet_no, revision) values (number, 0);
    return json_build_object('sheet', lab.sheet_view(number));
end
$$;

create or replace function lab.sheet_get_sheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := (select sheet.laboratory from lab.sheet where sheet.sheet_no = request ->> 'sheet_no' limit 1);
begin
    perform lab.require_seen(who, here, 'sheet');
    return json_build_object('sheet', lab.sheet_view(request ->> 'sheet_no'));
end
$$;

-- The sheet, and its document once it is sealed (blob is null while it is being drawn). Both in one statement: the
-- sealing must not come between them.
create or replace function lab.sheet_download_sheet(who lab.actor, request jsonb, out answer json, out blob bytea)
language plpgsql volatile as $$
begin
    perform lab.sheet_get_sheet(who, request);
    select json_build_object('sheet', lab.sheet_view(newest.sheet_no)), file.pdf into answer, blob
    from (select sheet_no, revision from lab.sheet where sheet_no = request ->> 'sheet_no'
          order by revision desc limit 1) as newest left join lab.sheet_file as file using (sheet_no, revision);
end
$$;

-- ---------------------------------------------------------------- the record

create or replace function lab.verdict_words(verdict text, out zh text, out en text)
language plpgsql immutable as $$
begin
    zh := case verdict when 'pass' then '符合' when 'fail' then '不符合' when 'to_be_confirmed' then '需用仲裁方法确认'
                       when 'conditional_pass' then '有条件符合' when 'conditional_fail' then '有条件不符合'
                       when 'inconclusive' then '不能判定'
                       else '不作判定' end;
    en := case verdict when 'pass' then 'Conforms' when 'fail' then 'Does not conform'
                       when 'to_be_confirmed' then 'To be confirmed by the reference method'
                       when 'conditional_pass' then 'Conforms conditionally'
                       when 'conditional_fail' then 'Does not conform conditionally'
                       when 'inconclusive' then 'Inconclusive' else 'Not judged' end;
end
$$;

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
create or replace function lab.record_build(taken lab.item, number text, who lab.actor, meaning text,
                                            this_moment timestamptz) returns jsonb
language plpgsql volatile as $$
declare
    house lab.institute;
    ordered lab.receipt;
    results jsonb := lab.record_results(taken);
    spans record;
begin
    select * into house from lab.institute;
    select * into ordered from lab.receipt where receipt.receipt_no = taken.receipt_no;
    select min(entry.at) as first, max(entry.at) as last into spans
    from lab.result_entry as entry join lab.test using (test_id)
    where test.item_code = taken.item_code and test.state = 'approved';
    return jsonb_build_object(
        'format', 'touchstone/record/1', 'sheet_no', number, 'revision', '0', 'specimen', not house.production,
        'legal_class', case when house.production then 'none' else 'demonstration' end,
        'institute', jsonb_build_object('name_zh', house.name_zh, 'name_en', house.name_en,
                                        'address_zh', house.address_zh, 'address_en', house.address_en,
                                        'phone', house.phone),
        'laboratory', (select jsonb_build_object('code', laboratory.laboratory, 'name_zh', laboratory.name_zh,
                                                 'name_en', laboratory.name_en)
                       from lab.laboratory where laboratory.laboratory = taken.laboratory),
        'client', (select jsonb_build_object('name', person.name, 'contact', lab.mask_phone(person.phone))
                   from lab.person where person.person_id = ordered.owner_id),
        'receipt_no', ordered.receipt_no, 'time_zone', 'UTC+8',
        'test_type', jsonb_build_object('zh', '委托检测（送样，非本机构抽样）',
                                        'en', 'Commissioned test; sample not taken by the laboratory'),
        'item', lab.record_item(taken),
        'dates', jsonb_build_object('received', lab.local_date(taken.received_at),
                                    'tested_from', lab.local_date(spans.first), 'tested_to', lab.local_date(spans.last),
                                    'issued', lab.local_date(this_moment)),
        'results', results,
        'equipment', lab.record_equipment(taken), 'environment', lab.record_environment(taken),
        'decision_rule', lab.record_decision_rule(taken),
        'conclusion', lab.record_conclusion(taken, results),
        'signatures', lab.record_signatures(taken, who, meaning, this_moment),
        'statements', lab.record_statements(taken, ordered, not house.production));
end
$$;

create or replace function lab.record_item(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'code', taken.item_code, 'name', taken.name, 'pieces', taken.pieces::text, 'mass_g', taken.mass_text,
            'hallmark', taken.hallmark, 'claim', taken.claim_text, 'claimed_product_zh', product.name_zh,
            'claimed_product_en', product.name_en, 'condition', taken.condition, 'stones', taken.stones,
            'seal_no', taken.seal_no, 'photo_sha256', coalesce(encode(photo.sha256, 'hex'), ''))
        from lab.product left join lab.item_photo as photo on photo.item_code = taken.item_code
        where product.product_id = taken.claimed_product_id);
end
$$;

create or replace function lab.record_results(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'parameter_zh', parameter.name_zh, 'parameter_en', parameter.name_en,
            'method_standard', standard.number || '-' || standard.year,
            'method_zh', method.name_zh, 'method_en', method.name_en, 'unit', judgement.unit,
            'readings', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('value', reading.value_text,
                                'position', reading.position, 'qualifier', nullif(reading.qualifier, '')))
                                order by reading.place), '[]')
                         from lab.reading where reading.test_id = test.test_id and reading.entry_no = test.entry_no),
            'determinations', lab.record_determinations(entry.inputs, judgement),
            'mean', lab.shortened(judgement.mean, 100), 'range', judgement.range,
            'expanded_uncertainty', coalesce(entry.expanded_uncertainty, ''), 'coverage_factor', entry.coverage_factor,
            'requirement', judgement.requirement,
            'grade_zh', coalesce(product.name_zh, ''), 'grade_en', coalesce(product.name_en, ''),
            'judgement_standard', coalesce(rule_standard.cells ->> 'number' || '-' || (rule_standard.cells ->> 'year')
                                           || ' ' || (rule_standard.cells ->> 'title_zh'), ''),
            'judgement_standard_en', coalesce(rule_standard.cells ->> 'number' || '-' || (rule_standard.cells ->> 'year')
                                              || ' ' || (rule_standard.cells ->> 'title_en'), ''),
            'clause', regexp_replace(coalesce(rule.cells ->> 'clause', ''), '^Table (\S+)$', '表\1 Table \1'),
            'deviation_zh', lab.shortened(entry.deviation, 500), 'verdict', judgement.verdict, 'verdict_zh', words.zh,
            'verdict_en', words.en, 'sentence_zh', judgement.sentence_zh, 'sentence_en', judgement.sentence_en,
            'in_scope', false) order by test.method_id, test.parameter_id)
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
        where test.item_code = taken.item_code and test.state = 'approved');
end
$$;

create or replace function lab.record_equipment(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(distinct jsonb_build_object('name', used.instrument, 'number', '')), '[]')
        from lab.test join lab.result_entry as entry on entry.test_id = test.test_id and entry.entry_no = test.entry_no
        cross join lateral (select entry.instrument where not test.is_blind -- else it is all of theirs in one text
                            union all select reading.instrument from lab.readings_last(test.test_id) as reading) as used
        where test.item_code = taken.item_code and test.state = 'approved' and used.instrument <> '');
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
        where test.item_code = taken.item_code and test.state = 'approved');
end
$$;

-- The reference methods of what was screened: "GB/T 9288-2019 灰吹法".
create or replace function lab.reference_methods(taken lab.item, out zh text, out en text)
language plpgsql stable as $$
begin
    select string_agg(distinct concat(standard.number, '-' || nullif(standard.year, ''), ' ', method.name_zh), '或 '),
           string_agg(distinct concat(standard.number, '-' || nullif(standard.year, ''), ' ', method.name_en), ' or ')
    into zh, en
    from lab.test join lab.method as used on used.method_id = test.method_id and used.role = 'screening'
    join lab.param_method on param_method.parameter_id = test.parameter_id
    join lab.method on method.method_id = param_method.method_id and method.role = 'reference'
    join lab.standard on standard.standard_id = method.standard_id
    where test.item_code = taken.item_code and test.state = 'approved';
end
$$;

-- The rules that were agreed for this item's tests, one sentence each (ILAC-G8:09/2019; CNAS-GL015:2022).
create or replace function lab.agreed_rules(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object('zh', string_agg(told.zh, '；' order by told.place) || '。见 CNAS-GL015:2022（ILAC-G8:09/2019）。',
                                      'en', string_agg(told.en, '; ' order by told.place) || '. See ILAC-G8:09/2019.')
        from (values
            (1, 'simple', '简单接受（w = 0）', 'simple acceptance (w = 0)'),
            (2, 'guard_accept_U', '接受限 = 限值 − U（保护带 w = U）', 'acceptance limit = limit - U (guard band w = U)'),
            (3, 'guard_1p64u', '接受限 = 限值 − 1.64 u', 'acceptance limit = limit - 1.64 u'),
            (4, 'guard_reject_U', '超出限值 U 以上才判不符合', 'does not conform only beyond the limit + U'),
            (5, 'nonbinary_U', '以 ±U 为界的四种结论（符合、有条件符合、有条件不符合、不符合）',
             'four words, by guard bands of U on both sides of the limit'),
            (6, 'prob', '仅报告符合概率', 'the probability of conformity only is reported'),
            (7, 'prob95', '符合概率 ≥ 95 % 判符合，≤ 5 % 判不符合，其余不能判定',
             'probability of conformity of 95 % or more conforms, of 5 % or less does not, otherwise inconclusive')
        ) as told (place, name, zh, en)
        where told.name in (select coalesce(nullif(test.decision_rule, ''), 'simple') from lab.test
                            where test.item_code = taken.item_code and test.state = 'approved'));
end
$$;

-- A screening method decides with its uncertainty; every other one by simple acceptance of the full value. The words
-- say what server/judge does, in its order.
create or replace function lab.record_decision_rule(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select case when bool_or(method.role = 'screening') then jsonb_build_object(
            'zh', format('筛选方法：当 |平均值 − 限值| > U（相当于保护带 w = U，k = 2 时误判风险约不超过 2.5 %%）、各测点均在限值'
                         '同侧且极差 ≤ 2U 时，以未修约的平均值按全数值比较法（GB/T 8170-2008 第4.3条）判定；否则不作判定，'
                         '需用仲裁方法%s确认。', '（' || named.zh || '）'),
            'en', format('Screening method: where |mean − limit| > U (a guard band w = U; with k = 2 the risk of a wrong verdict '
                         'is about 2.5 %% at most), all points lie on the same side of the limit and their range is at most '
                         '2U, the unrounded mean is judged by full-value comparison (GB/T 8170-2008, 4.3). Otherwise no '
                         'verdict is given and the reference method%s must confirm.', ' (' || named.en || ')'))
            when string_agg(nullif(test.decision_rule, 'simple'), '') <> '' then lab.agreed_rules(taken)
            else jsonb_build_object(
            'zh', '以未修约的值按全数值比较法判定（GB/T 8170-2008 第4.3条），简单接受（w = 0）。',
            'en', 'The unrounded value is judged by full-value comparison (GB/T 8170-2008, 4.3), simple acceptance (w = 0).') end
        from lab.test join lab.method using (method_id) cross join lab.reference_methods(taken) as named
        where test.item_code = taken.item_code and test.state = 'approved'
        group by named.zh, named.en);
end
$$;

-- "GB 11887-2012（含第1号修改单）" of a judgement_standard, or in English "GB 11887-2012 (incl. Amd 1)": what stands in
-- brackets at the end of a title belongs to the edition.
create or replace function lab.edition_cited(standard text) returns text
language plpgsql immutable as $$
begin
    return concat(substring(standard from '^\S+ \S+'), substring(standard from '（[^（）]*）$'),
                  ' ' || substring(standard from '\([^()]*\)$'));
end
$$;

-- One sentence for all results that have the same verdict: what was judged, by which editions, for which grade.
create or replace function lab.conclusion_sentence(results jsonb, screened boolean, of_verdict text, out zh text,
                                                   out en text)
language plpgsql immutable as $$
declare
    facts record;
    demand_zh text;
    demand_en text;
    tested_en text;
begin
    select count(distinct one ->> 'parameter_zh') > 1 as many,
           string_agg(distinct one ->> 'parameter_zh', '、') as zh,
           string_agg(distinct lower(one ->> 'parameter_en'), ', ') as en,
           coalesce('对' || string_agg(distinct nullif(one ->> 'grade_zh', ''), '、'), '') as grades_zh,
           coalesce(' for ' || string_agg(distinct nullif(one ->> 'grade_en', ''), ', '), '') as grades_en,
           string_agg(distinct lab.edition_cited(one ->> 'judgement_standard'), '、') as standards_zh,
           string_agg(distinct lab.edition_cited(one ->> 'judgement_standard_en'), ', ') as standards_en
    into facts from jsonb_array_elements(results) as one where one ->> 'verdict' = of_verdict;
    demand_zh := facts.standards_zh || facts.grades_zh;
    demand_en := facts.standards_en || facts.grades_en;
    tested_en := case when screened then format('The %s of the measured surface layer', facts.en)
                 else format('The tested parameter%s (%s)', case when facts.many then 's' else '' end, facts.en) end;
    zh := format(case when screened then '所测表层的%s' else '所检项目（%s）' end, facts.zh)
          || case of_verdict
             when 'pass' then format('符合 %s的要求。', demand_zh)
             when 'fail' then format('不符合 %s的要求。', demand_zh)
             when 'to_be_confirmed' then '用筛选方法不能作出符合与否的判定，需用仲裁方法确认。'
             when 'conditional_pass' then format('有条件符合 %s的要求（在保护带内）。', demand_zh)
             when 'conditional_fail' then format('有条件不符合 %s的要求（在保护带内）。', demand_zh)
             when 'inconclusive' then '不能判定。'
             else '不作判定，仅报告测得值。' end;
    en := tested_en
          || case of_verdict
             when 'pass' then format(' conform%s to %s.', case when facts.many then '' else 's' end, demand_en)
             when 'fail' then format(' do%s not conform to %s.', case when facts.many then '' else 'es' end, demand_en)
             when 'to_be_confirmed' then ' cannot be decided by the screening method used; the reference method must confirm.'
             when 'conditional_pass' then format(' conform%s conditionally to %s (inside the guard band).',
                                                 case when facts.many then '' else 's' end, demand_en)
             when 'conditional_fail' then format(' do%s not conform conditionally to %s (inside the guard band).',
                                                 case when facts.many then '' else 'es' end, demand_en)
             when 'inconclusive' then ' cannot be decided.'
             else format(' %s not judged; measured values only are reported.', case when facts.many then 'are' else 'is' end)
             end;
end
$$;

-- The verdict of the whole sheet is the gravest of its results; the words say each of them.
create or replace function lab.record_conclusion(taken lab.item, results jsonb) returns jsonb
language plpgsql stable as $$
declare
    screened boolean := exists (select from lab.test join lab.method using (method_id)
                                where test.item_code = taken.item_code and test.state = 'approved'
                                and method.role = 'screening');
begin
    return (select jsonb_build_object(
            'verdict', (array_agg(found.verdict order by found.place))[1],
            'zh', string_agg(sentence.zh, '' order by found.place), 'en', string_agg(sentence.en, ' ' order by found.place),
            -- No scope table is configured yet: nothing is in scope.
            'reserve_zh', case when screened then '本结论由无损筛选方法得出，不代表镀层下或内部成分。' else '' end
                          || '不在资质认定（CMA）和认可（CNAS）范围内，不具有对社会的证明作用。',
            'reserve_en', case when screened then 'By a non-destructive screening method: nothing is said of what lies under '
                                                  'a plating or inside. ' else '' end
                          || 'Outside the CMA and CNAS scopes: no probative effect towards society.')
        from unnest(array['fail', 'conditional_fail', 'to_be_confirmed', 'inconclusive', 'not_judged',
                          'conditional_pass', 'pass']) with ordinality as found (verdict, place)
        cross join lateral lab.conclusion_sentence(results, screened, found.verdict) as sentence
        where exists (select from jsonb_array_elements(results) as one where one ->> 'verdict' = found.verdict));
end
$$;

-- A sheet has room for 12 names (server/render/record_rules.c): the last 7 who tested, 4 who reviewed, and who approves.
create or replace function lab.record_signatures(taken lab.item, who lab.actor, meaning text, this_moment timestamptz)
    returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object('role', signed.role, 'role_zh', signed.role_zh, 'role_en', signed.role_en,
                                            'name', staff.name, 'at', lab.local_minute(signed.at),
                                            'meaning', signed.meaning) order by signed.place, signed.at, staff.name)
        from ((select 1 as place, 'prepared' as role, '编制' as role_zh, 'Prepared by' as role_en,
                     worker.staff_id, max(worker.at) as at, '检测并编制 tested and prepared'
                     || case when count(*) over () > 7 then format('（共%1$s人 %1$s persons in all）', count(*) over ()) else '' end
                     as meaning
              from lab.test join lab.judgement using (test_id, submission_no) join lab.result_entry as entry
                   on entry.test_id = test.test_id and entry.entry_no = test.entry_no
              cross join lateral (select entry.entered_by, entry.at union all select judgement.submitted_by, judgement.at
                                  union all select reading.reader, reading.at
                                  from lab.readings_last(test.test_id) as reading) as worker (staff_id, at)
              where test.item_code = taken.item_code and test.state = 'approved' group by worker.staff_id
              order by max(worker.at) desc, worker.staff_id limit 7)
              union all
              (select 2, 'reviewed', '审核', 'Reviewed by', review.reviewer, max(review.at), '复核通过 reviewed and agreed'
              from lab.test join lab.review using (test_id, submission_no)
              where test.item_code = taken.item_code and test.state = 'approved' group by review.reviewer
              order by max(review.at) desc, review.reviewer limit 4)
              union all
              select 3, 'approved', '批准（授权签字人）', 'Approved by (authorised signatory)', who.staff_id, this_moment, meaning) as signed
        join lab.staff using (staff_id));
end
$$;

-- The sentences of the catalogue whose condition holds for this sheet.
create or replace function lab.record_statements(taken lab.item, ordered lab.receipt, is_specimen boolean) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(jsonb_build_object('id', statement.statement_id, 'zh', statement.text_zh,
                                                     'en', statement.text_en) order by statement.statement_id), '[]')
        from lab.statement,
             (select array_agg(distinct 'method:' || test.method_id) as methods,
                     bool_or(method.role = 'screening') as screening,
                     bool_or(judgement.verdict in ('pass', 'fail')) as decided,
                     bool_or(test.decision_rule in ('', 'simple')) as simple,
                     bool_or(parameter.unit_ucum = '[ppth]' and judgement.verdict <> 'not_judged') as fineness,
                     bool_or(exists (select from lab.reading where reading.test_id = test.test_id
                                     and reading.entry_no = test.entry_no and reading.qualifier = 'not_detected')) as nd
              from lab.test join lab.method using (method_id) join lab.parameter using (parameter_id)
              join lab.judgement using (test_id, submission_no)
              where test.item_code = taken.item_code and test.state = 'approved') as used
        where statement.domain_id in ('ALL', taken.laboratory) and not statement.withdrawn
        and case statement.applies
            when 'always' then true
            -- No scope table is configured yet: nothing is in scope.
            when 'out_of_scope' then true
            when 'in_scope' then false
            when 'production' then not is_specimen
            when 'waived' then ordered.waiver <> ''
            when 'simple_rule' then used.decided and not used.screening and used.simple
            when 'fineness' then used.fineness
            when 'not_detected' then used.nd
            else statement.applies = any (used.methods) end);
end
$$;

-- ---------------------------------------------------------------- drawing and sealing

-- The oldest sheet whose statement a checkpoint covers and that nobody is drawing: the taker has it for the lease. Any number of daemons
-- may ask at once. A lease further ahead than any is long was given before the clock was set back.
drop function if exists api.sheet_work_take(integer);
create or replace function api.sheet_work_take(lease_seconds integer)
    returns table (sheet_no text, revision integer, record_bytes bytea, photo bytea, attempts integer, cose bytea, proof text)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    promised lab.log_checkpoint;
    taken lab.sheet_work;
    stated lab.sheet_statement;
begin
    select * into promised from lab.log_checkpoint order by size desc limit 1;
    select work.* into taken from lab.sheet_work as work
    left join lab.log_request as request on request.sheet_no = work.sheet_no and request.revision = work.revision
    where not work.done and (work.leased_until is null or work.leased_until <= this_moment
                             or work.leased_until > this_moment + interval '1 hour')
    and (request.request_no is null or request.idx < promised.size) -- without one: of before there was a log
    order by work.attempts, work.sheet_no, work.revision limit 1 for update of work skip locked;
    if not found then
        return;
    end if;
    update lab.sheet_work as work
    set leased_until = this_moment + make_interval(secs => greatest(least(lease_seconds, 3600), 1)),
        attempts = work.attempts + 1
    where work.sheet_no = taken.sheet_no and work.revision = taken.revision;
    select * into stated from lab.sheet_statement as made
    where made.sheet_no = taken.sheet_no and made.revision = taken.revision;
    return query select sheet.sheet_no, sheet.revision, sheet.record_bytes, item_photo.photo, taken.attempts + 1,
                        stated.cose, lab.log_proof(stated.idx, promised)
                 from lab.sheet left join lab.item_photo on item_photo.item_code = sheet.item_code
                 where sheet.sheet_no = taken.sheet_no and sheet.revision = taken.revision;
end
$$;

-- Stores the sealed document. The first one counts: a second for the same sheet and revision changes nothing and is
-- answered as done, so that a taker whose acknowledgement was lost may simply repeat.
create or replace function api.sheet_work_done(sheet_no text, revision integer, pdf bytea, sha256 bytea) returns boolean
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    work lab.sheet_work;
begin
    select * into work from lab.sheet_work as one
    where one.sheet_no = sheet_work_done.sheet_no and one.revision = sheet_work_done.revision for update;
    if not found then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such sheet.');
    end if;
    if work.done then
        return false;
    end if;
    if sha256 is distinct from pg_catalog.sha256(pdf) then
        perform lab.refuse(15, 'SHEET_DAMAGED', 'The document does not have the hash it came with.');
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "sheet_work_done"}');
    insert into lab.sheet_file (sheet_no, revision, pdf, sha256, at) values (work.sheet_no, work.revision, pdf, sha256,
                                                                           lab.ts_now());
    update lab.sheet set state = 'sealed' where sheet.sheet_no = work.sheet_no and sheet.revision = work.revision;
    update lab.sheet_work as one set done = true, leased_until = null, last_error = ''
    where one.sheet_no = work.sheet_no and one.revision = work.revision;
    return true;
end
$$;

-- Gives the sheet back, to be tried again after a pause that grows with the attempts (5 s to 5 min).
create or replace function api.sheet_work_failed(sheet_no text, revision integer, error text) returns void
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    update lab.sheet_work as work
    set leased_until = lab.ts_now() + least(interval '5 seconds' * 2 ^ least(work.attempts, 10), interval '5 minutes'),
        last_error = left(coalesce(error, ''), 200)
    where work.sheet_no = sheet_work_failed.sheet_no and work.revision = sheet_work_failed.revision and not work.done;
end
$$;

-- How many sheets are frozen and not yet sealed, and since when the oldest waits in seconds (0 when none does).
create or replace function api.sheet_work_waiting() returns table (waiting bigint, oldest_seconds bigint)
language sql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
    select count(*), coalesce(extract(epoch from lab.ts_now() - min(sheet.released_at))::bigint, 0)
    from lab.sheet_work as work join lab.sheet using (sheet_no, revision) where not work.done
$$;

reset role;
