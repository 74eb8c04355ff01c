-- SPDX-License-Identifier: Apache-2.0
-- What stands on the papers that a person takes home (ISO/IEC 17025 7.1.1: methods with their editions and the decision rule are
-- agreed before the work). In full where it is the person's own paper, in both languages where the books have a word only.
-- Called by lab.desk_record_prints, which has counted the print.
set role touchstone_owner;

create or replace function lab.paper_word(word text) returns text
language sql immutable as $$
    select coalesce((select told.words from (values
        ('consumer reference', '消费参考 consumer reference'), ('dispute', '消费纠纷 dispute'),
        ('complaint evidence', '投诉举证 evidence for a complaint'),
        ('sms', '短信 short message'), ('mail', '电子邮件 mail'), ('counter', '到台领取 at the counter'), ('post', '邮寄 post'),
        ('privacy', '个人信息处理告知 privacy notice'), ('agreement', '委托检测协议 this agreement'),
        ('destructive', '破坏性检测 destructive testing')) as told (word, words) where told.word = paper_word.word), paper_word.word)
$$;

-- One person in full, and that this was shown: with the print as its reason.
create or replace function lab.paper_person(of_person uuid, here text) returns lab.person
language plpgsql volatile as $$
declare
    shown lab.person;
begin
    select * into shown from lab.person where person.person_id = of_person;
    perform lab.history_add('person', of_person::text, 'reveal', here, null, null);
    return shown;
end
$$;

-- What the tests of an item use up at most: of each method the amounts of all its determinations, and no more than there is. In
-- money by the declared value, rounded up. What is not taken by weight is told as it is, and may cost the whole item.
create or replace function lab.paper_loss(of_item text) returns text
language plpgsql stable as $$
declare
    told record;
    taken lab.item;
    value numeric;
    costs text;
begin
    select * into taken from lab.item where item.item_code = of_item;
    value := nullif(taken.declared_value_cny, '')::numeric;
    select sum(case used.unit when 'mg' then used.amount / 1000 when 'g' then used.amount end) as grams,
           string_agg(format('%s %s', trim_scale(used.amount), replace(replace(used.unit, 'cm2', 'cm²'), 'piece', '件 pieces')), '、')
               filter (where used.unit not in ('mg', 'g')) as others, count(*) as methods into told
    from (select distinct method.method_id, method.sample_unit as unit,
                 nullif(method.sample_amount, '')::numeric * method.min_replicates as amount
          from lab.test join lab.method using (method_id) where test.item_code = of_item and test.state <> 'cancelled'
          and lab.is_destructive(method.destructive)) as used;
    if told.methods = 0 then
        return '无损，不消耗样品 nothing is consumed';
    end if;
    told.grams := least(told.grams, taken.mass_text::text::numeric);
    costs := case when value is null then '价值未申报 value not declared'
                  when told.others is not null then format('折合不超过 up to CNY %s', ceil(value))
                  else format('折合不超过 up to CNY %s', ceil(value * told.grams / taken.mass_text::text::numeric)) end;
    return concat_ws('，', case when told.grams is not null then format('至多 at most %s g', trim_scale(told.grams)) end,
                     case when told.others is not null then '至多 at most ' || told.others end, costs);
end
$$;

-- The editions of the standards that the catalogue would judge the test by, on the item's day.
create or replace function lab.paper_judged_by(of_test lab.test) returns text
language plpgsql stable as $$
declare
    facts jsonb := lab.judge_facts_of(of_test.item_code, of_test.method_id, of_test.parameter_id, '');
begin
    return (select string_agg(distinct lab.standard_cited(standard.number, standard.year), '、')
            from lab.requirement join lab.standard using (standard_id)
            where requirement.limit_id = facts ->> 'limit_id' or requirement.limit_id in (
                select choice ->> 'limit_id' from jsonb_array_elements(coalesce(facts -> 'choices', '[]')) as choice));
end
$$;

