-- SPDX-License-Identifier: Apache-2.0
-- What an original record says, part by part: the message OriginalRecord, every scalar a text but for booleans, so that its
-- canonical bytes can be frozen and drawn (docs/original-record.md). No text is longer than the renderer takes. Controls and
-- attachments stand in 79_original_record_proof.sql, acts in 79_original_record_course.sql, holds, repeat tests and persons in
-- 79_original_record_persons.sql.
set role touchstone_owner;

-- One line of at most so many characters, without what cannot be seen (an instrument's file may hold tabs).
create or replace function lab.told(said text, most integer) returns text
language sql immutable as $$
    select coalesce(lab.shortened(btrim(regexp_replace(said, '[[:cntrl:]]+', ' ', 'g')), most), '')
$$;

create or replace function lab.state_words(of_state text, out zh text, out en text)
language sql immutable as $$
    select told.zh, told.en from (values
        ('unassigned', '待分配', 'unassigned'), ('assigned', '已分配', 'assigned'), ('in_progress', '检测中，未提交', 'in progress, not submitted'),
        ('submitted', '已提交，待复核', 'submitted, waits for review'), ('approved', '复核通过', 'approved'),
        ('released', '报告已签发', 'report issued'), ('cancelled', '已取消', 'cancelled'),
        ('superseded', '已被复测取代', 'superseded by the repeat test')) as told (state, zh, en)
    where told.state = of_state
$$;

create or replace function lab.decision_rule_words(rule text, out zh text, out en text)
language sql immutable as $$
    select told.zh, told.en from (values
        ('simple', '简单接受（w = 0）', 'simple acceptance (w = 0)'),
        ('screening', '筛选方法：|平均值 − 限值| > U、各测点在限值同侧且极差 ≤ 2U 时判定，否则需用仲裁方法确认',
         'screening method: decided where |mean − limit| > U, all points lie on one side and their range is at most 2U; else the reference method'),
        ('guard_accept_U', '接受限 = 限值 − U', 'acceptance limit = limit - U'),
        ('guard_1p64u', '接受限 = 限值 − 1.64 u', 'acceptance limit = limit - 1.64 u'),
        ('guard_reject_U', '超出限值 U 以上才判不符合', 'does not conform only beyond the limit + U'),
        ('nonbinary_U', '以 ±U 为界的四种结论', 'four words, by guard bands of U'),
        ('prob', '仅报告符合概率', 'probability of conformity only'),
        ('prob95', '符合概率 ≥ 95 % 判符合，≤ 5 % 判不符合', 'probability of conformity of 95 % or more conforms, of 5 % or less does not')
        ) as told (rule, zh, en)
    where told.rule = coalesce(nullif(decision_rule_words.rule, ''), 'simple')
$$;

-- How the catalogue says that a parameter is rounded; a value that would then contradict its verdict keeps more digits.
create or replace function lab.rounding_words(cells jsonb, rounded text, out zh text, out en text)
language plpgsql immutable as $$
declare
    value text := cells ->> 'round_value';
begin
    case cells ->> 'round_rule'
    when 'interval' then
        zh := format('修约间隔 %s（GB/T 8170）', value);
        en := format('to the interval %s (GB/T 8170)', value);
    when 'decimals' then
        zh := format('保留 %s 位小数（GB/T 8170）', value);
        en := format('to %s decimals (GB/T 8170)', value);
    when 'sigfig' then
        zh := format('保留 %s 位有效数字（GB/T 8170）', value);
        en := format('to %s significant digits (GB/T 8170)', value);
    when 'method' then
        zh := format('按方法规定：%s', value);
        en := format('as the method says: %s', value);
    else
        zh := '';
        en := '';
    end case;
    if cells ->> 'round_rule' in ('interval', 'decimals') and rounded ~ '^[+-]?[0-9]+\.[0-9]+$'
       and scale(rounded::numeric) > (case cells ->> 'round_rule' when 'interval' then scale(value::numeric)
                                      else value::integer end) then
        zh := zh || '；按此修约会与判定矛盾，多保留位数';
        en := en || '; more digits, because fewer would contradict the verdict';
    end if;
end
$$;

create or replace function lab.original_form(of_test lab.test) returns jsonb
language plpgsql stable as $$
declare
    on_day date := lab.local_time(coalesce((select entry.at from lab.result_entry as entry where entry.test_id = of_test.test_id
                                            and entry.entry_no = of_test.entry_no), lab.ts_now()))::date;
    form lab.record_form := lab.form_of(of_test.laboratory, of_test.method_id, on_day);
begin
    return case when form.form_entry is not null then jsonb_build_object(
        'form_no', form.form_no, 'edition', form.edition, 'effective_from', form.effective_from::text,
        'title_zh', form.title_zh, 'title_en', form.title_en) end;
end
$$;

create or replace function lab.original_item(of_item text) returns jsonb
language plpgsql stable as $$
begin
    return (select lab.record_item(item) || jsonb_build_object(
                'received', lab.local_date(coalesce((select receipt.taken_offline_at from lab.receipt
                                                     where receipt.receipt_no = item.receipt_no), item.received_at)), 'sampled_on', item.sampled_on, 'produced_on', item.produced_on,
                'photo_by', coalesce(lab.name_of(photo.added_by), ''), 'photo_at', coalesce(lab.local_minute(photo.at), ''),
                'photo_size', coalesce(length(photo.photo)::text, ''))
            from lab.item left join lab.item_photo as photo using (item_code) where item.item_code = of_item);
end
$$;

create or replace function lab.original_test(of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'parameter_zh', parameter.name_zh, 'parameter_en', parameter.name_en, 'method_id', method.method_id,
            'method_zh', method.name_zh, 'method_en', method.name_en,
            'method_standard', lab.told(concat_ws(' ', standard.number || '-' || standard.year, standard.title_zh), 200),
            'unit', coalesce(unit.display, ''), 'state', of_test.state, 'state_zh', words.zh, 'state_en', words.en,
            'technician', coalesce(lab.name_of(of_test.assigned_to), ''),
            'decision_rule_zh', agreed.zh, 'decision_rule_en', agreed.en,
            'identification_zh', coalesce(readers.zh, ''), 'identification_en', coalesce(readers.en, ''))
        from lab.method join lab.standard using (standard_id), lab.parameter left join lab.unit using (unit_ucum),
             lab.state_words(of_test.state) as words, lab.decision_rule_words(case method.role when 'screening' then 'screening' else of_test.decision_rule end) as agreed,
             lab.identification_words(of_test) as readers
        where method.method_id = of_test.method_id and parameter.parameter_id = of_test.parameter_id);
