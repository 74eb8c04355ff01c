-- SPDX-License-Identifier: Apache-2.0
-- The public log: what is entered, the tree over it, what the signer has signed of it. One daemon at a time appends, in
-- batches; the entries and every hash are made here, so that a daemon can neither skip nor change one.
set role touchstone_owner;

-- ---------------------------------------------------------------- the tree (RFC 6962, 2.1)

create or replace function lab.log_hash(left_hash bytea, right_hash bytea) returns bytea
language sql immutable parallel safe as $$
    select sha256('\x01'::bytea || left_hash || right_hash)
$$;

-- The hash of a whole subtree: 2^level leaves from idx * 2^level on.
create or replace function lab.log_subtree(of_level integer, of_idx bigint) returns bytea
language plpgsql stable as $$
begin
    if of_level = 0 then
        return (select log_leaf.leaf from lab.log_leaf where log_leaf.idx = of_idx);
    end if;
    return (select log_node.hash from lab.log_node where log_node.level = of_level and log_node.idx = of_idx);
end
$$;

-- The level of the largest whole subtree that is smaller than a tree of so many leaves.
create or replace function lab.log_split(leaves bigint) returns integer
language plpgsql immutable as $$
declare
    level integer := 0;
begin
    while (2::bigint << level) < leaves loop
        level := level + 1;
    end loop;
    return level;
end
$$;

-- MTH(D[low:high]); low must be such that the subtrees of this range are subtrees of the log.
create or replace function lab.log_range(low bigint, high bigint) returns bytea
language plpgsql stable as $$
declare
    level integer;
    at_split bigint;
begin
    if high = low then
        return sha256(''::bytea);
    end if;
    if high - low = 1 then
        return lab.log_subtree(0, low);
    end if;
    level := lab.log_split(high - low);
    if high - low = 2::bigint << level then
        return lab.log_subtree(level + 1, low >> (level + 1));
    end if;
    at_split := low + (1::bigint << level);
    return lab.log_hash(lab.log_subtree(level, low >> level), lab.log_range(at_split, high));
end
$$;

-- PATH(index, D[size]): the hashes from the leaf upwards.
create or replace function lab.log_path(of_idx bigint, size bigint) returns bytea[]
language plpgsql stable as $$
declare
    low bigint := 0;
    high bigint := size;
    at_split bigint;
    path bytea[] := '{}';
begin
    while high - low > 1 loop
        at_split := low + (1::bigint << lab.log_split(high - low));
        if of_idx < at_split then
            path := lab.log_range(at_split, high) || path;
            high := at_split;
        else
            path := lab.log_range(low, at_split) || path;
            low := at_split;
        end if;
    end loop;
    return path;
end
$$;

-- PROOF(old, D[size]) of RFC 6962, 2.1.2, one hash behind the other; empty when there is nothing to be proved.
create or replace function lab.log_consistency(old bigint, size bigint) returns bytea
language plpgsql stable as $$
declare
    low bigint := 0;
    high bigint := size;
    at_split bigint;
    proof bytea := '';
begin
    if old = 0 or old = size then
        return proof;
    end if;
    while old <> high loop
        at_split := low + (1::bigint << lab.log_split(high - low));
        if old <= at_split then
            proof := lab.log_range(at_split, high) || proof;
            high := at_split;
        else
            proof := lab.log_range(low, at_split) || proof;
            low := at_split;
        end if;
    end loop;
    return case when low = 0 then ''::bytea else lab.log_range(low, high) end || proof;
end
$$;

-- The subtrees that have become whole since the log had `old` leaves, level by level.
create or replace function lab.log_grow(old bigint, size bigint) returns void
language plpgsql volatile as $$
declare
    below integer := 0;
begin
    while size >> (below + 1) > 0 loop
        if below = 0 then
            insert into lab.log_node (level, idx, hash)
            select 1, one.idx, lab.log_hash(a.leaf, b.leaf)
            from generate_series(old >> 1, (size >> 1) - 1) as one (idx)
            join lab.log_leaf as a on a.idx = 2 * one.idx join lab.log_leaf as b on b.idx = 2 * one.idx + 1;
        else
            insert into lab.log_node (level, idx, hash)
            select below + 1, one.idx, lab.log_hash(a.hash, b.hash)
            from generate_series(old >> (below + 1), (size >> (below + 1)) - 1) as one (idx)
            join lab.log_node as a on a.level = below and a.idx = 2 * one.idx
            join lab.log_node as b on b.level = below and b.idx = 2 * one.idx + 1;
        end if;
        below := below + 1;
    end loop;
end
$$;

-- ---------------------------------------------------------------- what is entered

-- A head of CBOR in its shortest form (RFC 8949, 3); the numbers here stay below 2^48.
create or replace function lab.cbor_head(major integer, number bigint) returns bytea
language plpgsql immutable as $$
declare
    bytes bytea := int8send(number);
begin
    return case when number < 24 then set_byte('\x00', 0, (major << 5) | number::integer)
                when number < 256 then set_byte('\x00', 0, (major << 5) | 24) || substr(bytes, 8)
                when number < 65536 then set_byte('\x00', 0, (major << 5) | 25) || substr(bytes, 7)
                when number < 4294967296 then set_byte('\x00', 0, (major << 5) | 26) || substr(bytes, 5)
                else set_byte('\x00', 0, (major << 5) | 27) || bytes end;
end
$$;

create or replace function lab.cbor_text(content text) returns bytea
language plpgsql immutable as $$
declare
    bytes bytea := convert_to(content, 'UTF8');
