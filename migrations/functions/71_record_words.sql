-- SPDX-License-Identifier: Apache-2.0
-- The words of a record: verdicts, decision rules, conclusion, and the sentences of the catalogue.
set role touchstone_owner;

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
    where test.item_code = taken.item_code and test.state in ('approved', 'released');
end
$$;

-- Each name once, in the order of the results table, so that both languages and the table agree.
create or replace function lab.listed(names text[], joiner text) returns text
language sql immutable as $$
    select string_agg(told.name, joiner order by told.place)
    from (select name, min(place) as place from unnest(names) with ordinality as one (name, place) where name <> '' group by name) as told
$$;

drop function if exists lab.agreed_rules(lab.item);
-- How each kind of verdict is decided, in the order of the page (ILAC-G8:09/2019; CNAS-GL015:2022). The words say what
-- server/judge does, in its order. %s of a screening method: its reference methods.
create or replace function lab.rules_told() returns table (place integer, kind text, zh text, en text)
language sql immutable as $$
    values
        (1, 'screening', '筛选方法：当 |平均值 − 限值| > U（相当于保护带 w = U，k = 2 时误判风险约不超过 2.5 %）、各测点均在限值'
         '同侧且极差 ≤ 2U 时，以未修约的平均值按全数值比较法（GB/T 8170-2008 第4.3条）判定；否则不作判定，需用仲裁方法@确认。',
         'Screening method: where |mean − limit| > U (a guard band w = U; with k = 2 the risk of a wrong verdict is about 2.5 % at '
         'most), all points lie on the same side of the limit and their range is at most 2U, the unrounded mean is judged by '
         'full-value comparison (GB/T 8170-2008, 4.3). Otherwise no verdict is given and the reference method@ must confirm.'),
        (2, 'simple', '以未修约的值按全数值比较法判定（GB/T 8170-2008 第4.3条），简单接受（w = 0）。',
         'The unrounded value is judged by full-value comparison (GB/T 8170-2008, 4.3), simple acceptance (w = 0).'),
        (3, 'rounded', '按标准规定以修约值比较法判定（GB/T 8170-2008 第4.3条），简单接受（w = 0）。',
         'As the standard says, the rounded value is judged (rounded-value comparison, GB/T 8170-2008, 4.3), simple acceptance (w = 0).'),
        (4, 'guard_accept_U', '接受限 = 限值 − U（保护带 w = U），见 CNAS-GL015:2022（ILAC-G8:09/2019）。',
         'Acceptance limit = limit − U (guard band w = U), see ILAC-G8:09/2019.'),
        (5, 'guard_1p64u', '接受限 = 限值 − 1.64 u，见 CNAS-GL015:2022（ILAC-G8:09/2019）。',
         'Acceptance limit = limit − 1.64 u, see ILAC-G8:09/2019.'),
        (6, 'guard_reject_U', '超出限值 U 以上才判不符合，见 CNAS-GL015:2022（ILAC-G8:09/2019）。',
         'Does not conform only beyond the limit + U, see ILAC-G8:09/2019.'),
        (7, 'nonbinary_U', '以 ±U 为界的四种结论（符合、有条件符合、有条件不符合、不符合），见 CNAS-GL015:2022（ILAC-G8:09/2019）。',
         'Four words, by guard bands of U on both sides of the limit, see ILAC-G8:09/2019.'),
        (8, 'prob', '仅报告符合概率，不作判定。', 'The probability of conformity only is reported, no verdict.'),
        (9, 'prob95', '符合概率 ≥ 95 % 判符合，≤ 5 % 判不符合，其余不能判定，见 CNAS-GL015:2022（ILAC-G8:09/2019）。',
         'A probability of conformity of 95 % or more conforms, of 5 % or less does not, otherwise inconclusive, see ILAC-G8:09/2019.'),
        (10, 'plan', '采样方案（n、c、m、M）：逐件以未修约的计数与 m、M 比较；超过 m 的件数不多于 c 且没有一件超过 M 的判符合，否则判不符合；'
         '件数少于 n 或不是同一批次的不作判定。',
         'Sampling plan (n, c, m, M): the unrounded count of each unit is compared with m and M. It conforms where no more than c units '
         'are above m and none is above M, otherwise it does not; fewer units than n, or of several batches, are not judged.'),
        (11, 'direct', '等级、文字或检出与否的结果直接与要求比较，不涉及测量不确定度；要求不得检出的，检出须经第二次测定确证方判不符合。',
         'A grade, a word or a finding is itself compared with the requirement, and no uncertainty enters; where nothing may be detected, '
         'a finding does not conform when a second determination confirmed it.')
