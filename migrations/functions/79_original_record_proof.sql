-- SPDX-License-Identifier: Apache-2.0
-- What of an original record proves its numbers: the worksheet with its controls and checks, each with its limits and by the
-- result that stands, and what is attached, texts with their lines.
set role touchstone_owner;

-- The worksheet that the newest entry was made on, else one that is open, else the last; what was found at its
-- blanks, controls, duplicates and spikes.
create or replace function lab.original_worksheet(of_test lab.test) returns jsonb
language plpgsql stable as $$
declare
    here lab.worksheet_position;
begin
    select placed.* into here from lab.worksheet_position as placed join lab.worksheet as sheet using (worksheet_no)
    left join lab.worksheet_result as found using (worksheet_no, position)
    where placed.test_id = of_test.test_id and sheet.state <> 'cancelled'
    order by found.entry_no is not distinct from of_test.entry_no desc, sheet.state = 'open' desc,
             found.entry_no desc nulls last limit 1;
    return case when here.worksheet_no is not null then (select jsonb_build_object(
        'worksheet_no', sheet.worksheet_no, 'position', here.position::text, 'batch_no', sheet.batch_no,
        'entry_no', coalesce((select found.entry_no::text from lab.worksheet_result as found
                              where found.worksheet_no = here.worksheet_no and found.position = here.position), ''),
        'controls', (select jsonb_agg(lab.original_control(sheet, placed) order by placed.position)
                     from lab.worksheet_position as placed
                     where placed.worksheet_no = sheet.worksheet_no and placed.kind <> 'sample'))
        from lab.worksheet as sheet where sheet.worksheet_no = here.worksheet_no) end;
end
$$;

-- Half to even, exactly: the quotient is never taken.
create or replace function lab.half_even(over numeric, under numeric, places integer) returns numeric
language plpgsql immutable as $$
declare
    scaled numeric := abs(over) * 10::numeric ^ places;
    whole numeric := div(scaled, abs(under));
    twice numeric := 2 * (scaled - whole * abs(under));
begin
    if twice > abs(under) or twice = abs(under) and mod(whole, 2) = 1 then
        whole := whole + 1;
    end if;
    return round(sign(over) * sign(under) * whole / 10::numeric ^ places, places);
end
$$;

-- The relative difference of a duplicate or the recovery of a spike in per cent: two places, and more where fewer would
-- contradict the outcome, as worksheet_check.c shows it. Null where there is none.
create or replace function lab.check_figure(plan lab.control_plan, placed lab.worksheet_position, base lab.worksheet_result,
                                            result lab.worksheet_result, accepted boolean) returns text
language plpgsql immutable as $$
declare
    is_spike boolean := placed.kind = 'spike';
    low numeric := case when is_spike then plan.spike_low_percent::text::numeric else 0 end;
    high numeric := case when is_spike then plan.spike_high_percent::text::numeric else plan.duplicate_percent::text::numeric end;
    over numeric;
    under numeric;
    shown numeric;
begin
    if is_spike then
        over := 100 * (lab.worksheet_number(result) - lab.worksheet_number(base));
        under := placed.spike_added::text::numeric;
    elsif base.qualifier = '' or base.qualifier <> result.qualifier then
        over := 200 * abs(base.value::numeric - result.value::numeric);
        under := abs(base.value::numeric + result.value::numeric);
    end if;
    if 'greater_than' in (base.qualifier, result.qualifier) or coalesce(under, 0) = 0 then
        return null;
    end if;
    for places in 2..30 loop
        shown := lab.half_even(over, under, places);
        exit when (shown between low and high) = accepted;
    end loop;
    return shown;
end
$$;

-- A duplicate or a spike by the result of its sample that stands now: null where that is the one that was entered beside it,
-- or where none stands.
create or replace function lab.check_now(sheet lab.worksheet, placed lab.worksheet_position, result lab.worksheet_result,
                                         out figure text, out outcome text)
language plpgsql stable as $$
declare
    base lab.worksheet_result;
    judged lab.judgement;
    plan lab.control_plan := lab.plan_of(sheet.laboratory, sheet.method_id, sheet.parameter_id, sheet.plan_no);
    accepted boolean;
