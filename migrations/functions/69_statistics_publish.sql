-- SPDX-License-Identifier: Apache-2.0
-- What is published of the statistics: a manager freezes a period that is over, and anybody reads it. Tables of one publication do not
-- tell on each other: claims are counted within their product, with the product's own hiding above theirs.
set role touchstone_owner;

-- One publication of a laboratory after the other, so that each sees the days of those before it.
create or replace function lab.guard_statistics_publication() returns trigger
language plpgsql volatile as $$
begin
    perform from lab.laboratory where laboratory.laboratory = new.laboratory for no key update;
    if new.last_day >= lab.today() then
        perform lab.refuse_field('last_day', 'must lie before today: what is published does not change any more');
    end if;
    if exists (select from lab.statistics_publication as one where one.laboratory = new.laboratory
               and daterange(one.first_day, one.last_day, '[]') && daterange(new.first_day, new.last_day, '[]')) then
        perform lab.refuse(9, 'PERIOD_OVERLAPS', 'Some of these days were published in the meantime. Look at what is published, then '
                           'choose other days.', 'first_day');
    end if;
    return new;
end
$$;

call lab.put_guard('{statistics_publication}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{statistics_publication}', 'before insert');

-- The words of a claim are published where enough items share them; the others of a product are one row without words or counts.
create or replace function lab.public_claims(here text, first date, last date) returns json
language plpgsql stable as $$
begin
    return lab.public_claims_told((
        select coalesce(jsonb_agg(to_jsonb(one) order by one.items desc, one.key), '[]')
        from (select found.product_id as product, found.claim as key, count(*) as items,
                     count(*) filter (where found.found = 'pass') as passed, count(*) filter (where found.found = 'fail') as failed,
                     count(*) filter (where found.found = 'other') as other
              from lab.statistics_items(here, first, last) as found group by 1, 2) as one));
end
$$;

-- Of the counts by product and claim, largest first.
create or replace function lab.public_claims_told(cells jsonb) returns json
language plpgsql stable as $$
declare
    products jsonb;
    small boolean[];
    parted boolean[];
    told jsonb;
begin
    select coalesce(jsonb_agg(to_jsonb(one) order by one.items desc, one.key), '[]') into products
    from (select cell ->> 'product' as key, sum((cell ->> 'items')::bigint) as items, sum((cell ->> 'passed')::bigint) as passed,
                 sum((cell ->> 'failed')::bigint) as failed, sum((cell ->> 'other')::bigint) as other
          from jsonb_array_elements(cells) as cell group by 1) as one;
    small := lab.small_groups(products);
    parted := lab.small_parts(products, small);
    select coalesce(jsonb_agg(row_told order by place, row_place), '[]') into told
    from jsonb_array_elements(products) with ordinality as of_product (product, place)
    cross join lateral lab.public_claims_of(product ->> 'key', small[place], parted[place], (
        select coalesce(jsonb_agg(cell order by cell_place), '[]') from jsonb_array_elements(cells) with ordinality as c (cell, cell_place)
        where cell ->> 'product' is not distinct from product ->> 'key')) as found (row_told, row_place)
    where not small[place];
    -- Products that are hidden whole come last, in the order of their codes.
    select told || coalesce(jsonb_agg(lab.claim_row(jsonb_build_object('product', product ->> 'key'), true, true)
                                      order by product ->> 'key'), '[]') into told
    from jsonb_array_elements(products) with ordinality as of_product (product, place) where small[place];
    return json_build_object('rows', told, 'total', lab.pass_total(products, true, parted[cardinality(parted)]));
end
$$;

create or replace function lab.claim_row(one jsonb, is_hidden boolean, parts_hidden boolean) returns jsonb
language plpgsql stable as $$
begin
    return lab.pass_row(case when is_hidden then one - 'key' else one end, 'claim', is_hidden, parts_hidden)::jsonb || coalesce((
        select jsonb_build_object('name_zh', product.name_zh, 'name_en', product.name_en)
        from lab.product where product.product_id = one ->> 'product'), '{}');
end
$$;

-- Of a product that is shown.
create or replace function lab.public_claims_of(of_product text, is_small boolean, is_parted boolean, claims jsonb)
    returns table (row_told jsonb, row_place bigint)
language plpgsql stable as $$
declare
    small boolean[] := lab.small_groups(claims);
    parted boolean[] := lab.small_parts(claims, small);
