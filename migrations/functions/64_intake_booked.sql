-- SPDX-License-Identifier: Apache-2.0
-- An intake is booked once, whenever and from wherever it comes again: by the id it came with, by the ids of the journal entries in
-- whose place it goes, and by its reserved codes with the same content (docs/offline.md). lab.replay forgets; this does not.
set role touchstone_owner;

-- Its own, then those of the entries that it goes in the place of.
create or replace function lab.intake_ids(request jsonb) returns text[]
language plpgsql stable as $$
begin
    return array(select distinct lower(id) from (
        select request ->> 'request_id' as id
        union all select jsonb_array_elements_text(coalesce(nullif(request -> 'replaces_request_ids', 'null'), '[]'))) as every
        where coalesce(id, '') <> '');
end
$$;

-- What was taken in, apart from how it came here: a person sends the same again under another id, without a time that is too old.
create or replace function lab.intake_content(request jsonb, blobs bytea[]) returns bytea
language plpgsql stable as $$
begin
    return sha256(convert_to((request - '{request_id,replaces_request_ids,taken_offline_ms,from_lease_id}'::text[])::text, 'UTF8')
                  || coalesce((select string_agg(sha256(blob), '' order by place)
                               from unnest(blobs) with ordinality as sent (blob, place)), ''));
end
$$;

-- Whoever comes with the same id waits for this act. An id is named only by entries that are newer than it: nobody waits in a ring.
create or replace function lab.intake_id_lock(id text) returns void
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('DeskService.RegisterIntake/' || id, 0));
end
$$;

-- The paper of the same reserved codes and content, whatever id it was booked under; waits for who books them now.
create or replace function lab.intake_booked_by_codes(request jsonb, content bytea) returns lab.intake_booked
language plpgsql volatile as $$
declare
    before lab.intake_booked;
    codes text[] := array(select item ->> 'reserved_item_code' from jsonb_array_elements(request -> 'items') as item
                          where coalesce(item ->> 'reserved_item_code', '') <> '');
begin
    perform from lab.reserved_code as known where known.item_code = any (codes) order by known.item_code for no key update;
    select kept.* into before from lab.reserved_code as known join lab.intake_booked as kept on kept.receipt_no = known.receipt_no
    where known.item_code = any (codes) and kept.content_sha256 = content limit 1;
    return before;
end
$$;

-- The receipt of this intake, if it is booked: the same again is answered with it, and what was changed since is refused with its
-- number, under old codes and under new ones.
create or replace function lab.intake_receipt_before(request jsonb, content bytea) returns text
language plpgsql volatile as $$
declare
    ids text[] := lab.intake_ids(request);
    before lab.intake_booked;
begin
    perform lab.intake_id_lock(id) from unnest(ids) as id;
    select * into before from lab.intake_booked as kept where kept.request_id = any (ids) limit 1;
    if before.receipt_no is null then
        before := lab.intake_booked_by_codes(request, content);
    end if;
    if before.receipt_no is null then
        return null;
    elsif (select receipt.laboratory from lab.receipt where receipt.receipt_no = before.receipt_no)
          is distinct from request ->> 'laboratory' then
        perform lab.refuse(3, 'REQUEST_ID_REUSED', 'This request_id was used for another request. Make a new one.', 'request_id');
    elsif before.content_sha256 is distinct from content then
        perform lab.refuse(9, 'ALREADY_BOOKED', format('This intake is booked: receipt %s. What was changed since is not in it: correct '
                           'it there (item correct, person correct).', before.receipt_no), '',
                           jsonb_build_object('receipt_no', before.receipt_no));
    end if;
    perform lab.intake_keep(request, content, before.receipt_no);
    return before.receipt_no;
end
$$;

-- All ids that it comes with are of this receipt from now on.
create or replace function lab.intake_keep(request jsonb, content bytea, number text) returns void
language plpgsql volatile as $$
begin
    insert into lab.intake_booked (request_id, receipt_no, content_sha256)
    select id, number, content from unnest(lab.intake_ids(request)) as id on conflict do nothing;
end
$$;

-- ---------------------------------------------------------------- the guards

-- An id is of what was booked or of what a person set aside, never of both.
create or replace function lab.guard_intake_booked() returns trigger
language plpgsql volatile as $$
begin
    perform lab.intake_id_lock(new.request_id);
    perform lab.intake_not_set_aside(jsonb_build_object('request_id', new.request_id));
    return new;
end
$$;

create or replace function lab.guard_intake_set_aside() returns trigger
language plpgsql volatile as $$
declare
    booked text;
begin
    perform lab.intake_id_lock(new.entry_request_id);
    booked := (select kept.receipt_no from lab.intake_booked as kept where kept.request_id = new.entry_request_id);
    if booked is not null then
        perform lab.refuse(9, 'ALREADY_BOOKED', format('This intake is booked: receipt %s. Replay the journal, then it knows.', booked), '',
                           jsonb_build_object('receipt_no', booked));
    end if;
    return new;
end
$$;

-- What uses reserved codes may come again from a journal: it is known by its id, or it is not booked.
create or replace function lab.guard_code_known() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if not exists (select from lab.intake_booked as kept where kept.receipt_no = new.receipt_no) then
        perform lab.refuse(9, 'CODE_FIXED', 'A reserved code is used by an intake whose request id is kept.');
    end if;
    return null;
end
$$;

call lab.put_guard('{intake_booked}', 'before insert');
call lab.put_guard('{intake_set_aside}', 'before insert');
call lab.put_guard('{intake_booked}', 'before update or delete or truncate', 'guard_append_only');
drop trigger if exists guard_code_known on lab.reserved_code;
create constraint trigger guard_code_known after update on lab.reserved_code deferrable initially deferred for each row
    when (new.receipt_no is not null) execute function lab.guard_code_known();
alter table lab.reserved_code enable always trigger guard_code_known;

reset role;
