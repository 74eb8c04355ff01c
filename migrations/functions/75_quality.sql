-- SPDX-License-Identifier: Apache-2.0
-- Control charts. The engine of the daemon (server/quality) finds the alarms and the limits; here stands what they were
-- found from, and what is found on an older chart than the one that stands is refused.
set role touchstone_owner;

-- A text without the blanks around it, that says something.
create or replace function lab.words_of(request jsonb, field text) returns text
language plpgsql volatile as $$
declare
    said text := lab.trimmed(coalesce(request ->> field, ''));
begin
    if not lab.shows(said) then
        perform lab.refuse_field(field, 'is required');
    end if;
    return said;
end
$$;

create or replace function lab.limits_view(of_limits lab.control_limits) returns json
language plpgsql stable as $$
begin
    return case when of_limits.limits_version is not null then json_build_object(
        'limits_version', of_limits.limits_version, 'centre', of_limits.mean, 'sigma', of_limits.sigma,
        'estimator', of_limits.estimator, 'first_point', of_limits.first_point, 'last_point', of_limits.last_point,
        'frozen_by', lab.username_of(of_limits.frozen_by), 'frozen_at', of_limits.frozen_at,
        'reason', of_limits.reason,
        'left_out', (select json_agg(json_build_object('point', left_out.point, 'reason', left_out.reason) order by left_out.point)
                     from unnest(of_limits.left_out, of_limits.left_out_reasons) as left_out (point, reason))) end;
end
$$;

create or replace function lab.limits_of(here text, of_chart text, of_version integer) returns lab.control_limits
language plpgsql stable as $$
declare
    found_limits lab.control_limits;
begin
    select * into found_limits from lab.control_limits as limits
    where limits.laboratory = here and limits.chart = of_chart and limits.limits_version = of_version;
    return found_limits;
end
$$;

create or replace function lab.chart_view(of_chart lab.control_chart) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'laboratory', of_chart.laboratory, 'chart', of_chart.chart, 'method_id', of_chart.method_id,
            'parameter_id', of_chart.parameter_id, 'parameter_zh', parameter.name_zh, 'parameter_en', parameter.name_en,
            'unit', unit.display, 'material', of_chart.material, 'kind', of_chart.kind, 'rule_set', of_chart.rule_set,
            'points', of_chart.points,
            'limits', lab.limits_view(lab.limits_of(of_chart.laboratory, of_chart.chart, of_chart.limits_version)),
            'opened_by', lab.username_of(of_chart.opened_by), 'opened_at', of_chart.opened_at,
            'version', of_chart.version)
        from lab.parameter left join lab.unit using (unit_ucum)
        where parameter.parameter_id = of_chart.parameter_id);
end
$$;

create or replace function lab.control_view(of_point lab.control_result) returns json
language plpgsql stable as $$
begin
    return case when of_point.point is not null then json_build_object(
        'point', of_point.point, 'value', of_point.value_text, 'batch_no', nullif(of_point.batch_no, ''),
        'run', of_point.run, 'note', nullif(of_point.note, ''), 'entered_by', lab.username_of(of_point.entered_by),
        'at', of_point.at, 'limits_version', of_point.limits_version, 'rules_revision', of_point.rules_revision,
        'alarms', (select json_agg(json_build_object('rule', alarm.rule, 'rejects', alarm.rejects)
                                   order by alarm.rule collate "C") from lab.control_alarm as alarm
                   where alarm.laboratory = of_point.laboratory and alarm.chart = of_point.chart
                   and alarm.point = of_point.point)) end;
end
$$;

-- The chart that a request names, if the caller may see it.
create or replace function lab.chart_seen(who lab.actor, request jsonb) returns lab.control_chart
language plpgsql volatile as $$
declare
    seen lab.control_chart;
begin
    perform lab.require_role(who, request ->> 'laboratory');
    select * into seen from lab.control_chart as known
    where known.laboratory = request ->> 'laboratory' and known.chart = request ->> 'chart';
    if not found then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such chart in this laboratory.');
    end if;
    return seen;
end
$$;

-- The same, locked for this act.
create or replace function lab.chart_taken(who lab.actor, request jsonb) returns lab.control_chart
language plpgsql volatile as $$
declare
    seen lab.control_chart := lab.chart_seen(who, request);
begin
    select * into seen from lab.control_chart as known
    where known.laboratory = seen.laboratory and known.chart = seen.chart for no key update;
    return seen;
