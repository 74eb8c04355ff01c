-- SPDX-License-Identifier: Apache-2.0
-- Statistics (docs/statistics.md): how much passes by domain, product, claim and kind of seller; turnaround against promise; load
-- per hour and desk. What is published hides small cells, and enough beside them that nobody calculates them from the rest.
set role touchstone_owner;

-- What the released sheets of a period found, an item each: pass when everything judged passed, fail when anything failed.
create or replace function lab.statistics_items(here text, first date, last date)
    returns table (item_code text, product_id text, claim text, seller_type text, found text)
language plpgsql stable as $$
declare
    zone text := (select institute.time_zone from lab.institute);
begin
    return query select item.item_code::text, item.claimed_product_id::text, btrim(item.claim_text),
        lab.item_told(item, 'seller_type'),
        case when count(*) filter (where judged.verdict in ('fail', 'conditional_fail')) > 0 then 'fail'
             when count(*) filter (where judged.verdict in ('pass', 'conditional_pass')) > 0
                  and count(*) filter (where judged.verdict not in ('pass', 'conditional_pass', 'not_judged')) = 0 then 'pass'
             else 'other' end
    from lab.sheet join lab.item on item.item_code = sheet.item_code
    left join lab.test on test.item_code = item.item_code and test.state = 'released'
    left join lab.judgement as judged on judged.test_id = test.test_id and judged.submission_no = test.submission_no
    where sheet.laboratory = here and sheet.revision = 0 and not lab.is_withdrawn(sheet.sheet_no)
    and sheet.released_at >= first::timestamp at time zone zone and sheet.released_at < (last + 1)::timestamp at time zone zone
    group by item.item_code;
end
$$;

-- Which of these counts are hidden when small ones (below five) must be. When anything is, then at least two are and together they
-- are five or more: the total less the rest tells neither. A zero is no small cell, and is the last to be hidden beside one.
create or replace function lab.small_cells(counts bigint[]) returns boolean[]
language plpgsql immutable as $$
declare
    hidden boolean[] := array(select count between 1 and 4 from unnest(counts) with ordinality as one (count, place) order by place);
    next_place integer;
begin
    while true = any (hidden) and ((select count(*) from unnest(hidden) as one where one) < 2
                                   or (select sum(count) from unnest(counts, hidden) as one (count, is_hidden) where is_hidden) < 5) loop
        select one.place into next_place from unnest(counts, hidden) with ordinality as one (count, is_hidden, place)
        where not one.is_hidden order by one.count = 0, one.count, one.place limit 1;
        exit when next_place is null;
        hidden[next_place] := true;
    end loop;
    return hidden;
end
$$;

create or replace function lab.statistics_period(request jsonb, out first date, out last date)
language plpgsql volatile as $$
begin
    first := lab.day_of(request, 'first_day');
    last := lab.day_of(request, 'last_day');
    if last < first then
        perform lab.refuse_field('last_day', 'lies before first_day');
    elsif last > first + 3660 then
        perform lab.refuse_field('last_day', 'lies more than ten years behind first_day');
    end if;
end
$$;

create or replace function lab.percent(part bigint, whole bigint) returns text
language plpgsql immutable as $$
begin
    return case when whole > 0 then round(100.0 * part / whole, 1)::text end;
end
$$;

-- Of what is published: the counts of a group whose size is small are hidden, and of one with a small part its parts; the total's
-- own parts where they would tell the hidden ones.
create or replace function lab.statistics_get_pass_rates(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    by_what text := coalesce(request ->> 'pass_group', 'product');
    is_public boolean := coalesce((request ->> 'for_publication')::boolean, false);
    period record;
    kept jsonb;
begin
    perform lab.require_role(who, here);
    period := lab.statistics_period(request);
    if is_public then
        kept := lab.statistics_published(here, period.first, period.last) -> 'pass_rates' -> by_what;
        if kept is not null then
            return kept;
        elsif by_what = 'claim' then
            return lab.public_claims(here, period.first, period.last);
        end if;
    end if;
    return lab.pass_rows(lab.pass_groups(here, by_what, period.first, period.last), by_what, is_public);
end
$$;

-- The groups with their counts, largest first.
create or replace function lab.pass_groups(here text, by_what text, first date, last date) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(to_jsonb(one) order by one.items desc, one.key), '[]')
            from (select case by_what when 'domain' then here when 'claim' then found.claim
                                      when 'seller_type' then found.seller_type else found.product_id end as key,
                         count(*) as items, count(*) filter (where found.found = 'pass') as passed,
                         count(*) filter (where found.found = 'fail') as failed, count(*) filter (where found.found = 'other') as other
                  from lab.statistics_items(here, first, last) as found group by 1) as one);
