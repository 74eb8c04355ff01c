-- SPDX-License-Identifier: Apache-2.0
-- The public files of the log as they are served: tiles of hashes and of entries (C2SP tlog-tiles), status lists, the
-- registry, the keys, the checkpoint. Paths are below /log/. A daemon writes them (server/lab/publisher.c).
set role touchstone_owner;

-- 1234067 -> x001/x234/067
create or replace function lab.tile_number(number bigint) returns text
language plpgsql immutable as $$
declare
    told text := to_char(number % 1000, 'FM000');
    rest bigint := number / 1000;
begin
    while rest > 0 loop
        told := 'x' || to_char(rest % 1000, 'FM000') || '/' || told;
        rest := rest / 1000;
    end loop;
    return told;
end
$$;

-- The tiles that are new or longer in the tree of `size` than they were in the one of `old`.
create or replace function lab.log_tiles(old bigint, size bigint)
    returns table (level integer, tile bigint, first bigint, width integer)
language sql stable as $$
    select one.level, one.tile, one.tile * 256, least((size >> (8 * one.level)) - one.tile * 256, 256)::integer
    from (select level, tile from generate_series(0, 5) as level
          cross join lateral generate_series((old >> (8 * level)) / 256, ((size >> (8 * level)) - 1) / 256) as tile
          where size >> (8 * level) > old >> (8 * level)) as one (level, tile)
$$;

create or replace function lab.tile_path(kind text, tile bigint, width integer) returns text
language sql immutable as $$
    select 'tile/' || kind || '/' || lab.tile_number(tile) || case when width < 256 then '.p/' || width else '' end
$$;

-- What to write so that files that served the tree of `old` serve the one of `size`.
create or replace function api.log_public_tiles(old bigint, size bigint) returns table (path text, content bytea)
language sql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
    select lab.tile_path(one.level::text, one.tile, one.width),
           case one.level when 0
           then (select string_agg(log_leaf.leaf, '' order by log_leaf.idx) from lab.log_leaf
                 where log_leaf.idx >= one.first and log_leaf.idx < one.first + one.width)
           else (select string_agg(log_node.hash, '' order by log_node.idx) from lab.log_node
                 where log_node.level = 8 * one.level and log_node.idx >= one.first
                 and log_node.idx < one.first + one.width) end
    from lab.log_tiles(old, size) as one
    union all
    select lab.tile_path('entries', one.tile, one.width),
           (select string_agg('\x0040'::bytea || log_leaf.entry, '' order by log_leaf.idx) from lab.log_leaf
            where log_leaf.idx >= one.first and log_leaf.idx < one.first + one.width)
    from lab.log_tiles(old, size) as one where one.level = 0
$$;

create or replace function lab.keys_told() returns jsonb
language sql stable as $$
    select jsonb_agg(jsonb_build_object(
               'kid', encode(known.kid, 'hex'), 'use', known.use, 'spki', translate(encode(known.spki, 'base64'), E'\n', ''),
               'name', known.name, 'demonstration', known.demonstration,
               'from', (select request.idx::text from lab.log_request as request
                        where request.kind = 5 and request.kid = known.kid and request.idx is not null limit 1),
               'last', known.last_idx::text) order by known.use, known.known_at, known.kid)
    from lab.log_key as known
$$;

-- What the verify page knows without asking: keys, the newest registry, whose it is.
create or replace function lab.public_data(host text) returns text
language sql stable as $$
    select lab.canonical(jsonb_build_object(
        'page', '1', 'host', host, 'origin', host || '/log', 'keys', lab.keys_told(),
        'registry', (select convert_from(made.bytes, 'UTF8')::jsonb from lab.code_registry as made
                     order by made.version desc limit 1),
        'institute', (select jsonb_build_object('name_zh', house.name_zh, 'name_en', house.name_en, 'issuer', house.issuer,
                                                'phone', house.phone) from lab.institute as house)))
$$;

-- The small files that go with the newest checkpoint, which comes last. What is written already is not answered again: status
-- lists up to `status_at`, unless that is still to come, because the clock was set back since; versions of the registry up to
-- `registry`.
create or replace function api.log_public_heads(host text, status_at timestamptz, registry integer)
    returns table (path text, content bytea, size bigint, at timestamptz)
language sql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
    with newest as (select signed.* from lab.log_checkpoint as signed order by signed.size desc limit 1)
    select told.path, told.content, newest.size, told.at from newest cross join lateral (
        select 1 as place, 'registry/' || made.version || '.json' as path, made.bytes as content, null::timestamptz as at
        from lab.code_registry as made where made.version > registry
        union all
        select 2, 'keys.json', convert_to(lab.canonical(jsonb_build_object('origin', host || '/log', 'keys', lab.keys_told())),
                                          'UTF8'), null
        union all
        select 3, 'data.json', convert_to(lab.public_data(host), 'UTF8'), null
        union all
        select 4, 'status/' || signed.shard, convert_to(signed.note, 'UTF8'), signed.at from lab.log_status as signed
        where status_at is null or signed.at > status_at or status_at > lab.ts_now()
        union all
        select 5, 'checkpoint', convert_to(newest.note, 'UTF8'), null) as told
    order by told.place
$$;

reset role;
