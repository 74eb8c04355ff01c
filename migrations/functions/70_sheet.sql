-- SPDX-License-Identifier: Apache-2.0
-- The result sheet: what may be released, the frozen record, its number, and the work of drawing and sealing it.
set role touchstone_owner;

create or replace function lab.sheet_view(of_sheet text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'sheet_no', sheet.sheet_no, 'revision', sheet.revision, 'item_code', sheet.item_code,
            'laboratory', sheet.laboratory, 'state', sheet.state, 'specimen', sheet.specimen,
            'signatory', lab.username_of(sheet.signatory), 'meaning', sheet.meaning, 'released_at', sheet.released_at,
            'record_sha256', encode(sheet.record_sha256, 'hex'), 'pdf_bytes', file.pdf_bytes,
            'pdf_sha256', encode(file.sha256, 'hex'))
        from lab.sheet left join lab.sheet_file as file using (sheet_no, revision)
        where sheet.sheet_no = of_sheet order by sheet.revision desc limit 1);
end
$$;

create or replace function lab.sheet_list_releasable_items(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    after_at timestamptz := coalesce(lab.page_key_at(keys[1]), '-infinity');
    after_code text := coalesce(keys[2], '');
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(json_build_object(
               'item_code', page.item_code, 'laboratory', page.laboratory, 'name', page.name, 'version', page.version,
               'received_at', page.received_at, -- for the page token only: no field of the message
               'tests', (select coalesce(json_agg(one), '[]')
                         from lab.test_rows(array(select test.test_id from lab.test
                                                  where test.item_code = page.item_code
                                                  order by test.method_id, test.parameter_id), 'bench') as one))
               order by page.received_at, page.item_code)
    into found
    from (select * from lab.item where item.laboratory = here and item.state = 'reviewed'
          and (item.received_at, item.item_code) > (after_at, after_code)
          order by item.received_at, item.item_code limit size + 1) as page;
    return lab.page_answer(who, 'items', found, size, 'received_at', 'item_code');
end
$$;

-- Rows are locked in one order by every act: tests (of several, by their ids), then their item. Late changes, retests and
-- approvals begin with a test; this begins with all of them.
create or replace function lab.item_taken_with_tests(who lab.actor, request jsonb) returns lab.item
language plpgsql volatile as $$
begin
    perform from lab.test where test.item_code = request ->> 'item_code' order by test.test_id for no key update;
    return lab.item_taken(who, request);
end
$$;

-- The second signature: the daemon has checked the password and says of which version; everything else is checked here
-- and by guard_sheet. The record is frozen, numbered and handed to be drawn, all in this one act.
create or replace function lab.sheet_release_sheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    taken lab.item := lab.item_taken_with_tests(who, request);
    meaning text := btrim(coalesce(request ->> 'meaning', ''));
    number text;
    record jsonb;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    if meaning = '' then
        perform lab.refuse_field('meaning', 'is required');
    end if;
    if (request -> 'daemon' ->> 'password_version')::integer is distinct from
       (select staff.password_version from lab.staff where staff.staff_id = who.staff_id) then
        perform lab.refuse(16, 'PASSWORD_CHANGED', 'Your password was changed meanwhile. Sign again.', 'password');
    end if;
    if taken.state <> 'reviewed' then
        perform lab.refuse(9, case taken.state when 'released' then 'SHEET_ISSUED' else 'ITEM_NOT_REVIEWED' end,
                           case taken.state when 'released' then 'The sheet of this item is issued.'
                                else 'Not every test of this item is approved.' end);
    end if;
    number := lab.number_next('sheet', taken.laboratory, this_moment);
    record := lab.record_build(taken, number, who, meaning, this_moment);
    perform lab.set_reason(meaning);
    insert into lab.sheet (sheet_no, item_code, laboratory, specimen, signatory, meaning, released_at, record, record_bytes)
    values (number, taken.item_code, taken.laboratory, (record ->> 'specimen')::boolean, who.staff_id, meaning,
            this_moment, record, convert_to(lab.canonical(record), 'UTF8'));
    update lab.test set state = 'released' where test.item_code = taken.item_code and test.state = 'approved';
    update lab.item set state = 'released', sheet_no = number where item.item_code = taken.item_code;
    insert into lab.sheet_work (sheet_no, revision) values (number, 0);
    return json_build_object('sheet', lab.sheet_view(number));
end
$$;

create or replace function lab.sheet_get_sheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := (select sheet.laboratory from lab.sheet where sheet.sheet_no = request ->> 'sheet_no' limit 1);
begin
    perform lab.require_seen(who, here, 'sheet');
    return json_build_object('sheet', lab.sheet_view(request ->> 'sheet_no'));
end
$$;

-- The sheet, and its document once it is sealed (blob is null while it is being drawn). Both in one statement: the
-- sealing must not come between them.
create or replace function lab.sheet_download_sheet(who lab.actor, request jsonb, out answer json, out blob bytea)
language plpgsql volatile as $$
begin
    perform lab.sheet_get_sheet(who, request);
    select json_build_object('sheet', lab.sheet_view(newest.sheet_no)), file.pdf into answer, blob
    from (select sheet_no, revision from lab.sheet where sheet_no = request ->> 'sheet_no'
          order by revision desc limit 1) as newest left join lab.sheet_file as file using (sheet_no, revision);
end
$$;

-- ---------------------------------------------------------------- drawing and sealing

-- The oldest sheet whose statement a checkpoint covers and that nobody is drawing: the taker has it for the lease. Any number of daemons
-- may ask at once. A lease further ahead than any is long was given before the clock was set back.
drop function if exists api.sheet_work_take(integer);
create or replace function api.sheet_work_take(lease_seconds integer)
    returns table (sheet_no text, revision integer, record_bytes bytea, photo bytea, attempts integer, cose bytea, proof text)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    promised lab.log_checkpoint;
    taken lab.sheet_work;
    stated lab.sheet_statement;
begin
    select * into promised from lab.log_checkpoint order by size desc limit 1;
    select work.* into taken from lab.sheet_work as work
    left join lab.log_request as request on request.sheet_no = work.sheet_no and request.revision = work.revision
    where not work.done and (work.leased_until is null or work.leased_until <= this_moment
                             or work.leased_until > this_moment + interval '1 hour')
    and (request.request_no is null or request.idx < promised.size) -- without one: of before there was a log
    order by work.attempts, work.sheet_no, work.revision limit 1 for update of work skip locked;
    if not found then
        return;
    end if;
    update lab.sheet_work as work
    set leased_until = this_moment + make_interval(secs => greatest(least(lease_seconds, 3600), 1)),
        attempts = work.attempts + 1
    where work.sheet_no = taken.sheet_no and work.revision = taken.revision;
    select * into stated from lab.sheet_statement as made
    where made.sheet_no = taken.sheet_no and made.revision = taken.revision;
    return query select sheet.sheet_no, sheet.revision, sheet.record_bytes, item_photo.photo, taken.attempts + 1,
                        stated.cose, lab.log_proof(stated.idx, promised)
                 from lab.sheet left join lab.item_photo on item_photo.item_code = sheet.item_code
                 where sheet.sheet_no = taken.sheet_no and sheet.revision = taken.revision;
end
$$;

-- Stores the sealed document. The first one counts: a second for the same sheet and revision changes nothing and is
-- answered as done, so that a taker whose acknowledgement was lost may simply repeat.
create or replace function api.sheet_work_done(sheet_no text, revision integer, pdf bytea, sha256 bytea) returns boolean
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    work lab.sheet_work;
begin
    select * into work from lab.sheet_work as one
    where one.sheet_no = sheet_work_done.sheet_no and one.revision = sheet_work_done.revision for update;
    if not found then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such sheet.');
    end if;
    if work.done then
        return false;
    end if;
    if sha256 is distinct from pg_catalog.sha256(pdf) then
        perform lab.refuse(15, 'SHEET_DAMAGED', 'The document does not have the hash it came with.');
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "sheet_work_done"}');
    insert into lab.sheet_file (sheet_no, revision, pdf, sha256, at) values (work.sheet_no, work.revision, pdf, sha256,
                                                                           lab.ts_now());
    update lab.sheet set state = 'sealed' where sheet.sheet_no = work.sheet_no and sheet.revision = work.revision;
    update lab.sheet_work as one set done = true, leased_until = null, last_error = ''
    where one.sheet_no = work.sheet_no and one.revision = work.revision;
    return true;
end
$$;

-- Gives the sheet back, to be tried again after a pause that grows with the attempts (5 s to 5 min).
create or replace function api.sheet_work_failed(sheet_no text, revision integer, error text) returns void
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    update lab.sheet_work as work
    set leased_until = lab.ts_now() + least(interval '5 seconds' * 2 ^ least(work.attempts, 10), interval '5 minutes'),
        last_error = left(coalesce(error, ''), 200)
    where work.sheet_no = sheet_work_failed.sheet_no and work.revision = sheet_work_failed.revision and not work.done;
end
$$;

-- How many sheets are frozen and not yet sealed, and since when the oldest waits in seconds (0 when none does).
create or replace function api.sheet_work_waiting() returns table (waiting bigint, oldest_seconds bigint)
language sql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
    select count(*), coalesce(extract(epoch from lab.ts_now() - min(sheet.released_at))::bigint, 0)
    from lab.sheet_work as work join lab.sheet using (sheet_no, revision) where not work.done
$$;

reset role;
