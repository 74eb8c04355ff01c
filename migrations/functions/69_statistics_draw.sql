-- SPDX-License-Identifier: Apache-2.0
-- The bars of a statistic, as touchstone.internal.v1.BarChart: made of what the lists answer, so that a picture shows nothing that a
-- list hides.
set role touchstone_owner;

create or replace function lab.statistics_note(request jsonb) returns text
language plpgsql stable as $$
begin
    return format('%s  %s 至 to %s%s', (select name_zh || ' ' || name_en from lab.laboratory
                                        where laboratory.laboratory = request ->> 'laboratory'),
                  request ->> 'first_day', request ->> 'last_day',
                  case when coalesce((request ->> 'for_publication')::boolean, false)
                       then '  小于5的数不公布 counts below five are not published' else '' end);
end
$$;

-- A claim by its words: two of them may be of one product. One that is not published has none.
create or replace function lab.pass_label(one jsonb, by_what text) returns text
language plpgsql immutable as $$
begin
    return coalesce(case when by_what <> 'claim' then one ->> 'name_zh' end, one ->> 'key',
                    case when by_what = 'claim' and (one ->> 'hidden')::boolean then '其他 other: ' || (one ->> 'name_zh') end,
                    '未填写 not told');
end
$$;

create or replace function lab.statistics_draw_statistics(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    asked text := coalesce(request ->> 'statistic', 'pass_rates');
    is_public boolean := coalesce((request ->> 'for_publication')::boolean, false);
    bars json;
begin
    if asked = 'turnaround' then
        select json_agg(json_build_object('label', left(one ->> 'name_zh', 22), 'values', case
                   when is_public and one ->> 'in_time_percent' is not null
                   then json_build_array(round((one ->> 'in_time_percent')::numeric), 100 - round((one ->> 'in_time_percent')::numeric))
                   else json_build_array(coalesce((one ->> 'in_time')::bigint, 0), coalesce((one ->> 'late')::bigint, 0)) end,
                   'text', case when is_public then format('%s %%  %s h', one ->> 'in_time_percent', one ->> 'median_hours')
                   else format('%s / %s  %s %%  %s h', one ->> 'in_time', one ->> 'late', one ->> 'in_time_percent',
                               one ->> 'median_hours') end,
                   'hidden', one ->> 'in_time_percent' is null)) into bars
        from jsonb_array_elements(coalesce(nullif(lab.statistics_get_turnaround(who, request)::jsonb -> 'rows', 'null'), '[]')) as one;
        return json_build_object('title_zh', '检测周期与承诺', 'title_en', case when is_public
                   then 'Turnaround against promise: share in time; median' else
                   'Turnaround against promise: tests in time, late; share; median' end,
                                 'parts', '["按时 in time", "逾期 late"]'::json, 'bars', bars, 'note', lab.statistics_note(request));
    elsif asked = 'load' then
        select json_agg(json_build_object('label', format('%s:00  %s', lpad(one ->> 'hour', 2, '0'), one ->> 'desk'),
                   'values', json_build_array(coalesce((one ->> 'receipts')::bigint, 0)),
                   'text', format('%s (%s)', one ->> 'receipts', one ->> 'items'),
                   'hidden', coalesce((one ->> 'hidden')::boolean, false))) into bars
        from jsonb_array_elements(coalesce(nullif(lab.statistics_get_load(who, request)::jsonb -> 'rows', 'null'), '[]')) as one;
        return json_build_object('title_zh', '各时段与窗口受理量', 'title_en', 'Intakes by hour and desk (items)',
                                 'parts', '["受理 intakes"]'::json, 'bars', bars, 'note', lab.statistics_note(request));
    end if;
    select json_agg(json_build_object('label', left(lab.pass_label(one, coalesce(request ->> 'pass_group', '')), 22),
               'values', json_build_array(coalesce((one ->> 'passed')::bigint, 0), coalesce((one ->> 'failed')::bigint, 0),
                                          coalesce((one ->> 'other')::bigint, 0)),
               'text', format('%s / %s / %s  %s', one ->> 'passed', one ->> 'failed', one ->> 'other',
                              coalesce((one ->> 'pass_percent') || ' %', '')),
               'hidden', coalesce((one ->> 'hidden')::boolean, false))) into bars
    from jsonb_array_elements(coalesce(nullif(lab.statistics_get_pass_rates(who, request)::jsonb -> 'rows', 'null'), '[]')) as one;
    return json_build_object('title_zh', '合格率', 'title_en', 'Passed, failed, not judged: items with a released sheet',
                             'parts', '["合格 passed", "不合格 failed", "未判定 other"]'::json, 'bars', bars,
                             'note', lab.statistics_note(request));
end
$$;

reset role;