end
$$;

create or replace function lab.original_entry(entry lab.result_entry) returns jsonb
language plpgsql stable as $$
begin
    return case when entry.test_id is not null then jsonb_build_object(
        'entry_no', entry.entry_no::text, 'entered_by', lab.name_of(entry.entered_by), 'at', lab.local_minute(entry.at),
        'expanded_uncertainty', coalesce(entry.expanded_uncertainty, ''), 'coverage_factor', entry.coverage_factor,
        'temperature_c', coalesce(entry.temperature_c, ''), 'humidity_percent', coalesce(entry.humidity_percent, ''),
        'deviation', lab.told(entry.deviation, 500), 'confirmation', lab.told(entry.confirmation, 300)) end;
end
$$;

create or replace function lab.original_readings(of_test uuid, of_entry integer) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'value', reading.value_text, 'qualifier', reading.qualifier, 'position', lab.told(reading.position, 80),
            'source', case when given.test_id is null then '' else lab.told(format('%s 行 line %s 列 column %s：%s', file.name,
                given.line, given.column_no, given.raw), 200) end) order by reading.place)
        from lab.reading left join lab.instrument_reading as given using (test_id, entry_no, place)
        left join lab.instrument_file as file on file.laboratory = given.laboratory and file.sha256 = given.sha256
        where reading.test_id = of_test and reading.entry_no = of_entry);
