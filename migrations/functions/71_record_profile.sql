-- SPDX-License-Identifier: Apache-2.0
-- How records differ by domain: titles, who signs as what, what is told of an item that the intake has no column for, and what
-- a report must have (report_fields.csv; RB/T 214-2017 4.5.20; ISO/IEC 17025 7.8). See docs/record.md, "Profiles".
set role touchstone_owner;

-- What can be told of an item beside its intake, and in which domains it must be (report_fields.csv): there a sheet that has
-- neither the value nor somebody's reason is not released.
drop function if exists lab.item_fact_kinds();
create or replace function lab.item_fact_kinds()
    returns table (field text, asked text[], label_zh text, label_en text)
language sql immutable as $$
    values ('model', '{}'::text[], '型号规格', 'Model'),
           ('grade', '{}', '标称等级', 'Grade, declared'),
           ('mfr', '{FOOD,FIB}', '标称生产单位', 'Producer, declared'),
           ('batch', '{FOOD,FIB}', '批号或生产日期', 'Batch or date of production'),
           ('place', '{}', '检测地点', 'Place of testing'), -- else at the institute's address, which is printed
           ('sampling_place', '{AIR}', '采样地点', 'Place of sampling'),
           ('sampling_plan', '{AIR}', '采样计划', 'Sampling plan'),
           ('closing', '{AIR}', '采样前门窗关闭', 'Closing before sampling'),
           ('air_state', '{AIR}', '采样体积换算状态', 'State that the sampled volume is normalised to'),
           ('valid_until', '{MET}', '有效期至', 'Valid until'),
           ('authorisation', '{MET}', '计量授权证书', 'Metrology authorisation'), -- of the laboratory, in place of CMA
           ('measurement_standard', '{MET}', '计量标准', 'Measurement standard')
$$;

-- A kind of fact, or a field that the catalogue has reception record.
create or replace function lab.is_item_fact(here text, named text) returns boolean
language sql stable as $$
    select exists (select from lab.item_fact_kinds() as kind where kind.field = named)
        or exists (select from lab.intake_field as field where field.field_key = named and field.domain_id in ('ALL', here))
        or named = 'seller_type' -- for statistics: shop, market, online, private, other
$$;

create or replace function lab.desk_tell_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    told text := btrim(coalesce(request ->> 'value', ''));
    reason text := btrim(coalesce(request ->> 'reason', ''));
begin
    perform lab.require_version(request, taken.version);
    if not lab.is_item_fact(taken.laboratory, request ->> 'field') then
        perform lab.refuse_field('field', format('is an intake field of the laboratory or one of %s', (select string_agg(kind.field, ', ') from lab.item_fact_kinds() as kind)));
    elsif (told = '') = (reason = '') then
        perform lab.refuse_field('value', 'is told, or why it is not known: one of both');
    elsif request ->> 'field' = 'air_state' and told <> '' and told !~ '^-?[0-9]+([.][0-9]+)? ?℃[,，、 ]+[0-9]+([.][0-9]+)? ?kPa$' then
        perform lab.refuse_field('value', 'is a temperature and a pressure: 25 ℃, 101.325 kPa');
    end if;
    insert into lab.item_fact (item_code, field, entry_no, laboratory, value, reason, told_by, at)
    values (taken.item_code, request ->> 'field', 1 + (
                select count(*) from lab.item_fact as earlier where earlier.item_code = taken.item_code
                and earlier.field = request ->> 'field'), taken.laboratory, told, reason, who.staff_id, lab.ts_now());
    update lab.item set state = item.state where item.item_code = taken.item_code; -- a new version
    return json_build_object('item', lab.item_view(taken.item_code));
end
$$;

-- The newest word on a field of an item, '' when there is none.
create or replace function lab.item_told(taken lab.item, of_field text) returns text
language sql stable as $$
    select coalesce((select fact.value from lab.item_fact as fact
                     where fact.item_code = taken.item_code and fact.field = of_field order by fact.entry_no desc limit 1), '')
$$;

-- Whether the sheet of this item must say it. A batch is known by its day of production as well; only gases are measured in a
-- volume that is normalised.
create or replace function lab.fact_is_asked(taken lab.item, of_field text) returns boolean
language sql stable as $$
    select exists (select from lab.item_fact_kinds() as kind where kind.field = of_field and taken.laboratory = any (kind.asked))
           and case of_field when 'batch' then taken.produced_on = ''
                             when 'air_state' then exists (
                                 select from lab.test join lab.method using (method_id) where test.item_code = taken.item_code
                                 and test.state in ('approved', 'released') and method.calc_key in ('AIR_ABS', 'AIR_TUBE', 'TVOC_SUM'))
                             else true end