end
$$;

create or replace function lab.small_groups(groups jsonb) returns boolean[]
language plpgsql immutable as $$
begin
    return lab.small_cells(array(select (one ->> 'items')::bigint from jsonb_array_elements(groups) with ordinality as g (one, place)
                                 order by place));
end
$$;

-- Groups whose size is hidden come last, by their key: their order tells nothing of their sizes.
create or replace function lab.pass_rows(groups jsonb, by_what text, is_public boolean) returns json
language plpgsql stable as $$
declare
    small boolean[] := lab.small_groups(groups);
    parted boolean[] := lab.small_parts(groups, small);
begin
    return json_build_object(
        'rows', (select json_agg(lab.pass_row(one, by_what, is_public and small[place], is_public and parted[place])
                                 order by is_public and small[place],
                                          case when is_public and small[place] then one ->> 'key' end, place)
                 from jsonb_array_elements(groups) with ordinality as g (one, place)),
        'total', lab.pass_total(groups, is_public, parted[cardinality(parted)]));
end
$$;

create or replace function lab.pass_total(groups jsonb, is_public boolean, parts_hidden boolean) returns json
language plpgsql stable as $$
begin
    return (select lab.pass_row(jsonb_build_object('key', '', 'items', coalesce(sum((one ->> 'items')::bigint), 0),
                       'passed', coalesce(sum((one ->> 'passed')::bigint), 0), 'failed', coalesce(sum((one ->> 'failed')::bigint), 0),
                       'other', coalesce(sum((one ->> 'other')::bigint), 0)), '',
                       is_public and coalesce(sum((one ->> 'items')::bigint), 0) between 1 and 4,
                       is_public and coalesce(parts_hidden, false))
            from jsonb_array_elements(groups) as one);
end
$$;

-- Which groups' parts are hidden: of a hidden group, and where a part lies below five; then the smallest others until what is
-- hidden has no small part together. The last place is the total's: hidden when there was nothing left to hide with.
create or replace function lab.small_parts(groups jsonb, small boolean[]) returns boolean[]
language plpgsql immutable as $$
declare
    hidden boolean[] := array(
        select small[place] or exists (select from unnest(array['passed', 'failed', 'other']) as part
                                       where (one ->> part)::bigint between 1 and 4)
        from jsonb_array_elements(groups) with ordinality as g (one, place) order by place);
    next_place integer;
    told boolean;
begin
    loop
        select count(*) filter (where hidden[place]) = 1
               or bool_or(hidden[place]) and (coalesce(sum((one ->> 'passed')::bigint) filter (where hidden[place]), 0) between 1 and 4
                   or coalesce(sum((one ->> 'failed')::bigint) filter (where hidden[place]), 0) between 1 and 4
                   or coalesce(sum((one ->> 'other')::bigint) filter (where hidden[place]), 0) between 1 and 4)
        into told from jsonb_array_elements(groups) with ordinality as g (one, place);
        exit when not coalesce(told, false);
        select g.place into next_place from jsonb_array_elements(groups) with ordinality as g (one, place)
        where not hidden[g.place] order by (g.one ->> 'items')::bigint, g.place limit 1;
        if next_place is null then
            return hidden || true;
        end if;
        hidden[next_place] := true;
    end loop;
    return hidden || false;
end
$$;

create or replace function lab.pass_row(one jsonb, by_what text, is_hidden boolean, parts_hidden boolean) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'key', nullif(one ->> 'key', ''),
        'name_zh', case by_what when 'product' then (select product.name_zh from lab.product where product.product_id = one ->> 'key')
                   when 'domain' then (select known.name_zh from lab.laboratory as known where known.laboratory = one ->> 'key') end,
        'name_en', case by_what when 'product' then (select product.name_en from lab.product where product.product_id = one ->> 'key')
                   when 'domain' then (select known.name_en from lab.laboratory as known where known.laboratory = one ->> 'key') end,
        'items', case when not is_hidden then (one ->> 'items')::bigint end,
        'passed', case when not (is_hidden or parts_hidden) then (one ->> 'passed')::bigint end,
        'failed', case when not (is_hidden or parts_hidden) then (one ->> 'failed')::bigint end,
        'other', case when not (is_hidden or parts_hidden) then (one ->> 'other')::bigint end,
        'pass_percent', case when not (is_hidden or parts_hidden) then lab.percent((one ->> 'passed')::bigint,
                             (one ->> 'passed')::bigint + (one ->> 'failed')::bigint) end,
        'hidden', nullif(is_hidden or parts_hidden, false));
