-- SPDX-License-Identifier: Apache-2.0
-- What a daemon asks while it keeps the log (server/lab/log_works.c): what waits, to enter it, checkpoints, status lists.
-- Each is one statement and may be repeated: whatever dies on the way, the next look goes on.
set role touchstone_owner;

-- The statement keys that the signer lists behind the one that signs have stopped signing: each retires once, by kind 6.
create or replace function lab.log_keys_retire(keys jsonb, this_moment timestamptz) returns void
language plpgsql volatile as $$
begin
    insert into lab.log_request (kind, kid, requested_at)
    select 6, known.kid, this_moment
    from (select decode(one.key ->> 'spki', 'base64') as spki, row_number() over (order by one.place) as nth, one.place
          from jsonb_array_elements(keys) with ordinality as one (key, place) where one.key ->> 'use' = 'statement') as given
    join lab.log_key as known using (spki)
    where given.nth > 1 and not lab.log_key_is_retired(known.kid) order by given.place;
end
$$;

-- Its retirement is entered, or waits to be.
create or replace function lab.log_key_is_retired(key bytea) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.log_request as request where request.kind = 6 and request.kid = key);
end
$$;

-- The signer's public keys. They are entered as kind 5 when they are new, before anything that they sign. Answers a word
-- when its log is another than this one, or its statement key has retired: then this daemon seals, and another one keeps
-- the log.
create or replace function api.log_keys(keys jsonb) returns text
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    foreigner boolean;
    signing bytea := (select substr(sha256(decode(one.key ->> 'spki', 'base64')), 1, 8)
                      from jsonb_array_elements(keys) with ordinality as one (key, place)
                      where one.key ->> 'use' = 'statement' order by one.place limit 1);
begin
    perform from lab.log_head for update;
    foreigner := exists (select from jsonb_to_recordset(keys) as given (use text, spki text) join lab.log_key as known using (use)
                         where known.use not in ('statement', 'seal') and known.spki <> decode(given.spki, 'base64'));
    with given as (select one.use, decode(one.spki, 'base64') as spki, coalesce(one.name, '') as name, one.demonstration
                   from jsonb_to_recordset(keys) as one (use text, spki text, name text, demonstration boolean)
                   where not foreigner or one.use = 'seal'),
    added as (insert into lab.log_key (kid, use, spki, name, demonstration, known_at)
              select substr(sha256(given.spki), 1, 8), given.use, given.spki, given.name, given.demonstration, this_moment
              from given on conflict on constraint log_key_pkey do nothing returning kid, spki)
    insert into lab.log_request (kind, digest, kid, requested_at)
    select 5, sha256(added.spki), added.kid, this_moment from added order by added.kid;
    if not foreigner then
        perform lab.log_keys_retire(keys, this_moment);
    end if;
    perform lab.registry_renew();
    return case when foreigner then 'LOG_KEYS_FOREIGN' when lab.log_key_is_retired(signing) then 'STATEMENT_KEY_RETIRED'
                else '' end;
end
$$;

-- How long what could not be stated waits before it is tried again: meanwhile a new version may have come that can.
create or replace function lab.log_parked() returns interval
language sql immutable as $$
    select interval '5 minutes'
$$;

create or replace function api.log_park(requests bigint[]) returns void
language sql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
    update lab.log_request as request set parked_at = lab.ts_now()
    where request.request_no = any (requests) and request.idx is null and request.void_at is null
$$;

-- What waits and can be entered. A sheet dated by a clock that was ahead is signed by nobody until its time has come (the
-- signer leaves five minutes): it waits alone, and holds up nothing behind it. Nor is anything parked by such a clock.
-- Stable, so that it sees what its caller sees: a request whose sheet the caller does not see yet could not be stated.
create or replace function lab.log_waits(most integer) returns setof lab.log_request
language sql stable as $$
    select request.* from lab.log_request as request left join lab.sheet using (sheet_no, revision)
    where request.idx is null and request.void_at is null
    and (request.parked_at is null or request.parked_at not between lab.ts_now() - lab.log_parked() and lab.ts_now())
    and (request.sheet_no is null or sheet.released_at <= lab.ts_now() + interval '5 minutes')
    order by request.kind <> 5, request.request_no limit most