end
$$;

-- Named inputs: a line for each determination.
create or replace function lab.original_inputs(inputs text) returns jsonb
language plpgsql stable as $$
begin
    return case when inputs <> '' then (
        select jsonb_agg(lab.told(coalesce(lab.inputs_entered(one), one ->> 'result', one::text), 800) order by place)
        from json_array_elements(case json_typeof(inputs::json) when 'array' then inputs::json
                                 else json_build_array(inputs::json) end) with ordinality as listed (one, place)) end;
end
$$;

-- One's own readings and those of decided rounds, as lab.readings_shown.
create or replace function lab.original_readers(who lab.actor, of_test uuid) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'round', reading.round::text, 'place', reading.place::text, 'reader', lab.name_of(reading.reader),
            'at', lab.local_minute(reading.at), 'result', lab.told(reading.result, 200),
            'observations', lab.told(array_to_string(reading.observations, '；'), 500),
            'instrument', lab.told(reading.instrument, 160),
            'environment', concat_ws('；', reading.temperature_c || ' ℃', reading.humidity_percent || ' %'),
            'deviation', lab.told(reading.deviation, 300)) order by reading.round, reading.place)
        from lab.identification_reading as reading where reading.test_id = of_test
        and (reading.reader = who.staff_id or (lab.identification_of(reading.test_id, reading.round)).inputs is not null));
end
$$;

-- What the records of fitness say of an instrument or a lot on a day, as lab.is_fit reads them.
create or replace function lab.original_fitness(here text, of_kind text, named text, on_day date) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'name', lab.told(named, 160), 'valid_from', coalesce(known.valid_from::text, ''),
            'valid_until', coalesce(known.valid_until::text, ''), 'evidence', lab.told(known.evidence, 200),
            'state_zh', case when known.fitness_no is null then '无记录' when known.withdrawn then '已停用'
                        when known.valid_until < on_day then '已过期' else '有效' end,
            'state_en', case when known.fitness_no is null then 'no record' when known.withdrawn then 'withdrawn'
                        when known.valid_until < on_day then 'expired' else 'valid' end)
        from (values (1)) as one left join lateral (
            select * from lab.fitness as every where every.laboratory = here and every.kind = of_kind
            and every.subject = named and every.valid_from <= on_day
            order by every.valid_from desc, every.fitness_no desc limit 1) as known on true);
end
$$;

create or replace function lab.original_instruments(who lab.actor, of_test lab.test, entry lab.result_entry) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(lab.original_fitness(of_test.laboratory, 'calibration', used.instrument, used.on_day)
                             order by used.instrument)
        from (select entry.instrument, lab.local_time(entry.at)::date as on_day where not of_test.is_blind
              union
              select reading.instrument, lab.local_time(reading.at)::date from lab.identification_reading as reading
              where reading.test_id = of_test.test_id and of_test.is_blind
              and (reading.reader = who.staff_id
                   or (lab.identification_of(reading.test_id, reading.round)).inputs is not null)) as used
        where used.instrument <> '');
end
$$;

create or replace function lab.original_reagents(of_test lab.test, entry lab.result_entry) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(lab.original_fitness(of_test.laboratory, 'reagent_lot', lot, lab.local_time(entry.at)::date)
                             order by lot)
        from unnest((select stated.lots from lab.reagent_use as stated where stated.test_id = of_test.test_id
                     and stated.entry_no = entry.entry_no order by stated.use_no desc limit 1)) as lot);
end
$$;

-- In which unit the formula gives each determination; the result may be reported in another one.
create or replace function lab.formula_unit_told(of_formula text, of_revision bigint) returns text
language plpgsql stable as $$
declare
    code text := lab.catalogue_row_at('formulas', nullif(of_formula, ''), of_revision) ->> 'unit';