end
$$;

create or replace function lab.quality_create_chart(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    made lab.control_chart;
begin
    perform lab.require_role(who, here);
    perform lab.require_measured(here, request ->> 'method_id', request ->> 'parameter_id');
    perform lab.require_rule_set(request ->> 'rule_set');
    insert into lab.control_chart (laboratory, chart, method_id, parameter_id, material, kind, rule_set, opened_by,
                                   opened_at)
    values (here, request ->> 'chart', request ->> 'method_id', request ->> 'parameter_id',
            lab.words_of(request, 'material'), request ->> 'kind', request ->> 'rule_set', who.staff_id, lab.ts_now())
    on conflict on constraint control_chart_pkey do nothing returning * into made;
    if not found then
        perform lab.refuse(6, 'CHART_EXISTS', 'This laboratory has a chart of this name.', 'chart');
    end if;
    return json_build_object('chart', lab.chart_view(made));
end
$$;

create or replace function lab.quality_list_charts(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.chart_view(page) order by page.chart) into found
    from (select * from lab.control_chart as known
          where known.laboratory = here and known.chart > coalesce(keys[1], '')
          order by known.chart limit size + 1) as page;
    return lab.page_answer(who, 'charts', found, size, 'chart');
end
$$;

create or replace function lab.quality_get_chart(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.control_chart := lab.chart_seen(who, request);
    newest integer := coalesce(nullif((request ->> 'newest')::integer, 0), 100);
begin
    return json_build_object(
        'chart', lab.chart_view(seen),
        'points', (select json_agg(lab.control_view(shown) order by shown.point) from lab.control_result as shown
                   where shown.laboratory = seen.laboratory and shown.chart = seen.chart
                   and shown.point > seen.points - newest),
        'versions', (select json_agg(lab.limits_view(limits) order by limits.limits_version desc)
                     from lab.control_limits as limits
                     where limits.laboratory = seen.laboratory and limits.chart = seen.chart),
        'rules', case when seen.kind = 'individuals' then lab.control_rules_of(seen.rule_set) end,
        'rules_revision', case when seen.kind = 'individuals' then lab.control_rules_revision(seen.rule_set) end);
end
$$;

-- What is typed stands once, as typed, beside a label in both languages; whatever else is told says the same in both.
create or replace function lab.nonconformity_told(of_paper lab.nonconformity) returns text
language plpgsql stable as $$
begin
    return format('不符合工作 Nonconforming work: %s · ', of_paper.nonconformity_no)
        || case when of_paper.closed_at is null then '未关闭 Open'
           else format('关闭 Closed: %s, %s', to_char(lab.local_time(of_paper.closed_at), 'YYYY-MM-DD'),
                       lab.name_of(of_paper.closed_by)) end;
end
$$;

-- A hold, the nonconforming work that was opened for it, and why it was released.
create or replace function lab.hold_told(held lab.batch_hold) returns text
language plpgsql stable as $$
begin
    return concat_ws(E'\n',
        format('批次冻结 Batch held: %s · ', held.batch_no) || case when held.released_at is null then '未放行 Not released'
            else format('放行 Released: %s, %s', to_char(lab.local_time(held.released_at), 'YYYY-MM-DD'),
                        lab.name_of(held.released_by)) end,
        (select string_agg(lab.nonconformity_told(paper), E'\n' order by paper.nonconformity_no)
         from lab.nonconformity as paper where paper.hold_id = held.hold_id),
        case when held.released_at is not null then '放行理由 Reason for release: ' || lab.told(held.release_reason, 300) end);
end
$$;

-- What is told of a point below the picture: its hold, and by whom, when and why it was left out.
create or replace function lab.control_remark(seen lab.control_chart, standing lab.control_limits, of_point integer)
    returns text
language plpgsql stable as $$
begin
    return nullif(concat_ws(E'\n', (
        select lab.hold_told(held) from lab.batch_hold as held
        where held.laboratory = seen.laboratory and held.chart = seen.chart and held.point = of_point), (
        select format('剔除 Left out: %s, %s · 理由 Reason: %s', to_char(lab.local_time(standing.frozen_at), 'YYYY-MM-DD'),
                      lab.name_of(standing.frozen_by), lab.told(left_out.reason, 300))
        from unnest(standing.left_out, standing.left_out_reasons) as left_out (point, reason)
        where left_out.point = of_point)), '');
end
$$;

-- Points first to last, and one more that is being entered, as touchstone.internal.v1.ControlContext has them.
drop function if exists lab.control_context(lab.control_chart, integer, integer, text, text);
drop function if exists lab.control_context(lab.control_chart, integer, integer, text, text, integer[]);
create or replace function lab.control_context(seen lab.control_chart, first_point integer, last_point integer,
                                               next_value text default null, next_run text default null,
                                               left_points integer[] default null, is_drawn boolean default false)
    returns jsonb
language plpgsql stable as $$
declare
    standing lab.control_limits := lab.limits_of(seen.laboratory, seen.chart, seen.limits_version);
begin
    return (select jsonb_build_object(
            'values', (select jsonb_agg(jsonb_build_object('value', one.value, 'run', one.run_no, 'label', one.label,
                                        'left_out', case when one.point = any (coalesce(left_points, standing.left_out)) then true end,
                                        'remark', case when is_drawn then lab.control_remark(seen, standing, one.point) end)
                                        order by one.point)
                       from (select listed.point, listed.value,
                                    dense_rank() over (order by listed.run collate "C") as run_no,
                                    to_char(lab.local_time(listed.at), 'YYYY-MM-DD') as label
                             from (select entered.point, entered.value_text::text as value, entered.run, entered.at
                                   from lab.control_result as entered
                                   where entered.laboratory = seen.laboratory and entered.chart = seen.chart
                                   and entered.point between control_context.first_point and control_context.last_point
                                   union all
                                   select seen.points + 1, next_value, next_run, lab.ts_now()
                                   where next_value is not null) as listed) as one),
            'kind', seen.kind, 'rule_set', seen.rule_set,
            'title_zh', format('质量控制图 %s · %s · %s', seen.chart, parameter.name_zh, method.name_zh),
            'title_en', format('Control chart %s · %s · %s', seen.chart, parameter.name_en, method.name_en),
            'material', seen.material,
            'unit', unit.display, 'mean', standing.mean, 'sigma', standing.sigma,
            'limits_version', seen.limits_version,
            'limits_points', standing.last_point - standing.first_point + 1 - cardinality(standing.left_out),
            'estimator', standing.estimator, 'chart_version', seen.version,
            'rules', case when seen.kind = 'individuals' then lab.control_rules_of(seen.rule_set) end,
            'rules_revision', case when seen.kind = 'individuals' then lab.control_rules_revision(seen.rule_set) end,
            'first_point', greatest(first_point, 1))
            || case when is_drawn then jsonb_build_object(
                'frozen_by', lab.name_of(standing.frozen_by),
                'frozen_on', to_char(lab.local_time(standing.frozen_at), 'YYYY-MM-DD')) else '{}' end
        from lab.parameter left join lab.unit using (unit_ucum)
        join lab.method on method.method_id = seen.method_id
        where parameter.parameter_id = seen.parameter_id);
end
$$;

create or replace function lab.laboratory_text(here text) returns text
language sql stable as $$
    select format('%s %s (%s)', known.name_zh, known.name_en, known.laboratory) from lab.laboratory as known
    where known.laboratory = here
$$;

-- What a picture says of itself as a controlled paper (ISO/IEC 17025 8.3, 7.5): whose it is, the form that is in force where
-- the laboratory has one of this document, that its data are no real ones, and who drew it when.
create or replace function lab.chart_paper(who lab.actor, here text, of_document text, of_method text) returns jsonb
language plpgsql stable as $$
declare
    this_moment timestamptz := lab.ts_now();
    form lab.record_form := lab.form_in_force(here, of_document, of_method, lab.local_time(this_moment)::date);
begin
    return (select jsonb_build_object(
            'institute', concat_ws(' ', institute.name_zh, institute.name_en), 'laboratory', lab.laboratory_text(here),
            'specimen', nullif(not institute.production, false), 'form_no', form.form_no, 'edition', form.edition,
            'drawn_by', lab.name_of(who.staff_id), 'drawn_at', lab.local_minute(this_moment),
            'time_zone', lab.time_zone_told())
        from lab.institute);
end
$$;

-- The step draws what this answers.
create or replace function lab.quality_draw_chart(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.control_chart := lab.chart_seen(who, request);
    newest integer := coalesce(nullif((request ->> 'newest')::integer, 0), 100);
begin
    if seen.points < 2 then
        perform lab.refuse(9, 'CHART_EMPTY', 'A chart is drawn from two points on.');
    end if;
    return json_strip_nulls((lab.control_context(seen, seen.points - newest + 1, seen.points, is_drawn => true)
                             || lab.chart_paper(who, seen.laboratory, 'control_chart', seen.method_id))::json);
end
$$;

create or replace function lab.control_run(request jsonb) returns text
language plpgsql stable as $$
begin
    return coalesce(nullif(request ->> 'run', ''), nullif(request ->> 'batch_no', ''),
                    to_char(lab.local_time(lab.ts_now()), 'YYYY-MM-DD'));
end
$$;

-- The first stage of EnterControl. A rule looks back 63 points (CONTROL_RULE_WINDOW), a range one more.
create or replace function api.quality_control_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'QualityService.EnterControl', '{technician}');
    seen lab.control_chart := lab.chart_seen(who, request);
begin
    perform lab.decimal_of(request ->> 'value', 'value');
    return json_strip_nulls(lab.control_context(seen, seen.points - 63, seen.points, request ->> 'value',
                                                lab.control_run(request))::json);
end
$$;

-- The points that limits are to be frozen from: at most 400, which a chart can show.
-- The points that the limits shall not count: in the span, each once.
create or replace function lab.freeze_left_out(request jsonb, span int4range) returns integer[]
language plpgsql volatile as $$
declare
    named integer[] := array(select (one ->> 'point')::integer from jsonb_array_elements(
                                 coalesce(nullif(request -> 'left_out', 'null'), '[]')) as one order by 1);
    remaining integer := upper(span) - lower(span) - cardinality(named);
begin
    if exists (select from unnest(named) as point where not span @> point) then
        perform lab.refuse_field('left_out', 'names a point that is not one of those from first to last');
    elsif (select count(distinct point) from unnest(named) as point) < cardinality(named) then
        perform lab.refuse_field('left_out', 'names a point twice');
    elsif remaining < 20 then
        perform lab.refuse(9, 'CONTROL_TOO_FEW_POINTS', format('Limits are frozen from at least 20 points; these are %s.',
                                                               remaining), 'left_out');
    end if;
    return named;
end
$$;

create or replace function lab.freeze_span(seen lab.control_chart, request jsonb) returns int4range
language plpgsql volatile as $$
declare
    first_point integer := coalesce(nullif((request ->> 'first_point')::integer, 0), 1);
    last_point integer := coalesce(nullif((request ->> 'last_point')::integer, 0), seen.points);
begin
    if last_point > seen.points then
        perform lab.refuse_field('last_point', format('must be a point of the chart: it has %s', seen.points));
    end if;
    if last_point - first_point + 1 < 20 then
        perform lab.refuse(9, 'CONTROL_TOO_FEW_POINTS', format('Limits are frozen from at least 20 points; these are %s.',
                                                               greatest(last_point - first_point + 1, 0)), 'last_point');
    end if;
    if last_point - first_point + 1 > 400 then
        perform lab.refuse_field('first_point', 'leaves more than 400 points: choose a window');
    end if;
    return int4range(first_point, last_point, '[]');
end
$$;

create or replace function api.quality_freeze_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'QualityService.FreezeLimits', '{quality}');
    seen lab.control_chart := lab.chart_seen(who, request);
    span int4range := lab.freeze_span(seen, request);
begin
    return json_strip_nulls((lab.control_context(seen, lower(span), upper(span) - 1,
                                                 left_points => lab.freeze_left_out(request, span))
                             || jsonb_build_object('estimator', request ->> 'estimator'))::json);
end
$$;

-- What the daemon found was found on the chart as it stands.
create or replace function lab.require_chart_version(taken lab.control_chart, decision jsonb) returns void
language plpgsql volatile as $$
begin
    if (decision ->> 'chart_version')::bigint is distinct from taken.version then
        perform lab.refuse(10, 'CONTROL_STALE', 'Somebody added to this chart in the meantime. Do it again.');
    end if;
end
$$;

create or replace function lab.quality_freeze_limits(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.control_chart := lab.chart_taken(who, request);
    span int4range;
    found jsonb := request -> 'daemon';
    mean lab.decimal_text := lab.decimal_of(found ->> 'mean', 'daemon.mean');
    left_points integer[];
    used_points bigint;
    total numeric;
begin
    perform lab.require_version(request, taken.version);
    span := lab.freeze_span(taken, request);
    perform lab.require_chart_version(taken, found);
    left_points := lab.freeze_left_out(request, span);
    select sum(used.value), count(*) into total, used_points from lab.control_result as used
    where used.laboratory = taken.laboratory and used.chart = taken.chart and span @> used.point
    and used.point <> all (left_points);
    -- The database does not take the daemon's word for it: the mean is that of these points, rounded at its last digit.
    if abs(mean::text::numeric * used_points - total) * 2
       > used_points * ('1e-' || scale(mean::text::numeric))::numeric then -- a power would be cut at 16 places
        perform lab.refuse(9, 'LIMITS_REFUSED', 'The mean is not that of the points.');
    end if;
    perform lab.set_reason(request ->> 'reason');
    update lab.control_chart as standing set limits_version = taken.limits_version + 1
    where standing.laboratory = taken.laboratory and standing.chart = taken.chart returning * into taken;
    insert into lab.control_limits (laboratory, chart, limits_version, mean, sigma, estimator, first_point, last_point,
                                    frozen_by, frozen_at, reason, left_out, left_out_reasons)
    values (taken.laboratory, taken.chart, taken.limits_version, mean,
            lab.decimal_of(found ->> 'sigma', 'daemon.sigma'), request ->> 'estimator', lower(span), upper(span) - 1,
            who.staff_id, lab.ts_now(), lab.words_of(request, 'reason'), left_points,
            array(select btrim(one ->> 'reason') from jsonb_array_elements(coalesce(nullif(request -> 'left_out', 'null'), '[]'))
                  as one order by (one ->> 'point')::integer));
    return json_build_object('chart', lab.chart_view(taken));
end
$$;

-- The next point of a chart that is locked, with the alarms that the engine found; a rule that rejects holds the batch in
-- the same transaction.
create or replace function lab.control_add(who lab.actor, taken lab.control_chart, value_text text, batch text, run text,
                                           note text, alarms jsonb) returns lab.control_result
language plpgsql volatile as $$
declare
    entered lab.control_result;
begin
    update lab.control_chart as standing set points = taken.points + 1
    where standing.laboratory = taken.laboratory and standing.chart = taken.chart;
    insert into lab.control_result (laboratory, chart, point, value_text, batch_no, run, note, entered_by, at,
                                    limits_version, rules_revision)
    values (taken.laboratory, taken.chart, taken.points + 1, value_text, batch, run, note, who.staff_id, lab.ts_now(),
            taken.limits_version, lab.chart_rules_revision(taken))
    returning * into entered;
    insert into lab.control_alarm (laboratory, chart, point, rule, rejects)
    select entered.laboratory, entered.chart, entered.point, alarm ->> 'rule',
           coalesce((alarm ->> 'rejects')::boolean, false)
    from jsonb_array_elements(coalesce(alarms, '[]')) as alarm;
    if batch <> '' and exists (select from lab.control_alarm as alarm
                               where alarm.laboratory = entered.laboratory and alarm.chart = entered.chart
                               and alarm.point = entered.point and alarm.rejects) then
        insert into lab.batch_hold (laboratory, batch_no, chart, point, held_at)
        values (entered.laboratory, batch, entered.chart, entered.point, entered.at);
    end if;
    return entered;
end
$$;

create or replace function lab.quality_enter_control(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.control_chart := lab.chart_taken(who, request);
    found jsonb := request -> 'daemon';
    batch text := coalesce(request ->> 'batch_no', '');
    entered lab.control_result;
    held uuid;
begin
    perform lab.require_chart_version(taken, found);
    perform lab.require_rules_revision(taken, found);
    if batch = '' and jsonb_array_length(coalesce(nullif(request -> 'test_ids', 'null'), '[]')) > 0 then
        perform lab.refuse_field('batch_no', 'is required when tests are named');
    end if;
    perform lab.batch_add(who, taken.laboratory, batch, request);
    perform lab.batch_taken(taken.laboratory, batch);
    entered := lab.control_add(who, taken, request ->> 'value', batch, lab.control_run(request),
                               btrim(coalesce(request ->> 'note', '')), found -> 'alarms');
    select hold.hold_id into held from lab.batch_hold as hold where hold.laboratory = entered.laboratory
    and hold.chart = entered.chart and hold.point = entered.point;
    return json_build_object('point', lab.control_view(entered), 'hold', lab.hold_view(held));
end
$$;

reset role;