$$;

-- What a sheet does not say, with the reason that somebody gave.
create or replace function lab.record_missing(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(jsonb_build_object(
            'field', kind.field, 'label_zh', kind.label_zh, 'label_en', kind.label_en, 'zh', newest.reason, 'en', '')
            order by kind.place), '[]')
        from lab.item_fact_kinds() with ordinality as kind (field, asked, label_zh, label_en, place)
        cross join lateral (select fact.reason from lab.item_fact as fact
                            where fact.item_code = taken.item_code and fact.field = kind.field
                            order by fact.entry_no desc limit 1) as newest
        where newest.reason <> '');
end
$$;

-- Refuses the sheet that must say something and has neither it nor why not. A certificate says until when it holds, a notice of
-- what does not conform has nothing to hold.
create or replace function lab.record_facts_check(taken lab.item, record jsonb) returns void
language plpgsql volatile as $$
declare
    missing record;
begin
    select string_agg(kind.field, ', ' order by kind.place) as fields,
           string_agg(format('%s / %s', kind.label_zh, kind.label_en), ', ' order by kind.place) as labels, min(kind.field) as first
    into missing from lab.item_fact_kinds() with ordinality as kind (field, asked, label_zh, label_en, place)
    where lab.fact_is_asked(taken, kind.field)
    and not exists (select from lab.item_fact as fact where fact.item_code = taken.item_code and fact.field = kind.field)
    and not (kind.field = 'valid_until' and record ->> 'title_zh' <> '检定证书');
    if missing.fields is not null then
        perform lab.refuse(9, 'REPORT_FIELD_MISSING', format(
            'A report of this domain must say: %s. Reception tells each by "touchstone item tell %s FIELD --value TEXT", or why it is not '
            'known by --reason TEXT; FIELD: %s.', missing.labels, taken.item_code, missing.fields), missing.first);
    end if;
end
$$;

-- Air is sampled by the laboratory itself.
create or replace function lab.is_sampled_by_us(taken lab.item) returns boolean
language sql stable as $$
    select taken.laboratory = 'AIR'
$$;

create or replace function lab.record_test_type(taken lab.item, is_free boolean) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'zh', case when lab.is_sampled_by_us(taken) then '委托检测（本机构现场采样）' when taken.laboratory = 'MET' then '委托检定' else '委托检测（送样，非本机构抽样）' end
              || case when is_free then '；公益免费' else '' end,
        'en', case when lab.is_sampled_by_us(taken) then 'Commissioned test; sampled on site by the laboratory'
                   when taken.laboratory = 'MET' then 'Commissioned verification'
                   else 'Commissioned test; sample not taken by the laboratory' end
              || case when is_free then '; free of charge' else '' end)
$$;

-- Where it was tested, when not at the institute's address.
create or replace function lab.record_place(taken lab.item) returns jsonb
language sql stable as $$
    select case when lab.item_told(taken, 'place') = '' then '{}'
                else jsonb_build_object('place_zh', lab.item_told(taken, 'place')) end
$$;

create or replace function lab.record_sampling(taken lab.item) returns jsonb
language sql stable as $$
    select case when not lab.is_sampled_by_us(taken) then '{}'
        else jsonb_build_object('on', taken.sampled_on, 'place', lab.item_told(taken, 'sampling_place'),
                                'plan', lab.item_told(taken, 'sampling_plan'), 'closing', lab.item_told(taken, 'closing')) end
$$;

-- Who signs as what. Food: the inspector signs (Food Safety Law, article 85); metrology: verifier, checker, head (JJF 1001).
create or replace function lab.record_roles(domain text, out zh text[], out en text[])
language sql immutable as $$
    select case domain when 'FOOD' then '{检验人,审核,批准（授权签字人）}'::text[] when 'MET' then '{检定员,核验员,主管（批准人）}'
                       else '{编制,审核,批准（授权签字人）}' end,
           case domain when 'FOOD' then array['Inspector', 'Reviewed by', 'Approved by (authorised signatory)']
                       when 'MET' then array['Verified by', 'Checked by', 'Head (approved by)']
                       else array['Prepared by', 'Reviewed by', 'Approved by (authorised signatory)'] end
$$;