$$;

-- One look: whether this daemon may keep the log now (it then has it for the lease), how far it is, what is to be done. Who
-- cannot keep it asks for no lease: 0 seconds. Then what an operator must know: does another daemon keep it, is the institute
-- in production, how many sheets can never be entered.
drop function if exists api.log_look(uuid, integer);
create or replace function api.log_look(holder uuid, lease_seconds integer)
    returns table (mine boolean, head bigint, checkpoint bigint, waiting boolean, shard integer, kept boolean, production boolean,
                   stuck bigint)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
begin
    if lease_seconds > 0 then
        update lab.log_sequencer as seat set holder = log_look.holder, until = this_moment + make_interval(secs => lease_seconds)
        where seat.holder is null or seat.holder = log_look.holder or seat.until <= this_moment
           or seat.until > this_moment + interval '1 hour';
    end if;
    mine := lease_seconds > 0 and found;
    select log_head.size into head from lab.log_head;
    select coalesce(max(signed.size), 0) into checkpoint from lab.log_checkpoint as signed;
    waiting := exists (select from lab.log_waits(1));
    shard := lab.log_status_due(checkpoint, this_moment);
    kept := exists (select from lab.log_sequencer as seat where seat.holder <> log_look.holder and seat.until > this_moment);
    production := (select house.production from lab.institute as house);
    stuck := (select count(*) from lab.log_request as request where request.idx is null and request.void_at is null
              and lab.log_is_stuck(request, this_moment));
    return next;
end
$$;

-- The oldest that wait, in order; new keys before what they sign, also when that waited already: an entry of a key that no
-- earlier one added is worth nothing to an auditor. A record comes along where a statement is to be made from it.
create or replace function api.log_take(most integer)
    returns table (head bigint, request_no bigint, sheet_no text, record bytea)
language sql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
    select log_head.size, request.request_no, request.sheet_no, sheet.record_bytes
    from lab.log_waits(most) as request cross join lab.log_head left join lab.sheet using (sheet_no, revision)
    order by request.kind <> 5, request.request_no
$$;

-- Enters them, in the order given, from index `head` on; of a request without a sheet payload and COSE are empty. When the
-- log is longer by now, somebody else has entered them: nothing happens. Answers the new length, or null. What a retired key
-- signed is not entered: a daemon whose signer was not started anew is told so.
create or replace function api.log_append(head bigint, signer_kid bytea, requests bigint[], payloads bytea[], coses bytea[])
    returns bigint
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    grown bigint := head + cardinality(requests);
begin
    perform from lab.log_head where log_head.size = head for update;
    if not found then
        return null;
    end if;
    if lab.log_key_is_retired(signer_kid) then
        perform lab.refuse(9, 'STATEMENT_KEY_RETIRED', 'The statement key of this daemon has retired. Give its signer the new one.');
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "log_append"}');
    insert into lab.log_leaf (idx, entry)
    select log_append.head + given.place - 1,
           lab.log_entry(request, log_append.head + given.place - 1,
                         case when request.sheet_no is not null
                              then sha256('touchstone/sheet/1'::bytea || '\x0a'::bytea || given.payload) end,
                         signer_kid, this_moment)
    from unnest(requests, payloads) with ordinality as given (request_no, payload, place)
    join lab.log_request as request on request.request_no = given.request_no and request.idx is null and request.void_at is null
    order by given.place;
    perform lab.log_grow(log_append.head, grown);
    update lab.log_request as request set idx = log_append.head + given.place - 1
    from unnest(requests) with ordinality as given (request_no, place) where request.request_no = given.request_no;
    insert into lab.sheet_statement (sheet_no, revision, idx, payload, cose)
    select request.sheet_no, request.revision, request.idx, given.payload, given.cose
    from unnest(requests, payloads, coses) as given (request_no, payload, cose)
    join lab.log_request as request using (request_no) where request.sheet_no is not null;
    update lab.log_key as known set last_idx = greatest(request.idx - 1, 0)
    from lab.log_request as request where request.kind = 6 and request.idx >= log_append.head and known.kid = request.kid;
    update lab.log_head set size = grown;
    return grown;
