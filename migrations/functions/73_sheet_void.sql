-- SPDX-License-Identifier: Apache-2.0
-- Released sheets that cannot be entered in the log, and their way out: they are withdrawn, by two persons with a reason, as
-- any other sheet, and so become void. The number is kept and explained, nothing is ever issued under it.
set role touchstone_owner;

-- Its statement was refused, or it is dated by a clock that was ahead; see lab.log_waits.
create or replace function lab.log_is_stuck(request lab.log_request, this_moment timestamptz) returns boolean
language plpgsql stable as $$
begin
    return request.sheet_no is not null and request.idx is null and request.void_at is null
        and (request.parked_at is not null
             or exists (select from lab.sheet where sheet.sheet_no = request.sheet_no and sheet.revision = request.revision
                        and sheet.released_at > this_moment + interval '5 minutes'));
end
$$;

create or replace function lab.sheet_is_stuck(of_sheet text, of_revision integer) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.log_request as request where request.sheet_no = of_sheet and request.revision = of_revision
                   and lab.log_is_stuck(request, lab.ts_now()));
end
$$;

create or replace function lab.sheet_is_void(of_sheet text, of_revision integer) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.log_request as request where request.sheet_no = of_sheet and request.revision = of_revision
                   and request.void_at is not null);
end
$$;

-- The daemon that keeps the log may be entering it now: whoever has the request first decides.
create or replace function lab.sheet_make_void(of_sheet text, of_revision integer) returns void
language plpgsql volatile as $$
begin
    update lab.log_request as request set void_at = lab.ts_now()
    where request.sheet_no = of_sheet and request.revision = of_revision and request.idx is null;
    if not found then
        perform lab.refuse(9, 'SHEET_NOT_READY', 'This sheet is entered in the log now, and will be drawn and sealed. Try again in '
                           'a moment.');
    end if;
    update lab.sheet_work as work set done = true, last_error = 'void'
    where work.sheet_no = of_sheet and work.revision = of_revision;
end
$$;

create or replace function lab.refuse_void(of_sheet text) returns void
language plpgsql volatile as $$
begin
    perform lab.refuse(9, 'SHEET_VOID', (
        select format('This number is void since %s: it was released and never issued. %s', lab.local_date(gone.decided_at),
                      gone.reason_en)
        from lab.sheet_withdrawal as gone where gone.sheet_no = of_sheet and gone.state = 'confirmed'));
end
$$;

reset role;