begin
    return coalesce(lab.catalogue_row_at('units', code, of_revision) ->> 'display',
                    (select unit.display from lab.unit where unit.unit_ucum = code), code, '');
end
$$;

-- A step that comes again is that of the next determination.
create or replace function lab.original_steps(trace jsonb) returns jsonb
language plpgsql immutable as $$
begin
    return (select coalesce(jsonb_agg(jsonb_build_object(
                       'name', lab.told(numbered.name, 50) || case when numbered.times > 1 then format(' (%s)', numbered.turn)
                                                              else '' end,
                       'value', lab.told(numbered.value, 400)) order by numbered.place), '[]')
            from (select one ->> 'name' as name, one ->> 'value' as value, place,
                         count(*) over (partition by one ->> 'name') as times,
                         row_number() over (partition by one ->> 'name' order by place) as turn
                  from jsonb_array_elements(trace -> 'steps') with ordinality as listed (one, place)
                  where place <= 200) as numbered);
end
$$;

-- What the formula has a default for and nobody gave: a name in it without a value would leave a reader to guess. A limit
-- whose default is the very thing that it limits is none.
create or replace function lab.original_defaults(of_test lab.test, judged lab.judgement) returns jsonb
language plpgsql stable as $$
declare
    said text := coalesce(judged.trace ->> 'expression', '');
    given text := coalesce((select entry.inputs from lab.result_entry as entry
                            where entry.test_id = of_test.test_id and entry.entry_no = judged.entry_no), '');
begin
    return (select coalesce(jsonb_agg(jsonb_build_object(
                       'name', lab.told(named.part[1], 50),
                       'value', case when position(format('%s <= default(%s, %1$s)', named.part[2], named.part[1]) in said) > 0
                                then '未给出，不设限 not given: no limit'
                                else lab.told(format('未给出，取默认值 not given, default: %s', named.part[2]), 400) end)
                       order by named.part[1]), '[]')
            from (select distinct every as part
                  from regexp_matches(said, 'default\(\s*(\w+)\s*,\s*([^(),]+?)\s*\)', 'g') as every limit 20) as named
            where position(format('"%s"', named.part[1]) in given) = 0);
end
$$;

create or replace function lab.original_calculation(of_test lab.test, judged lab.judgement) returns jsonb
language plpgsql stable as $$
declare
    trace jsonb := judged.trace;
begin
    return case when trace is not null then (select jsonb_build_object(
        'calc_key', coalesce(trace ->> 'calc_key', ''),
        'expression', (select jsonb_agg(lab.told(line, 500) order by place)
                       from regexp_split_to_table(coalesce(trace ->> 'expression', ''), '\n') with ordinality
                            as listed (line, place) where btrim(line) <> '' and place <= 60),
        'steps', lab.original_defaults(of_test, judged) || lab.original_steps(trace),
        'formula_unit', lab.formula_unit_told(trace ->> 'calc_key', judged.catalogue_revision),
        'determinations', (select jsonb_agg(lab.told(one, 120) order by place)
                           from jsonb_array_elements_text(trace -> 'determinations') with ordinality as listed (one, place)
                           where place <= 96),
        'calculated', lab.told(trace ->> 'calculated', 120), 'rounding_zh', words.zh, 'rounding_en', words.en,
        'rounded', lab.told(trace ->> 'rounded', 120), 'compared', lab.told(trace ->> 'compared', 120),
        'lod', lab.told(trace ->> 'lod', 60), 'loq', lab.told(trace ->> 'loq', 60))
        from lab.rounding_words(coalesce(lab.catalogue_row_at('parameters', of_test.parameter_id, judged.catalogue_revision),
                                         '{}'), trace ->> 'rounded') as words) end;
end
$$;

