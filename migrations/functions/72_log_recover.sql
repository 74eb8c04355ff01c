-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`: a database that came back from a backup gets the entries again that it lacks, from the public
-- files. All guards stay on: the entries must give the root that the signer has signed. Called in one transaction: entries,
-- registries, keys, books. docs/recovery.md tells what is lost.
set role touchstone_owner;

-- How long the log is, its root, and the newest version of the registry.
create or replace function lab.log_recover_state() returns table (head bigint, root bytea, registry integer)
language plpgsql stable as $$
begin
    return query select one.size, lab.log_range(0, one.size), coalesce(lab.registry_version(), 0) from lab.log_head as one;
end
$$;

-- The missing entries, one behind the other, and the checkpoint over all: its guard compares the root.
create or replace function lab.log_recover_entries(head bigint, entries bytea, root bytea, note text) returns bigint
language plpgsql volatile as $$
declare
    grown bigint := head + length(entries) / 64;
begin
    perform from lab.log_head where log_head.size = head for update;
    if not found then
        perform lab.refuse(9, 'LOG_MOVED', 'The log has grown meanwhile. Look again.');
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "log_recover"}');
    insert into lab.log_leaf (idx, entry)
    select log_recover_entries.head + place, substr(entries, (64 * place + 1)::integer, 64)
    from generate_series(0, length(entries) / 64 - 1) as place order by place;
    perform lab.log_grow(log_recover_entries.head, grown);
    update lab.log_head set size = grown;
    insert into lab.log_checkpoint (size, root, note, at) values (grown, root, note, lab.ts_now());
    return grown;
end
$$;

-- A version of the registry that the log holds and the database lacks: the bytes, and the codes that came with it.
create or replace function lab.log_recover_registry(content bytea) returns integer
language plpgsql volatile as $$
declare
    told jsonb := convert_from(content, 'UTF8')::jsonb;
    newest integer := (told ->> 'version')::integer;
begin
    if not exists (select from lab.log_leaf where log_leaf.kind = 4 and substr(log_leaf.entry, 25, 32) = sha256(content)) then
        return null; -- published a moment before its entry, and so not promised
    elsif newest is distinct from coalesce(lab.registry_version(), 0) + 1 then
        perform lab.refuse(9, 'REGISTRY_DIFFERS', format('Version %s of the registry does not follow the database''s. Restore the '
                           'backup again and recover before the daemon is started.', newest));
    end if;
    insert into lab.code (kind, code, id, zh, en, standard, since)
    select one.kind, one.code::integer, one.id, one.zh, one.en, coalesce(one.standard, ''), one.since::integer
    from jsonb_to_recordset(told -> 'entries')
         as one (kind text, code text, id text, zh text, en text, standard text, since text)
    where one.since::integer = newest;
    insert into lab.code_registry (version, bytes, at) values (newest, content, lab.ts_now());
    return newest;
end
$$;

-- Keys that were added or retired in the lost time. The log's hash of a key decides, not the list.
create or replace function lab.log_recover_keys(head bigint, listed jsonb) returns void
language plpgsql volatile as $$
begin
    insert into lab.log_key (kid, use, spki, name, demonstration, known_at)
    select substr(sha256(given.spki), 1, 8), given.use, given.spki, given.name, given.demonstration, lab.ts_now()
    from (select one.use, decode(one.spki, 'base64') as spki, coalesce(one.name, '') as name, one.demonstration
          from jsonb_to_recordset(listed -> 'keys') as one (use text, spki text, name text, demonstration boolean)) as given
    where exists (select from lab.log_leaf where log_leaf.idx >= log_recover_keys.head and log_leaf.kind = 5
                  and substr(log_leaf.entry, 25, 32) = sha256(given.spki))
    on conflict on constraint log_key_pkey do nothing;
    update lab.log_key as known set last_idx = ('x' || encode(gone.ref, 'hex'))::bit(64)::bigint
    from lab.log_leaf as gone where gone.idx >= log_recover_keys.head and gone.kind = 6
    and substr(gone.entry, 57, 8) = known.kid and known.last_idx is null;
end
$$;

-- Milliseconds of an entry as a time.
create or replace function lab.log_entry_at(entry bytea) returns timestamptz
language sql immutable as $$
    select to_timestamp(('x' || encode(substr(entry, 9, 8), 'hex'))::bit(64)::bigint / 1000.0)
$$;

-- What waited when the backup was made was entered first in the lost time, in its order. It must not be entered again: the
-- request is given the index that it has. Sheets among them: their files are with the recipients only.
create or replace function lab.log_recover_waiting(head bigint) returns table (what text)
language plpgsql volatile as $$
declare
    asked record;
begin
    for asked in
        with lost as (select log_leaf.*, lab.log_entry_at(log_leaf.entry) as at,
                             row_number() over (partition by log_leaf.kind order by log_leaf.idx) as place
                      from lab.log_leaf where log_leaf.idx >= log_recover_waiting.head),
        waiting as (select request.*, row_number() over (partition by request.kind, request.parked_at is null
                                                          order by request.request_no) as place
                    from lab.log_request as request where request.idx is null and request.void_at is null)
        select waiting.request_no, waiting.sheet_no, waiting.revision, lost.idx
        from waiting join lost using (kind)
        where case kind when 1 then waiting.parked_at is null and waiting.place = lost.place and waiting.requested_at <= lost.at + interval '1 second'
                        when 2 then int8send(waiting.ref) = lost.ref when 3 then int8send(waiting.ref) = lost.ref
                        when 4 then waiting.digest = substr(lost.entry, 25, 32)
                        when 5 then waiting.digest = substr(lost.entry, 25, 32)
                        when 6 then waiting.kid = substr(lost.entry, 57, 8) end
        order by lost.idx
    loop
        update lab.log_request as request set idx = asked.idx where request.request_no = asked.request_no;
        if asked.sheet_no is not null then
            update lab.sheet_work as work set done = true, last_error = 'issued in the time that the database lost'
            where work.sheet_no = asked.sheet_no and work.revision = asked.revision;
            what := format('sheet %s, revision %s (log index %s) was issued in the lost time: its file is with the recipient only. '
                           'Amend or withdraw it when it is needed here.', asked.sheet_no, asked.revision, asked.idx);
            return next;
        end if;
    end loop;
    -- What the log says of keys is asked of it once: a second retirement could never be entered.
    insert into lab.log_request (kind, digest, kid, requested_at, idx)
    select told.kind, substr(told.entry, 25, 32), substr(told.entry, 57, 8), lab.log_entry_at(told.entry), told.idx
    from lab.log_leaf as told where told.idx >= log_recover_waiting.head and told.kind in (5, 6)
    and not exists (select from lab.log_request as request where request.idx = told.idx) order by told.idx;
end
$$;

-- Every sheet issued in the lost time took a number of some laboratory; which one nobody can tell. So each laboratory skips as
-- many, and each skipped number is void with its reason.
create or replace function lab.log_recover_numbers(head bigint) returns integer
language plpgsql volatile as $$
declare
    lost record;
    place record;
    skipped integer := 0;
begin
    for lost in select leaf.idx, lab.log_entry_at(leaf.entry) as at from lab.log_leaf as leaf
                where leaf.idx >= log_recover_numbers.head and leaf.kind = 1
                and not exists (select from lab.log_request as request where request.idx = leaf.idx) order by leaf.idx loop
        for place in select laboratory.laboratory from lab.laboratory order by laboratory.laboratory loop
            insert into lab.sheet_void (sheet_no, reason, at)
            values (lab.number_next('sheet', place.laboratory, lost.at),
                    format('void: may have been issued on %s (log index %s) in the time that the database lost',
                           lab.local_date(lost.at), lost.idx), lab.ts_now());
            skipped := skipped + 1;
        end loop;
    end loop;
    return skipped;
end
$$;

-- The books after the entries: what is told of them, a line each.
create or replace function lab.log_recover_books(head bigint) returns table (what text)
language plpgsql volatile as $$
declare
    grown bigint := (select log_head.size from lab.log_head);
    issued bigint := (select count(*) from lab.log_leaf where idx >= log_recover_books.head and kind = 1);
    newest timestamptz := (select max(lab.log_entry_at(entry)) from lab.log_leaf where idx >= log_recover_books.head);
    skipped integer;
    early text;
begin
    return query select told.what from lab.log_recover_waiting(log_recover_books.head) as told;
    select min(request.sheet_no) into early from lab.log_request as request
    where request.idx is null and request.void_at is null and request.kind = 1 and request.requested_at > newest;
    if early is not null and issued > 0 then
        perform lab.refuse(9, 'RELEASED_TOO_EARLY', format('Sheet %s was released after the backup came back, and its number may '
                           'have been given out in the lost time. Restore the backup again and recover before the daemon is '
                           'started.', early));
    end if;
    return query
        select format('sheet %s could not be stated when the backup was made, and waits. Should it have been issued in the lost time, it '
                      'will be issued again under its number, from the same record.', request.sheet_no)
        from lab.log_request as request where request.idx is null and request.void_at is null and request.parked_at is not null
        and issued > 0;
    skipped := lab.log_recover_numbers(log_recover_books.head);
    what := format('%s entries are put back: the log has %s again, as its checkpoint promises.', grown - log_recover_books.head,
                   grown);
    return next;
    what := format('%s sheets were issued in the lost time; their records, results and files are not here. %s', issued,
                   case when issued > 0 then 'Whoever holds one can still check it.' else '' end);
    return next;
    what := format('%s numbers of sheets are void with their reason, so that none is given out twice (lab.sheet_void).', skipped);
    return next;
    return query
        select format('sheet %s, revision %s: was %s in the lost time (log index %s). It stays so: take the item in anew when a '
                      'sheet is needed.', stated.sheet_no, stated.revision,
                      case mark.kind when 2 then 'amended' else 'withdrawn' end, mark.idx)
        from lab.log_leaf as mark join lab.log_request as stated on int8send(stated.idx) = mark.ref and stated.sheet_no is not null
        where mark.idx >= log_recover_books.head and mark.kind in (2, 3)
        and not exists (select from lab.log_request as asked where asked.idx = mark.idx) order by mark.idx;
end
$$;

-- ---------------------------------------------------------------- guards

-- An index is superseded or withdrawn once: also when this happened in a time that the database has lost.
create or replace function lab.guard_log_mark() returns trigger
language plpgsql volatile as $$
declare
    mark bigint;
begin
    if new.kind not in (2, 3) then
        return new;
    end if;
    select min(leaf.idx) into mark from lab.log_leaf as leaf where leaf.kind in (2, 3) and leaf.ref = int8send(new.ref);
    if mark is not null then
        perform lab.refuse(9, 'NO_LONGER_VALID', format('This revision was amended or withdrawn before: entry %s of the public log. '
                           'When the database does not know of it, that was in a time that it lost. Take the item in anew.',
                           mark));
    end if;
    return new;
end
$$;
call lab.put_guard('{log_request}', 'before insert', 'guard_log_mark');

create or replace function lab.guard_sheet_number() returns trigger
language plpgsql volatile as $$
begin
    if exists (select from lab.sheet_void where sheet_void.sheet_no = new.sheet_no) then
        perform lab.refuse(9, 'NUMBER_VOID', 'This number is void: it may have been given out in a time that the database lost.');
    end if;
    return new;
end
$$;
call lab.put_guard('{sheet}', 'before insert', 'guard_sheet_number');

-- The other way round: what is issued is not void, and what is not counted yet neither.
create or replace function lab.guard_sheet_void() returns trigger
language plpgsql volatile as $$
begin
    if exists (select from lab.sheet where sheet.sheet_no = new.sheet_no)
       or not exists (select from lab.sheet_counter as counter
                      where counter.laboratory || '-' || counter.year = regexp_replace(new.sheet_no, '-[0-9]+$', '')
                      and counter.last >= substring(new.sheet_no from '[0-9]+$')::integer) then
        perform lab.refuse(9, 'NUMBER_IN_USE', 'Only a number that was counted and never issued can be void.');
    end if;
    return new;
end
$$;
call lab.put_guard('{sheet_void}', 'before insert');
call lab.put_guard('{sheet_void}', 'before update or delete or truncate', 'guard_append_only');

reset role;