begin
    return lab.cbor_head(3, length(bytes)) || bytes;
end
$$;

-- How every statement begins behind the head of its map: whose it is, of which sheet, at which index (keys 1 to 5).
create or replace function lab.statement_begin(of_sheet lab.sheet, at_idx bigint) returns bytea
language plpgsql stable as $$
begin
    return '\x01' || lab.cbor_text(of_sheet.record -> 'statement' ->> 'issuer')
        || '\x02' || lab.cbor_text(of_sheet.sheet_no) || '\x03' || lab.cbor_head(0, of_sheet.revision)
        || '\x04' || lab.cbor_head(0, at_idx) || '\x0550';
end
$$;

-- 64 bytes: "TSL1", kind, reason, 0, milliseconds, ref, digest, key. docs/log.md.
create or replace function lab.log_entry(request lab.log_request, at_idx bigint, sid bytea, signer_kid bytea,
                                         this_moment timestamptz) returns bytea
language plpgsql stable as $$
begin
    return 'TSL1'::bytea || set_byte('\x00', 0, request.kind) || set_byte('\x00', 0, request.reason) || '\x0000'::bytea
        || int8send((extract(epoch from this_moment) * 1000)::bigint)
        || case request.kind when 6 then int8send(greatest(at_idx - 1, 0))
           else coalesce(int8send(request.ref), '\xffffffffffffffff') end
        || coalesce(sid, request.digest, decode(repeat('00', 32), 'hex')) || coalesce(request.kid, signer_kid);
end
$$;

-- A sheet is frozen: its statement waits to be entered. Sheets of before there was a log have none.
create or replace function lab.log_sheet() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if new.record ? 'statement' then
        insert into lab.log_request (kind, ref, sheet_no, revision, requested_at)
        values (case new.revision when 0 then 1 else 2 end,
                case when new.revision > 0 then lab.sheet_index(new.sheet_no, new.revision - 1) end,
                new.sheet_no, new.revision, lab.ts_now());
    end if;
    return null;
end
$$;
create or replace trigger log_sheet after insert on lab.sheet for each row execute function lab.log_sheet();
alter table lab.sheet enable always trigger log_sheet;

-- Where a revision stands in the log; null while it is not entered. A recovered one has its index and no statement.
create or replace function lab.sheet_index(of_sheet text, of_revision integer) returns bigint
language plpgsql stable as $$
begin
    return (select request.idx from lab.log_request as request
            where request.sheet_no = of_sheet and request.revision = of_revision);
end
$$;

-- ---------------------------------------------------------------- guards

create or replace function lab.guard_log_head() returns trigger
language plpgsql volatile as $$
begin
    if new.size <= old.size or new.size <> (select max(log_leaf.idx) + 1 from lab.log_leaf) then
        perform lab.refuse(9, 'LOG_APPEND_ONLY', 'The log only grows, and is as long as its entries.');
    end if;
    return new;
end
$$;

-- No index is skipped, and none is given behind the head.
create or replace function lab.guard_log_leaf() returns trigger
language plpgsql volatile as $$
begin
    if new.idx < (select log_head.size from lab.log_head)
       or new.idx > 0 and not exists (select from lab.log_leaf where log_leaf.idx = new.idx - 1) then
        perform lab.refuse(9, 'LOG_APPEND_ONLY', 'Entries follow each other without a gap.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_log_request() returns trigger
language plpgsql volatile as $$
begin
    if old.idx is not null or old.void_at is not null
       or new.idx is null and new.void_at is null and new.parked_at is not distinct from old.parked_at
       or new.void_at is not null and not lab.is_withdrawn(new.sheet_no)
       or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'idx', 'parked_at', 'void_at') then
        perform lab.refuse(9, 'APPEND_ONLY', 'What was asked of the log stays as it was asked, and is entered or void once.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_sheet_statement() returns trigger
language plpgsql volatile as $$
declare
    stated lab.sheet;
    beginning bytea;
begin
    select * into stated from lab.sheet where sheet.sheet_no = new.sheet_no and sheet.revision = new.revision;
    beginning := lab.statement_begin(stated, new.idx);
    if substr(new.payload, 2, length(beginning)) <> beginning
       or position(stated.record_sha256 in new.payload) = 0
       or (select substr(log_leaf.entry, 25, 32) from lab.log_leaf where log_leaf.idx = new.idx)
          <> sha256('touchstone/sheet/1'::bytea || '\x0a'::bytea || new.payload) then
        perform lab.refuse(9, 'STATEMENT_DIFFERS', 'The statement is not the one of this sheet at this index.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_log_checkpoint() returns trigger
language plpgsql volatile as $$
begin
    if new.size > (select log_head.size from lab.log_head) or new.root <> lab.log_range(0, new.size) then
        perform lab.refuse(9, 'CHECKPOINT_DIFFERS', 'The checkpoint is not one of this log.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_log_key() returns trigger
language plpgsql volatile as $$
begin
    if old.last_idx is not null or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'last_idx') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A key of the log stays what it is; it retires once.');
    end if;
    return new;
end
$$;

call lab.put_guard('{log_leaf,log_node,log_checkpoint,sheet_statement,code,code_registry}',
                   'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{log_head,log_request,log_key}', 'before delete or truncate', 'guard_no_delete');
call lab.put_guard('{log_head,log_request,log_key}', 'before update');
call lab.put_guard('{log_leaf,sheet_statement,log_checkpoint}', 'before insert');

reset role;