create or replace function lab.original_judgement(judged lab.judgement) returns jsonb
language plpgsql stable as $$
begin
    return case when judged.test_id is not null then (select jsonb_build_object(
        'verdict', judged.verdict, 'verdict_zh', words.zh, 'verdict_en', words.en, 'mean', lab.told(judged.mean, 120),
        'range', judged.range, 'expanded_uncertainty', judged.expanded_uncertainty, 'unit', judged.unit,
        'requirement', lab.told(judged.requirement, 200), 'standard', lab.told(regexp_replace(judged.standard, '\mTable ([0-9]+)', '表 \1 Table \1', 'g'), 300),
        'limit_id', coalesce(judged.limit_id, judged.plan_id), 'catalogue_revision', judged.catalogue_revision::text,
        'comparison_zh', case when judged.trace ->> 'comparison' = 'rounded' then '修约值比较法'
                         when judged.trace ->> 'comparison' <> '' then '全数值比较法' else '' end,
        'comparison_en', case when judged.trace ->> 'comparison' = 'rounded' then 'rounded-value comparison'
                         when judged.trace ->> 'comparison' <> '' then 'full-value comparison' else '' end,
        'probability', coalesce(judged.trace ->> 'probability', ''),
        'sentence_zh', lab.told(judged.sentence_zh, 500), 'sentence_en', lab.told(judged.sentence_en, 800))
        from lab.verdict_words(judged.verdict) as words) end;
end
$$;

-- An entry in one line: what was read, and under what.
create or replace function lab.entry_told(of_test uuid, of_entry integer) returns text
language plpgsql stable as $$
begin
    return (select lab.told(concat_ws('；',
            (select string_agg(concat(case reading.qualifier when 'less_than' then '< ' when 'greater_than' then '> '
                                      when 'not_detected' then 'ND < ' end, reading.value_text,
                                      ' (' || nullif(reading.position, '') || ')'), ', ' order by reading.place)
             from lab.reading where reading.test_id = of_test and reading.entry_no = of_entry),
            (select string_agg(one, ' | ') from jsonb_array_elements_text(lab.original_inputs(entry.inputs)) as one),
            'U ' || entry.expanded_uncertainty, nullif(entry.instrument, ''), entry.temperature_c || ' ℃',
            entry.humidity_percent || ' %', nullif(entry.deviation, ''), nullif(entry.confirmation, '')), 600)
        from lab.result_entry as entry where entry.test_id = of_test and entry.entry_no = of_entry);
end
$$;

-- What a submission came to: "753.5 ‰ ≥ 750 符合 Conforms".
create or replace function lab.judgement_told(of_test uuid, of_submission integer) returns text
language plpgsql stable as $$
begin
    return (select lab.told(concat_ws(' ', nullif(judged.mean, ''), nullif(judged.unit, ''), nullif(judged.requirement, ''),
                                      words.zh, words.en), 200)
            from lab.judgement as judged cross join lateral lab.verdict_words(judged.verdict) as words
            where judged.test_id = of_test and judged.submission_no = of_submission);
end
$$;

-- What was entered and, where it was submitted, what it came to.
create or replace function lab.entry_and_judgement_told(of_test uuid, of_entry integer) returns text
language plpgsql stable as $$
begin
    return lab.told(concat_ws(' → ', lab.entry_told(of_test, of_entry), lab.judgement_told(of_test, (
        select max(judged.submission_no) from lab.judgement as judged
        where judged.test_id = of_test and judged.entry_no = of_entry))), 600);
end
$$;