begin
    return query select lab.claim_row(claim, false, is_parted or parted[place]), place
                 from jsonb_array_elements(claims) with ordinality as c (claim, place) where not is_small and not small[place];
    if is_small or true = any (small) then
        return query select lab.claim_row(jsonb_build_object('product', of_product), true, true), jsonb_array_length(claims) + 1::bigint;
    end if;
end
$$;

-- The tables of this very period, null while nothing of its days is published. Another period with some of its days is refused, in
-- public forms that are only looked at as well: who has both has their difference.
create or replace function lab.statistics_published(here text, first date, last date) returns jsonb
language plpgsql volatile as $$
declare
    standing lab.statistics_publication;
begin
    select * into standing from lab.statistics_publication as one where one.laboratory = here
    and daterange(one.first_day, one.last_day, '[]') && daterange(first, last, '[]')
    order by (one.first_day, one.last_day) = (first, last) desc, one.first_day limit 1;
    if standing.publication_id is not null and (standing.first_day, standing.last_day) <> (first, last) then
        perform lab.refuse(9, 'PERIOD_OVERLAPS', format('%s to %s is published: the public form of another period with some of its days '
            'would tell by the difference what both hide. Choose days that are not published.', standing.first_day, standing.last_day),
            'first_day');
    end if;
    return standing.tables;
end
$$;

create or replace function lab.publication_view(one lab.statistics_publication) returns json
language plpgsql stable as $$
begin
    return json_build_object('laboratory', one.laboratory, 'first_day', one.first_day, 'last_day', one.last_day,
                             'published_at', one.published_at);
end
$$;

create or replace function lab.statistics_publish_statistics(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    asked jsonb := request || '{"for_publication": true}';
    period record;
    made lab.statistics_publication;
begin
    perform lab.require_role(who, here);
    period := lab.statistics_period(request);
    if lab.statistics_published(here, period.first, period.last) is not null then
        perform lab.refuse(6, 'PUBLISHED_BEFORE', 'These days are published, and what is published does not change. Nothing is to be done.');
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.statistics_publication (laboratory, first_day, last_day, published_by, published_at, reason, tables)
    values (here, period.first, period.last, who.staff_id, lab.ts_now(), lab.words_of(request, 'reason'), jsonb_build_object(
        'pass_rates', (select jsonb_object_agg(by_what, lab.statistics_get_pass_rates(who, asked || jsonb_build_object('pass_group', by_what)))
                       from unnest(array['domain', 'product', 'claim', 'seller_type']) as by_what),
        'turnaround', lab.statistics_get_turnaround(who, asked), 'load', lab.statistics_get_load(who, asked)))
    returning * into made;
    return json_build_object('publication', lab.publication_view(made));
end
$$;

-- For anybody: the newest, or the one that begins on a day; and which others there are.
create or replace function api.public_show_statistics(laboratory text, first_day text, pass_group text) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    here text := public_show_statistics.laboratory;
    wanted date := case when coalesce(public_show_statistics.first_day, '') <> ''
                        then lab.day_of(jsonb_build_object('first_day', public_show_statistics.first_day), 'first_day') end;
    by_what text := coalesce(nullif(public_show_statistics.pass_group, ''), 'product');
    shown lab.statistics_publication;
begin
    if by_what not in ('domain', 'product', 'claim', 'seller_type') then
        perform lab.refuse_field('pass_group', 'is domain, product, claim or seller_type');
    end if;
    select * into shown from lab.statistics_publication as one where one.laboratory = here
    and (wanted is null or one.first_day = wanted) order by one.first_day desc limit 1;
    if shown.publication_id is null then
        perform lab.refuse(5, 'NOT_PUBLISHED', 'No statistics that begin on this day are published of this laboratory. Leave the day out '
                           'to see the newest. 该实验室尚未公布此期统计。');
    end if;
    return (select json_strip_nulls(json_build_object(
        'shown', lab.publication_view(shown), 'total', shown.tables -> 'pass_rates' -> by_what -> 'total',
        'pass_rates', shown.tables -> 'pass_rates' -> by_what -> 'rows', 'turnaround', shown.tables -> 'turnaround' -> 'rows',
        'load', shown.tables -> 'load' -> 'rows', 'periods', (
            select json_agg(lab.publication_view(one) order by one.first_day desc)
            from (select * from lab.statistics_publication as known where known.laboratory = here
                  order by known.first_day desc limit 100) as one))));
end
$$;

reset role;