begin
    select * into base from lab.worksheet_result as known
    where known.worksheet_no = placed.worksheet_no and known.position = placed.of_position;
    select newest.* into judged from lab.worksheet_position as sample join lab.test using (test_id)
    join lab.judgement as newest on newest.test_id = test.test_id and newest.submission_no = test.submission_no
        and newest.entry_no = test.entry_no
    where sample.worksheet_no = placed.worksheet_no and sample.position = placed.of_position
    and test.state in ('submitted', 'approved', 'released', 'superseded') and newest.entry_no > base.entry_no;
    if judged.test_id is null or result.outcome not in ('accepted', 'rejected') then
        return;
    end if;
    base := lab.worksheet_result_by(base, judged);
    if base.value is not null then
        accepted := coalesce(lab.sample_check_holds(plan, placed, base, result), false);
        figure := coalesce(lab.check_figure(plan, placed, base, result, accepted), '');
        outcome := lab.accepted_or_rejected(accepted);
    end if;
end
$$;

-- What a control or a check is held against: the limits of the chart by which this very control was judged, to two digits of
-- s; of a check the plan's limit.
create or replace function lab.control_limit_told(sheet lab.worksheet, placed lab.worksheet_position,
                                                  result lab.worksheet_result) returns text
language plpgsql stable as $$
declare
    plan lab.control_plan := lab.plan_of(sheet.laboratory, sheet.method_id, sheet.parameter_id, sheet.plan_no);
    limits lab.control_limits;
    places integer;
begin
    case placed.kind
    when 'blank' then
        return '< ' || plan.blank_limit;
    when 'duplicate' then
        return format('≤ %s %%', plan.duplicate_percent);
    when 'spike' then
        return format('%s–%s %%', plan.spike_low_percent, plan.spike_high_percent);
    else
        select known.* into limits from lab.control_result as point
        join lab.control_limits as known on known.laboratory = point.laboratory and known.chart = point.chart
            and known.limits_version = point.limits_version
        where point.laboratory = result.laboratory and point.chart = result.chart and point.point = result.point;
        if limits.sigma::text::numeric > 0 then
            places := greatest(0, 1 - floor(log(limits.sigma::text::numeric))::integer);
            -- What belongs together is not broken over lines.
            return format(replace('中心~centre~%s； ±3s~%s–%s； 控制限第~%s~版 limits~version~%4$s', '~', chr(160)), round(limits.mean::text::numeric, places),
                          round(limits.mean::text::numeric - 3 * limits.sigma::text::numeric, places),
                          round(limits.mean::text::numeric + 3 * limits.sigma::text::numeric, places), limits.limits_version);
        end if;
        return '';
    end case;
end
$$;

create or replace function lab.outcome_words(of_outcome text, out zh text, out en text)
language sql immutable as $$
    select told.zh, told.en from (values
        ('accepted', '可接受', 'accepted'), ('rejected', '不可接受', 'rejected'), ('skipped', '未测', 'skipped'),
        ('none', '—', '')) as told (outcome, zh, en)
    where told.outcome = of_outcome
$$;