end
$$;

-- Tests released in the period, by method: from the intake to the release, against the day that was promised at intake. Shares and
-- hours are published, no counts: a method that only one product is tested by would tell how many of it there were.
create or replace function lab.statistics_get_turnaround(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    is_public boolean := coalesce((request ->> 'for_publication')::boolean, false);
    zone text := (select institute.time_zone from lab.institute);
    period record;
    kept jsonb;
begin
    perform lab.require_role(who, here);
    period := lab.statistics_period(request);
    if is_public then
        kept := lab.statistics_published(here, period.first, period.last) -> 'turnaround';
        if kept is not null then
            return kept;
        end if;
    end if;
    return json_build_object('rows', (
        with spans as (
            select test.method_id, round(extract(epoch from sheet.released_at - item.received_at) / 3600, 1) as hours,
                   sheet.released_at <= test.due_at as is_in_time
            from lab.sheet join lab.item on item.item_code = sheet.item_code
            join lab.test on test.item_code = item.item_code and test.state = 'released'
            where sheet.laboratory = here and sheet.revision = 0
            and sheet.released_at >= period.first::timestamp at time zone zone
            and sheet.released_at < (period.last + 1)::timestamp at time zone zone),
        by_method as (
            select spans.method_id, count(*) as tests, count(*) filter (where is_in_time) as in_time,
                   percentile_disc(0.5) within group (order by hours) as median,
                   percentile_disc(0.9) within group (order by hours) as ninth
            from spans group by spans.method_id),
        placed as (select by_method.*, row_number() over (order by method_id) as place from by_method),
        hidden as (select lab.small_cells(array_agg(tests order by place)) as small,
                          lab.small_cells(array_agg(tests - in_time order by place)) as small_late,
                          lab.small_cells(array_agg(in_time order by place)) as small_in_time from placed)
        select json_agg(json_build_object(
            'method_id', placed.method_id, 'name_zh', method.name_zh, 'name_en', method.name_en,
            'tests', case when not is_public then placed.tests end,
            'in_time', case when not is_public then placed.in_time end,
            'late', case when not is_public then placed.tests - placed.in_time end,
            'in_time_percent', case when not (is_public and (small[place] or small_late[place] or small_in_time[place]))
                               then lab.percent(placed.in_time, placed.tests) end,
            'median_hours', case when not (is_public and small[place]) then placed.median::text end,
            'ninth_decile_hours', case when not (is_public and small[place]) then placed.ninth::text end,
            'hidden', nullif(is_public, false)) order by placed.place)
        from placed join lab.method on method.method_id = placed.method_id cross join hidden));
end
$$;

-- What came in, by the hour of the wall clock and the desk.
create or replace function lab.statistics_get_load(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    is_public boolean := coalesce((request ->> 'for_publication')::boolean, false);
    zone text := (select institute.time_zone from lab.institute);
    period record;
    kept jsonb;
begin
    perform lab.require_role(who, here);
    period := lab.statistics_period(request);
    if is_public then
        kept := lab.statistics_published(here, period.first, period.last) -> 'load';
        if kept is not null then
            return kept;
        end if;
    end if;
    return json_build_object('rows', (
        with cells as (
            select extract(hour from receipt.received_at at time zone zone)::integer as hour, receipt.desk, count(*) as receipts,
                   sum((select count(*) from lab.item where item.receipt_no = receipt.receipt_no))::bigint as items
            from lab.receipt where receipt.laboratory = here and receipt.voided_at is null
            and receipt.received_at >= period.first::timestamp at time zone zone
            and receipt.received_at < (period.last + 1)::timestamp at time zone zone
            group by 1, 2),
        placed as (select cells.*, row_number() over (order by hour, desk) as place from cells),
        hidden as (select lab.small_cells(array_agg(receipts order by place)) as small from placed)
        select json_agg(json_build_object(
            'hour', placed.hour, 'desk', placed.desk, 'receipts', case when not (is_public and small[place]) then placed.receipts end,
            'items', case when not (is_public and small[place]) then placed.items end,
            'hidden', nullif(is_public and small[place], false)) order by placed.place)
        from placed cross join hidden));
end
$$;

reset role;
