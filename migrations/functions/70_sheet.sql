-- SPDX-License-Identifier: Apache-2.0
-- The work of drawing and sealing a released sheet. Its release: 73_sheet_release.sql.
set role touchstone_owner;

-- The oldest sheet whose statement a checkpoint covers and that nobody is drawing: the taker has it for the lease. Any number of daemons
-- may ask at once. A lease further ahead than any is long was given before the clock was set back.
drop function if exists api.sheet_work_take(integer);
create or replace function api.sheet_work_take(lease_seconds integer)
    returns table (sheet_no text, revision integer, record_bytes bytea, photo bytea, attempts integer, cose bytea, proof text, seal bytea,
                   cma bytea, cnas bytea)
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
                        stated.cose, lab.log_proof(stated.idx, promised), lab.seal_picture(sheet.record),
                        lab.mark_picture(sheet.record, 'cma'), lab.mark_picture(sheet.record, 'cnas')
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