-- A row for each item, method and rule; `rule_no` names the rule below.
create or replace function lab.paper_tests(of_receipt text, out tests json, out rules json)
language plpgsql stable as $$
begin
    with ordered as (
        select item.place, test.method_id, parameter.name_zh, lab.in_sentence(parameter.name_en) as name_en, test.parameter_id,
               case when test.decision_rule = '' and method.role = 'screening' then 'screening'
                    else coalesce(nullif(test.decision_rule, ''), 'simple') end as rule,
               lab.paper_judged_by(test) as judged_by
        from lab.item join lab.test using (item_code) join lab.method using (method_id)
        join lab.parameter on parameter.parameter_id = test.parameter_id
        where item.receipt_no = of_receipt and test.state not in ('cancelled', 'superseded')),
    numbered as (select rule, row_number() over (order by min(place), rule) as rule_no from ordered group by rule),
    grouped as (
        select ordered.place, ordered.method_id, numbered.rule_no,
               string_agg(ordered.name_zh || ' ' || ordered.name_en, '、' order by ordered.parameter_id) as parameters,
               lab.listed(array_agg(ordered.judged_by order by ordered.parameter_id), '、') as judged_by
        from ordered join numbered using (rule) group by ordered.place, ordered.method_id, numbered.rule_no)
    select (select json_agg(json_build_object(
                'item_number', grouped.place, 'parameters', grouped.parameters,
                'standard', lab.standard_cited(standard.number, standard.year), 'title_zh', standard.title_zh,
                'title_en', standard.title_en, 'method_zh', method.name_zh, 'method_en', method.name_en,
                'judged_by', coalesce(grouped.judged_by, '不作判定 no requirement'), 'rule_no', grouped.rule_no)
                order by grouped.place, grouped.method_id, grouped.rule_no)
            from grouped join lab.method using (method_id) join lab.standard using (standard_id)),
           (select json_agg(json_build_object('rule_no', numbered.rule_no, 'zh', words.zh, 'en', words.en) order by numbered.rule_no)
            from numbered cross join lateral lab.decision_rule_words(numbered.rule) as words)
    into tests, rules;
end
$$;

create or replace function lab.paper_items(of_receipt text) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object(
        'number', item.place, 'item_code', item.item_code, 'name', item.name, 'product_zh', product.name_zh,
        'product_en', product.name_en, 'claim', nullif(concat_ws(' ', nullif(item.claim_text, ''), nullif(item.hallmark, '')), ''),
        'mass_g', item.mass_text, 'pieces', item.pieces, 'condition', nullif(item.condition, ''),
        'seal_no', nullif(item.seal_no, ''), 'declared_value_cny', nullif(item.declared_value_cny, ''),
        'loss', lab.paper_loss(item.item_code),
        'tests', (select lab.listed(array_agg(parameter.name_zh order by test.method_id, parameter.parameter_id), '、')
                  from lab.test join lab.parameter using (parameter_id)
                  where test.item_code = item.item_code and test.state not in ('cancelled', 'superseded'))) order by item.place)
        from lab.item join lab.product on product.product_id = item.claimed_product_id where item.receipt_no = of_receipt);
end
$$;

create or replace function lab.paper_fee(taken lab.receipt, out fee text, out basis text)
language plpgsql stable as $$
begin
    fee := case when coalesce(nullif(taken.fee_cny, '')::numeric, 0) = 0 then '免费 free of charge'
                else format('人民币 CNY %s 元', taken.fee_cny) end;
    basis := coalesce(nullif(concat_ws('；',
        case when taken.fee_rule_cny <> '' then format('收费标准 by the price list CNY %s', taken.fee_rule_cny) end,
        case when taken.waiver <> '' then format('减免依据 waived by %s', taken.waiver) end,
        nullif(taken.fee_reason, '')), ''), '本机构未设收费项 no price is set');
end
$$;

create or replace function lab.paper_disposal(taken lab.receipt) returns text
language plpgsql stable as $$
declare
    kept integer := (select extract(epoch from policy.uncollected_kept)::integer / 86400 from lab.policy);
    days integer := (select max(nullif(regexp_replace(product.retain_days_typical, '[^0-9].*$', ''), '')::integer)
                     from lab.item join lab.product on product.product_id = item.claimed_product_id
                     where item.receipt_no = taken.receipt_no);