$$;

-- By which of them this judgement was made; null where there is no verdict to explain.
create or replace function lab.rule_kind(judged lab.judgement, of_test lab.test) returns text
language sql immutable as $$
    select case when judged.verdict = 'not_judged' and coalesce(judged.trace ->> 'reason', '') <> 'PROBABILITY' then null
                when judged.plan_id <> '' then 'plan'
                when lab.rule_used(judged, of_test) = 'screening' then 'screening'
                when judged.trace ->> 'reason' in ('BY_GRADE', 'BY_TEXT', 'BY_DETECTION', 'REPEAT', 'UNCONFIRMED', 'READERS_DIFFER')
                then 'direct'
                when lab.rule_used(judged, of_test) = 'simple' and judged.trace ->> 'comparison' = 'rounded' then 'rounded'
                else lab.rule_used(judged, of_test) end
$$;

-- Each verdict of the sheet has its rule here. Where there are several rules each says of which items it is.
create or replace function lab.record_decision_rule(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (with judged as (
        select lab.rule_kind(judgement, test) as kind, test.method_id, test.parameter_id, parameter.name_zh, parameter.name_en, standard.number || '-' || standard.year as way,
               method.role = 'screening' as screening, judgement.trace ->> 'reason' = 'BY_CENSORING' as censored,
               count(*) over (partition by test.parameter_id) > 1 as again
        from lab.test join lab.judgement using (test_id, submission_no) join lab.parameter using (parameter_id)
        join lab.method using (method_id) join lab.standard on standard.standard_id = method.standard_id
        where test.item_code = taken.item_code and test.state in ('approved', 'released')
    ), told as (
        select rule.place, bool_or(judged.censored) as censored, count(*) over () > 1 as many, count(*) as items,
               row_number() over (order by rule.place) as number,
               (array_agg(judged.name_zh || case when judged.again then '（' || judged.way || '）' else '' end order by judged.method_id, judged.parameter_id))[:4] as names_zh,
               (array_agg(lab.in_sentence(judged.name_en) || case when judged.again then ' (' || judged.way || ')' else '' end
                          order by judged.method_id, judged.parameter_id))[:4] as names_en,
               replace(rule.zh, '@', coalesce('（' || named.zh || '）', '')) as zh, replace(rule.en, '@', coalesce(' (' || named.en || ')', '')) as en
        from judged join lab.rules_told() as rule
            on rule.kind = case when judged.kind = 'simple' and judged.screening then 'screening' else judged.kind end
        cross join lab.reference_methods(taken) as named
        group by rule.place, rule.zh, rule.en, named.zh, named.en)
    select coalesce((select jsonb_build_object(
        'zh', string_agg(case when many then format('（%s）%s%s：', number, array_to_string(names_zh, '、'),
                                                    case when items > 4 then format('等%s项', items) else '' end) else '' end
                         || zh || case when censored then '未检出的，其检出限或报告限不大于上限值即判符合。' else '' end, '' order by place),
        'en', string_agg(case when many then format('(%s) %s%s: ', number, array_to_string(names_en, ', '),
                                                    case when items > 4 then format(' and %s more', items - 4) else '' end) else '' end
                         || en || case when censored then ' What is not detected conforms to an upper limit where its limit of detection, or '
                                                          'report limit, is not above it.' else '' end, ' ' order by place))
        from told having count(*) > 0), '{}'));
end
$$;

-- "GB 11887-2012（含第1号修改单）" of a judgement_standard, or in English "GB 11887-2012 (incl. Amd 1)": what stands in
-- brackets at the end of a title belongs to the edition. "五部门公告2011年第10号": a number of one word.
create or replace function lab.edition_cited(standard text) returns text
language plpgsql immutable as $$
begin
    return concat(coalesce(substring(standard from '^(\S+-[0-9]{4})(?: |$)'), substring(standard from '^([^\u0001-\u2fff]\S*)'),
                           substring(standard from '^((?:Announcement|Order) No[.] \S+ of [0-9]+)'), substring(standard from '^\S+ \S+')),
                  substring(standard from '（[^（）]*）$'),
                  ' ' || substring(standard from '\([^()]*\)$'));
end
$$;

-- A name within a sentence: "gold fineness", but "TVOC" and "pH".
create or replace function lab.in_sentence(name text) returns text
language sql immutable as $$
    select case when name ~ '^[A-Z][a-z]' then lower(left(name, 1)) || substr(name, 2) else name end
$$;

-- What was named, of which no standard asks anything: a stone, a fur.
create or replace function lab.is_identification(result jsonb) returns boolean
language sql immutable as $$
    select result ->> 'verdict' = 'not_judged' and result ->> 'requirement' = '' and result ->> 'unit' in ('', '—')
           and result ->> 'mean' ~ '[^-0-9.<> ND]'
$$;

-- One sentence for all results that have the same verdict: what was judged, by which editions, for which grade.
drop function if exists lab.conclusion_sentence(jsonb, boolean, text);
create or replace function lab.conclusion_sentence(results jsonb, of_verdict text, out zh text, out en text)
language plpgsql immutable as $$
declare
    facts record;
    screened boolean;
    demand_zh text;
    demand_en text;
    tested_en text;
begin
    select count(distinct one ->> 'parameter_zh') > 1 as many, bool_and(one ->> 'method_role' = 'screening') as screened,
           lab.listed(array_agg(one ->> 'parameter_zh' order by place), '、') as zh,
           lab.listed(array_agg(lab.in_sentence(one ->> 'parameter_en') order by place), ', ') as en,
           coalesce('对' || lab.listed(array_agg(one ->> 'grade_zh' order by place), '、'), '') as grades_zh,
           coalesce(' for ' || lab.listed(array_agg(lab.in_sentence(one ->> 'grade_en') order by place), ', '), '') as grades_en,
           lab.listed(array_agg(lab.edition_cited(one ->> 'judgement_standard') order by place), '、') as standards_zh,
           lab.listed(array_agg(lab.edition_cited(one ->> 'judgement_standard_en') order by place), ', ') as standards_en
    into facts from jsonb_array_elements(results) with ordinality as told (one, place) where one ->> 'verdict' = of_verdict
    and not lab.is_identification(one);
    if of_verdict = 'not_judged' then
        select string_agg(one ->> 'parameter_zh' || '为' || coalesce(one #>> '{said,zh}', one ->> 'mean'), '；'),
               string_agg(lab.in_sentence(one ->> 'parameter_en') || ': ' || lab.in_sentence(coalesce(one #>> '{said,en}', one ->> 'mean')), '; ')
        into zh, en from jsonb_array_elements(results) as one where lab.is_identification(one);
        zh := '鉴定结果：' || zh || '。';
        en := 'Identification: ' || en || '.';
    end if;
    if facts.zh is null then -- of this verdict there is nothing but what was identified
        return;
    end if;
    screened := facts.screened;
    demand_zh := facts.standards_zh || case when facts.standards_zh ~ '[0-9]$' and facts.grades_zh <> '' then ' ' else '' end
                 || facts.grades_zh;
    demand_en := facts.standards_en || facts.grades_en;
    tested_en := case when screened then format('The %s of the measured surface layer', facts.en)
                 else format('The tested parameter%s (%s)', case when facts.many then 's' else '' end, facts.en) end;
    zh := coalesce(zh, '') || format(case when screened then '所测表层的%s' else '所检项目（%s）' end, facts.zh)
          || case of_verdict
             when 'pass' then format('符合 %s的要求。', demand_zh)
             when 'fail' then format('不符合 %s的要求。', demand_zh)
             when 'to_be_confirmed' then '用筛选方法不能作出符合与否的判定，需用仲裁方法确认。'
             when 'conditional_pass' then format('有条件符合 %s的要求（在保护带内）。', demand_zh)
             when 'conditional_fail' then format('有条件不符合 %s的要求（在保护带内）。', demand_zh)
             when 'inconclusive' then '不能判定。'
             else '不作判定，仅报告检测结果。' end;
    en := concat(en || ' ', tested_en)
          || case of_verdict
             when 'pass' then format(' conform%s to %s.', case when facts.many then '' else 's' end, demand_en)
             when 'fail' then format(' do%s not conform to %s.', case when facts.many then '' else 'es' end, demand_en)
             when 'to_be_confirmed' then ' cannot be decided by the screening method used; the reference method must confirm.'
             when 'conditional_pass' then format(' conform%s conditionally to %s (inside the guard band).',
                                                 case when facts.many then '' else 's' end, demand_en)
             when 'conditional_fail' then format(' do%s not conform conditionally to %s (inside the guard band).',
                                                 case when facts.many then '' else 'es' end, demand_en)
             when 'inconclusive' then ' cannot be decided.'
             else format(' %s not judged; results only are reported.', case when facts.many then 'are' else 'is' end)
             end;
end
$$;

-- What the scope takes away from a conclusion, and what the marks beside the items mean.
create or replace function lab.scope_reserve(results jsonb, is_free boolean, out zh text, out en text)
language sql immutable as $$
    select concat(case when not told.any_in then '全部项目（*）不在资质认定、认可范围内，不具有对社会的证明作用。'
                       when not told.all_in then '标“*”的项目不在资质认定（CMA）和认可（CNAS）范围内，不具有对社会的证明作用。' end,
                  case when is_free and told.any_in then '本次检测免费，不具有对社会的证明作用。' end,
                  '标“#”的项目由分包方检测：' || told.others || '。'),
           concat_ws(' ', case when not told.any_in then '* All items: outside the CMA and CNAS scopes, no probative effect towards society.'
                               when not told.all_in then 'Items marked * are outside the CMA and CNAS scopes: no probative effect towards society.' end,
                     case when is_free and told.any_in then 'Tested free of charge: no probative effect towards society.' end,
                     'Items marked # were tested by a subcontractor: ' || told.others || '.')
    from (select bool_or((one ->> 'in_scope')::boolean) as any_in, bool_and((one ->> 'in_scope')::boolean) as all_in,
                 string_agg(distinct one ->> 'subcontractor', '; ') as others
          from jsonb_array_elements(results) as one) as told
$$;

-- The results that the conclusion rests on: a screening that could decide nothing is answered by the reference method that
-- measured the same, and does not ask for it again.
create or replace function lab.results_concluding(results jsonb) returns jsonb
language sql immutable as $$
    select jsonb_agg(one order by place) from jsonb_array_elements(results) with ordinality as told (one, place)
    where one ->> 'verdict' <> 'to_be_confirmed' or not exists (
        select from jsonb_array_elements(results) as other where other ->> 'parameter_zh' = one ->> 'parameter_zh'
        and other ->> 'method_role' <> 'screening'
        and other ->> 'verdict' in ('pass', 'fail', 'conditional_pass', 'conditional_fail'))
$$;

-- The verdict of the whole sheet is the gravest of these results; the words say each of them.
create or replace function lab.record_conclusion(taken lab.item, results jsonb, is_free boolean) returns jsonb
language plpgsql stable as $$
declare
    counting jsonb := lab.results_concluding(results);
    screened boolean := exists (select from jsonb_array_elements(counting) as one where one ->> 'method_role' = 'screening');
begin
    return (select jsonb_build_object(
            'verdict', (array_agg(found.verdict order by found.place))[1],
            'zh', string_agg(sentence.zh, '' order by found.place), 'en', string_agg(sentence.en, ' ' order by found.place),
            'reserve_zh', case when screened then '本结论由无损筛选方法得出，不代表镀层下或内部成分。' else '' end
                          || (lab.scope_reserve(results, is_free)).zh,
            'reserve_en', btrim(case when screened then 'By a non-destructive screening method: nothing is said of what lies '
                                                        'under a plating or inside. ' else '' end
                                || (lab.scope_reserve(results, is_free)).en))
        from unnest(array['fail', 'conditional_fail', 'to_be_confirmed', 'inconclusive', 'not_judged',
                          'conditional_pass', 'pass']) with ordinality as found (verdict, place)
        cross join lateral lab.conclusion_sentence(counting, found.verdict) as sentence
        where exists (select from jsonb_array_elements(counting) as one where one ->> 'verdict' = found.verdict));
end
$$;

-- Conditions of the starting pack's sentences whose row says that somebody chooses by hand.
create or replace function lab.statement_applies(statement text) returns text
language sql immutable as $$
    select '{"STM09": "mixed_scope", "STM10": "subcontracted", "STM13": "guard_rule", "STM17": "always", "STM18": "air_state",
             "STM19": "micro", "STM21": "species", "STM27": "always"}'::jsonb
           ->> statement
$$;

-- "25 ℃, 101.325 kPa" as two figures; null where nobody told it (TellItem air_state).
create or replace function lab.air_state(taken lab.item) returns text[]
language sql stable as $$
    select regexp_match(lab.item_told(taken, 'air_state'), '^(-?[0-9]+(?:[.][0-9]+)?) ?℃[,，、 ]+([0-9]+(?:[.][0-9]+)?) ?kPa$')
$$;

-- The blanks of a sentence (____) with these texts, one after the other.
create or replace function lab.blanks_filled(sentence text, fillings text[]) returns text
language sql immutable as $$
    select case when fillings is null then sentence
                else regexp_replace(regexp_replace(sentence, '_{2,}', fillings[1]), '_{2,}', fillings[2]) end
$$;

-- The catalogue speaks of a test report and of who signs one. What food and metrology call a document and who signs it
-- (lab.record_roles), as pairs of what the sentence has and what it says instead.
create or replace function lab.statement_changes(domain text, title text) returns text[]
language sql immutable as $$
    select case when domain = 'FOOD' then '{{编制人,检验人},{the preparer,the inspector}}'::text[]
        when title = '' then '{}'
        else array[array['编制人、审核人、批准人（授权签字人）', '检定员、核验员、主管（批准人）'],
                   array['the preparer, the reviewer and the approver (authorised signatory)', 'the verifier, the checker and the head (approver)'],
                   array['报告', named.zh], array['This report', 'This ' || named.en], array['the report', 'the ' || named.en],
                   array['检测结果', '检定结果'], array['本次检测', '本次检定'], array['This test', 'This verification']] end
    from (select case title when '检定证书' then '证书' else '通知书' end as zh,
                 case title when '检定证书' then 'certificate' else 'notice' end as en) as named
$$;

create or replace function lab.suited(sentence text, changes text[]) returns text
language plpgsql immutable as $$
declare
    change text[];
begin
    if changes = '{}' then -- has no slices
        return sentence;
    end if;
    foreach change slice 1 in array changes loop
        sentence := replace(sentence, change[1], change[2]);
    end loop;
    return sentence;
end
$$;

-- The sentences of the catalogue whose condition holds for this sheet.
create or replace function lab.record_statements(taken lab.item, ordered lab.receipt, results jsonb, is_specimen boolean)
    returns jsonb
language plpgsql stable as $$
declare
    state text[] := lab.air_state(taken);
    changes text[] := lab.statement_changes(taken.laboratory, coalesce(lab.record_title(taken, results) ->> 'title_zh', ''));
begin
    return (select coalesce(jsonb_agg(jsonb_build_object('id', statement.statement_id,
                                                     'zh', lab.suited(lab.blanks_filled(statement.text_zh, state), changes),
                                                     'en', lab.suited(lab.blanks_filled(statement.text_en, state), changes)) order by statement.statement_id), '[]')
        from lab.statement,
             (select array_agg(distinct 'method:' || test.method_id) as methods,
                     bool_or(judgement.verdict in ('pass', 'fail')) as decided,
                     bool_or(lab.rule_kind(judgement, test) in ('simple', 'rounded') and method.role <> 'screening') as simple,
                     bool_or(test.decision_rule = 'guard_accept_U' and method.role <> 'screening') as guarded,
                     bool_or(judgement.plan_id <> '') as micro, bool_or(test.parameter_id = 'SPECIES') as species,
                     bool_or(parameter.unit_ucum = '[ppth]' and judgement.verdict <> 'not_judged') as fineness,
                     -- of what is not there at all (25 g, a plate) no limit is known that the sentence could speak of
                     bool_or(judgement.mean ~ '\mND < ') as nd
              from lab.test join lab.method using (method_id) join lab.parameter using (parameter_id)
              join lab.judgement using (test_id, submission_no)
              where test.item_code = taken.item_code and test.state in ('approved', 'released')) as used
             cross join lateral (select bool_or((one ->> 'in_scope')::boolean) as any_in,
                                        bool_and((one ->> 'in_scope')::boolean) as all_in
                                 from jsonb_array_elements(results) as one) as scope
        where statement.domain_id in ('ALL', taken.laboratory) and not statement.withdrawn
        and not (lab.is_sampled_by_us(taken) and statement.when_text in ('client-submitted samples', 'consumer sample'))
        and case coalesce(nullif(statement.applies, 'by_hand'), lab.statement_applies(statement.statement_id))
            when 'always' then true
            when 'out_of_scope' then not scope.any_in
            when 'mixed_scope' then scope.any_in and not scope.all_in
            when 'in_scope' then scope.any_in and ordered.waiver = ''
            when 'guard_rule' then used.guarded
            when 'subcontracted' then exists (select from jsonb_array_elements(results) as one where one ? 'subcontractor')
            when 'air_state' then cardinality(state) = 2
            when 'micro' then used.micro
            when 'species' then used.species
            when 'production' then not is_specimen
            when 'waived' then ordered.waiver <> ''
            when 'simple_rule' then used.decided and used.simple
            when 'fineness' then used.fineness
            when 'not_detected' then used.nd
            else statement.applies = any (used.methods) end);
end
$$;

reset role;