create or replace function lab.original_control(sheet lab.worksheet, placed lab.worksheet_position) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'position', placed.position::text, 'kind_zh', kind.zh, 'kind_en', kind.en,
            'of', coalesce(placed.chart, format('工作单第 %1$s 位样品 sample at place %1$s', placed.of_position), ''),
            'value', lab.told(concat(case result.qualifier when 'less_than' then '< ' when 'greater_than' then '> '
                                     when 'not_detected' then 'ND < ' end, result.value), 120),
            'limit', lab.told(lab.control_limit_told(sheet, placed, result), 120),
            'figure', coalesce(nullif(coalesce(now.figure, result.figure::text), '') || ' %', ''),
            'outcome', coalesce(now.outcome, result.outcome, ''),
            'outcome_zh', coalesce(outcome.zh, '未录入'), 'outcome_en', coalesce(outcome.en, 'not entered'),
            'was', case when (now.figure, now.outcome) is distinct from (coalesce(result.figure::text, ''), result.outcome)
                             and now.outcome is not null then
                   format('第%1$s次录入时 at entry %1$s：%2$s', base.entry_no,
                          concat_ws('，', result.figure || ' %', case when now.outcome <> result.outcome then
                                    concat_ws(' ', earlier.zh, earlier.en) end)) else '' end)
        from (values ('blank', '空白', 'blank'), ('control', '质控样', 'control'), ('duplicate', '平行样', 'duplicate'),
                     ('spike', '加标', 'spike')) as kind (name, zh, en)
        left join lab.worksheet_result as result on result.worksheet_no = placed.worksheet_no
            and result.position = placed.position
        left join lab.worksheet_result as base on base.worksheet_no = placed.worksheet_no
            and base.position = placed.of_position
        cross join lateral lab.check_now(sheet, placed, result) as now
        left join lateral lab.outcome_words(result.outcome) as earlier on true
        left join lateral lab.outcome_words(coalesce(now.outcome, result.outcome)) as outcome on true
        where kind.name = placed.kind);
end
$$;

-- ---------------------------------------------------------------- attachments

-- The first lines of a text, so many and so long as the record prints: 60 lines of 4 KiB. Characters are not cut in two.
create or replace function lab.text_head(content bytea, out lines jsonb, out is_cut boolean)
language plpgsql immutable as $$
declare
    most_bytes integer := 4096;
    most_lines integer := 60;
    most_letters integer := 240;
    bytes integer := least(most_bytes, length(content));
    every text[];
begin
    while bytes < length(content) and bytes > 0 and get_byte(content, bytes) & 192 = 128 loop
        bytes := bytes - 1;
    end loop;
    every := regexp_split_to_array(ltrim(convert_from(substr(content, 1, bytes), 'UTF8'), chr(65279)), '\r\n|\n|\r');
    if every[cardinality(every)] = '' then
        every := trim_array(every, 1);
    end if;
    is_cut := bytes < length(content) or cardinality(every) > most_lines
              or exists (select from unnest(every) as line where length(line) > most_letters);
    lines := (select coalesce(jsonb_agg(regexp_replace(left(line, most_letters), '[[:cntrl:]]', ' ', 'g') order by place), '[]')
              from unnest(every[:most_lines]) with ordinality as listed (line, place));
end
$$;

-- What is attached, and the files of instruments that readings of the test came from. Of the first 24 texts that count the
-- lines are told too: what proves a number stands on paper.
create or replace function lab.original_attachments(who lab.actor, of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(placed.shown || case when placed.is_text and placed.turn <= 24 then (
                select jsonb_build_object('text', head.lines, 'text_cut', head.is_cut) from lab.text_head(placed.content) as head)
                else '{}' end order by placed.at, placed.id)
        from (select every.*, row_number() over (partition by every.is_text order by every.at, every.id) as turn from (
            select kept.attached_at as at, kept.attachment_id::text as id, kept.content,
                   kept.media_type like 'text/%' and strike.attachment_id is null as is_text,
                   jsonb_strip_nulls(lab.attachment_view(kept)::jsonb) as shown
            from lab.test_attachment as kept left join lab.attachment_strike as strike using (attachment_id)
            where kept.test_id = of_test.test_id and lab.may_see_file(who, of_test, kept)
            union all
            select file.imported_at, encode(file.sha256, 'hex'), file.content, true, jsonb_build_object(
                   'name', lab.told(coalesce(nullif(file.name, ''), file.profile), 120), 'media_type', 'text/plain',
                   'size', length(file.content)::text, 'sha256', encode(file.sha256, 'hex'),
                   'caption', format('仪器文件 file of an instrument：%s v%s', file.profile, file.profile_version),
                   'attached_by', lab.name_of(file.imported_by), 'at', lab.local_minute(file.imported_at))
            from lab.instrument_file as file
            where exists (select from lab.instrument_reading as given where given.test_id = of_test.test_id
                          and given.laboratory = file.laboratory and given.sha256 = file.sha256)) as every) as placed);
end
$$;

reset role;