begin
    return case taken.return_choice
        when 'return' then format('检毕退还；报告完成后 %s 天无人领取的，由本机构按规定处置。 Returned; what nobody collects within %s days of '
                                  'the report is disposed of by the rules.', kept, kept)
        when 'retain' then format('留样%s，期满处置，不退还。 Retained%s, then disposed of, not returned.', ' ' || nullif(days, 0) || ' 天',
                                  ' for ' || nullif(days, 0) || ' days')
        else '检毕由本机构处置，不退还。 Disposed of by the laboratory after testing, not returned.' end;
end
$$;

create or replace function lab.paper_recipients(of_receipt text) returns text
language plpgsql stable as $$
begin
    return coalesce((select string_agg(concat_ws(' ', person.name, lab.paper_word(recipient.channel), nullif(recipient.address, '')),
                                       '；' order by recipient.added_at, recipient.recipient_id)
        from lab.sheet_recipient as recipient join lab.person using (person_id)
        where recipient.receipt_no = of_receipt and recipient.removed_at is null), '到台领取 at the counter');
end
$$;

-- A moment as the papers have it: by the institute's clock, as its sheets and records tell it, and never by a desk's.
create or replace function lab.paper_time(at timestamptz) returns text
language sql stable as $$
    select to_char(lab.local_time(at), 'YYYY-MM-DD HH24:MI')
$$;

-- Of a notice the number is the rejected item's.
create or replace function lab.print_paper(of_receipt text, of_kind text) returns json
language plpgsql volatile as $$
declare
    of_number text := of_receipt;
    taken lab.receipt;
    owner lab.person;
    bringer lab.person;
    tests record;
    fee record;
begin
    if of_kind = 'rejection' then
        of_receipt := (select item.receipt_no from lab.item where item.item_code = of_number);
    end if;
    select * into taken from lab.receipt where receipt.receipt_no = of_receipt;
    perform lab.set_reason(format('printed %s %s', of_kind, of_number));
    owner := lab.paper_person(taken.owner_id, taken.laboratory);
    bringer := case when taken.bringer_id = taken.owner_id then owner else lab.paper_person(taken.bringer_id, taken.laboratory) end;
    tests := lab.paper_tests(of_receipt);
    fee := lab.paper_fee(taken);
    return (select json_build_object(
        'institute_zh', institute.name_zh, 'institute_en', institute.name_en, 'address_zh', institute.address_zh,
        'address_en', institute.address_en, 'institute_phone', institute.phone, 'laboratory_zh', laboratory.name_zh,
        'laboratory_en', laboratory.name_en, 'owner_name', owner.name, 'bringer_name', bringer.name,
        'owner_phone', case of_kind when 'agreement' then owner.phone else lab.mask_phone(owner.phone) end,
        'bringer_phone', case of_kind when 'agreement' then bringer.phone else lab.mask_phone(bringer.phone) end,
        'received_by', (select staff.name from lab.staff where staff.staff_id = taken.received_by),
        'received_at', lab.paper_time(taken.received_at),
        'rejected_by', (select staff.name from lab.item_rejection as refused join lab.staff on staff.staff_id = refused.rejected_by
                        where refused.item_code = of_number),
        'rejected_at', (select lab.paper_time(refused.rejected_at) from lab.item_rejection as refused where refused.item_code = of_number),
        'purpose_words', lab.paper_word(taken.purpose), 'fee', fee.fee, 'fee_basis', fee.basis,
        'disposal', lab.paper_disposal(taken), 'delivery', lab.paper_recipients(of_receipt),
        'consented', (select string_agg(lab.paper_word(consent.kind) || case when consent.given_by_owner then ''
                                        else format('（%s）', consent.authorisation) end, '；' order by consent.kind)
                      from lab.consent where consent.receipt_no = of_receipt),
        'due_on', (select to_char(lab.local_time(max(test.due_at)), 'YYYY-MM-DD') from lab.item join lab.test using (item_code)
                   where item.receipt_no = of_receipt and test.state <> 'cancelled'),
        'items', lab.paper_items(of_receipt), 'tests', tests.tests, 'rules', tests.rules)
        from lab.institute join lab.laboratory on laboratory.laboratory = taken.laboratory);
end
$$;

reset role;