-- A verification that is qualified gets a certificate, any other a notice (STM22); all else is a test report.
create or replace function lab.record_title(taken lab.item, results jsonb) returns jsonb
language plpgsql stable as $$
begin
    return case when taken.laboratory <> 'MET' then '{}'
        when lab.statement_overall((select jsonb_agg(one -> 'signed') from jsonb_array_elements(results) as one)) = '1'
        then '{"title_zh": "检定证书", "title_en": "VERIFICATION CERTIFICATE"}'::jsonb
        else '{"title_zh": "检定结果通知书", "title_en": "NOTICE OF VERIFICATION RESULT"}'::jsonb end
        || (select coalesce(jsonb_object_agg(field, told), '{}')
            from unnest('{valid_until,authorisation,measurement_standard}'::text[]) as field, lab.item_told(taken, field) as told
            where told <> '');
end
$$;

-- What to do for one of them that is not there.
create or replace function lab.field_remedy(field text) returns text
language sql immutable as $$
    select coalesce(('{"lab": "Set the name, address and phone of the institute: update lab.institute, as its owner.",
                       "sample_photo": "Attach the photo: touchstone item photo ITEM FILE.",
                       "method": "Give the method an edition in methods.csv and standards.csv, and import the catalogue.",
                       "judge": "Give the requirement an edition in limits.csv and standards.csv, import the catalogue, and judge again: touchstone test rejudge.",
                       "rule": "Judge again: touchstone test rejudge.",
                       "sampling": "The day of sampling is told at intake (sampled_on): register the item anew.",
                       "decl": "Import report_statements.csv.",
                       "sign": "Have every test reviewed, and sign by a person with a name."}'::jsonb) ->> field,
                    'It is told at intake: register the item anew.')
$$;

-- What every report must have (report_fields.csv, required). A field that a sheet may leave out with a reason is in
-- missing_reasons; one of these has no excuse.
create or replace function lab.record_fields_check(record jsonb) returns void
language plpgsql volatile as $$
declare
    missing record;
begin
    select * into missing from (values
        ('lab', record #>> '{institute,name_zh}'), ('lab', record #>> '{institute,name_en}'),
        ('lab', record #>> '{institute,address_zh}'), ('lab', record #>> '{institute,phone}'),
        ('report_no', record ->> 'sheet_no'), ('client', record #>> '{client,name}'), ('test_type', record #>> '{test_type,zh}'),
        ('sample_name', record #>> '{item,name}'), ('sample_no', record #>> '{item,code}'),
        ('sample_state', record #>> '{item,condition}'),
        ('sample_qty', coalesce(nullif(record #>> '{item,mass_g}', ''), record #>> '{item,pieces}')),
        ('sample_photo', case when record #>> '{laboratory,code}' in ('JEW', 'FUR') then record #>> '{item,photo_sha256}' else '-' end),
        ('dates', record #>> '{dates,received}'), ('dates', record #>> '{dates,tested_from}'),
        ('dates', record #>> '{dates,issued}'), ('items', record #>> '{results,0,parameter_zh}'),
        ('method', (select min(one ->> 'method_standard') from jsonb_array_elements(record -> 'results') as one)),
        ('judge', (select min(one ->> 'judgement_standard') from jsonb_array_elements(record -> 'results') as one
                   where one ->> 'verdict' <> 'not_judged' and one ->> 'requirement' <> '')),
        ('rule', case when exists (select from jsonb_array_elements(record -> 'results') as one
                                   where one ->> 'verdict' <> 'not_judged') then coalesce(record #>> '{decision_rule,zh}', '') else '-' end),
        ('sampling', case when record #>> '{laboratory,code}' = 'AIR' then record #>> '{sampling,on}' else '-' end),
        ('conclusion', record #>> '{conclusion,zh}'), ('inspector', record #>> '{signatures,0,role_zh}'),
        ('sign', record #>> '{signatures,2,name}'), ('decl', record #>> '{statements,0,zh}'),
        ('legal_class', record ->> 'legal_class')) as told (field, value)
    where told.value = '' or told.value is null and told.field not in ('judge', 'rule') limit 1;
    if missing.field is not null then
        perform lab.refuse(9, 'REPORT_FIELD_MISSING', format(
            'A report must have %s (%s), and this one would not. %s', missing.field, (
                select format('%s / %s', label.label_zh, label.label_en) from lab.report_field as label
                where label.field_key = missing.field), lab.field_remedy(missing.field)), missing.field);
    end if;
end
$$;

reset role;