end
$$;

-- What the signer is to sign next, proved from where its mark stands (RFC 6962, 2.1.2).
create or replace function api.log_checkpoint_ask(mark bigint) returns table (size bigint, root bytea, proof bytea)
language sql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
    select log_head.size, lab.log_range(0, log_head.size), lab.log_consistency(mark, log_head.size)
    from lab.log_head where mark <= log_head.size
$$;

create or replace function api.log_checkpoint_done(size bigint, root bytea, note text) returns void
language sql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
    insert into lab.log_checkpoint (size, root, note, at) values (size, root, note, lab.ts_now())
    on conflict on constraint log_checkpoint_pkey do nothing
$$;

-- The proof that goes with a sheet (C2SP tlog-proof): its entry, whose time stands nowhere else in the file, its index, the
-- path, the checkpoint.
create or replace function lab.log_proof(of_idx bigint, promised lab.log_checkpoint) returns text
language plpgsql stable as $$
begin
    return format(E'c2sp.org/tlog-proof@v1\nextra %s\nindex %s\n%s\n%s',
                  (select replace(encode(own.entry, 'base64'), E'\n', '') from lab.log_leaf as own where own.idx = of_idx), of_idx,
                  (select string_agg(encode(one.hash, 'base64') || E'\n', '' order by one.place)
                   from unnest(lab.log_path(of_idx, promised.size)) with ordinality as one (hash, place)), promised.note);
end
$$;

-- ---------------------------------------------------------------- status lists

-- A shard whose list is to be signed anew: it has none, the tree has grown into it, one of its sheets was superseded or
-- withdrawn since, or the list is an hour old, or from before the clock was set back. Null: none.
create or replace function lab.log_status_due(tree bigint, this_moment timestamptz) returns integer
language sql stable as $$
    select one.shard from generate_series(0, ((tree - 1) >> 16)::integer) as one (shard)
    left join lab.log_status as signed using (shard)
    where tree > 0 and (signed.shard is null or signed.at <= this_moment - interval '1 hour'
        or signed.at > this_moment + interval '1 hour'
        or signed.size < least(tree, (one.shard + 1)::bigint << 16)
        or signed.size < tree and exists (
            select from lab.log_leaf as mark where mark.kind in (2, 3) and mark.idx >= signed.size
            and mark.ref >= int8send(one.shard::bigint << 16) and mark.ref < int8send((one.shard + 1)::bigint << 16)))
    order by one.shard limit 1
$$;

-- Two bits for each index of the shard below the checkpoint, lowest bits first: 1 superseded, 2 withdrawn.
create or replace function api.log_status_ask(of_shard integer) returns table (size bigint, list bytea)
language plpgsql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    first bigint := of_shard::bigint << 16;
    one record;
begin
    select max(signed.size) into size from lab.log_checkpoint as signed;
    list := decode(repeat('00', ((least(log_status_ask.size - first, 65536) + 3) / 4)::integer), 'hex');
    for one in select ('x' || encode(mark.ref, 'hex'))::bit(64)::bigint - first as place, max(mark.kind) as kind
               from lab.log_leaf as mark where mark.kind in (2, 3) and mark.idx < log_status_ask.size
               and mark.ref >= int8send(first) and mark.ref < int8send(first + 65536) group by mark.ref loop
        list := set_byte(list, (one.place / 4)::integer, get_byte(list, (one.place / 4)::integer)
                         | ((one.kind - 1) << (2 * (one.place % 4)::integer)));
    end loop;
    return next;
end
$$;

create or replace function api.log_status_done(shard integer, size bigint, note text) returns void
language sql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
    insert into lab.log_status (shard, size, at, note) values (shard, size, lab.ts_now(), note)
    on conflict on constraint log_status_pkey do update set size = excluded.size, at = excluded.at, note = excluded.note
    where log_status.size <= excluded.size
$$;

reset role;