-- Old and new, as lab.change_view and lab.rejudgement_view: a judged entry that was opened again was changed late, and the
-- same entry may be judged anew. The newest 60.
create or replace function lab.original_changes(of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'at', lab.local_minute(newest.at), 'name', lab.name_of(newest.staff_id), 'kind_zh', kind.zh, 'kind_en', kind.en,
            'old_result', newest.old, 'new_result', newest.new, 'reason', lab.told(newest.view ->> 'reason', 300))
            order by newest.at, newest.turn)
        from (select * from (
            select entry.at, 0 as turn, entry.entered_by as staff_id, lab.entry_and_judgement_told(entry.test_id, entry.entry_no - 1) as old,
                   lab.entry_and_judgement_told(entry.test_id, entry.entry_no) as new, lab.change_view(entry.test_id, entry.entry_no) as view
            from lab.result_entry as entry where entry.test_id = of_test.test_id and entry.entry_no > 1
            union all
            select again.at, 1, again.submitted_by, lab.judgement_told(again.test_id, earlier.submission_no),
                   lab.judgement_told(again.test_id, again.submission_no), lab.rejudgement_view(again)
            from lab.judgement as again join lab.judgement as earlier
                on earlier.test_id = again.test_id and earlier.submission_no = again.submission_no - 1
                and earlier.entry_no = again.entry_no
            where again.test_id = of_test.test_id) as every
            order by every.at desc, every.turn desc limit 60) as newest
        join (values ('late', '提交后更改', 'changed after submission'), ('corrected', '更正', 'corrected'),
                     ('rejudged', '重新判定', 'judged anew')) as kind (name, zh, en) on kind.name = newest.view ->> 'kind');
end
$$;

create or replace function lab.original_record(who lab.actor, of_test lab.test) returns jsonb
language plpgsql stable as $$
declare
    entry lab.result_entry;
    judged lab.judgement;
begin
    select * into entry from lab.result_entry as newest
    where newest.test_id = of_test.test_id and newest.entry_no = of_test.entry_no;
    if of_test.state in ('submitted', 'approved', 'released', 'superseded') then -- else it is of an older entry
        select * into judged from lab.judgement as newest
        where newest.test_id = of_test.test_id and newest.submission_no = of_test.submission_no;
    end if;
    return jsonb_strip_nulls(jsonb_build_object(
        'format', 'touchstone/original-record/1', 'test_id', of_test.test_id::text,
        'time_zone', lab.time_zone_told(), 'specimen', (select not institute.production from lab.institute),
        'draft', of_test.state not in ('approved', 'released', 'superseded'),
        'form', lab.original_form(of_test),
        'institute', (select jsonb_build_object('name_zh', institute.name_zh, 'name_en', institute.name_en)
                      from lab.institute),
        'laboratory', (select jsonb_build_object('code', here.laboratory, 'name_zh', here.name_zh, 'name_en', here.name_en)
                       from lab.laboratory as here where here.laboratory = of_test.laboratory),
        'item', lab.original_item(of_test.item_code), 'test', lab.original_test(of_test),
        -- Of what persons read apart the entry is only what their readings came to.
        'entry', case when not of_test.is_blind then lab.original_entry(entry) end, 'readings', lab.original_readings(of_test.test_id, of_test.entry_no),
        'inputs', case when not of_test.is_blind then lab.original_inputs(coalesce(entry.inputs, '')) end, 'readers', lab.original_readers(who, of_test.test_id),
        'instruments', lab.original_instruments(who, of_test, entry), 'reagents', lab.original_reagents(of_test, entry),
        'calculation', lab.original_calculation(of_test, judged), 'judgement', lab.original_judgement(judged),
        'worksheet', lab.original_worksheet(of_test), 'holds', lab.original_holds(of_test),
        'acts', lab.original_acts(who, of_test), 'changes', lab.original_changes(of_test),
        'retests', lab.original_retests(of_test), 'signatures', lab.original_signatures(of_test), 'attachments', lab.original_attachments(who, of_test),
        'prints', (select jsonb_agg(jsonb_build_object('print_no', made.print_no::text,
                                                       'printed_by', lab.name_of(made.printed_by),
                                                       'at', lab.local_minute(made.printed_at)) order by made.print_no)
                   from lab.record_print as made
                   where made.test_id = of_test.test_id and made.print_no > coalesce((
                       select max(last.print_no) from lab.record_print as last where last.test_id = of_test.test_id), 0) - 40)));
end
$$;

reset role;
