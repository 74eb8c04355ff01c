-- SPDX-License-Identifier: Apache-2.0
-- The daemon's side of what the hook program tells: first sheets (73_sheet_deliver.sql), then news that are of no sheet. A
-- code is in the books only as long as it waits to be told.
set role touchstone_owner;

create or replace function api.news_take(lease_seconds integer)
    returns table (delivery_id uuid, channel text, address text, kind text, sheet_no text, reference text, code text,
                  at text)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    taken lab.notice;
begin
    return query select sheet.delivery_id, sheet.channel, sheet.address, sheet.kind, sheet.sheet_no, ''::text, ''::text, ''::text
                 from api.delivery_take(lease_seconds) as sheet;
    if found then
        return;
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "news_take"}');
    update lab.notice as one set state = 'overtaken', changed_at = this_moment, leased_until = null
    where one.state = 'waiting' and one.about_at is not null and (one.leased_until is null or one.leased_until <= this_moment)
    and lab.is_notice_overtaken(one, this_moment);
    select * into taken from lab.notice as one where one.state = 'waiting' and one.next_at <= this_moment
    and (one.leased_until is null or one.leased_until <= this_moment or one.leased_until > this_moment + interval '1 hour')
    order by one.next_at limit 1 for update skip locked;
    if not found then
        return;
    end if;
    update lab.notice as one
    set leased_until = this_moment + make_interval(secs => greatest(least(lease_seconds, 3600), 1)), attempts = one.attempts + 1
    where one.notice_id = taken.notice_id;
    return query select taken.notice_id, taken.channel, case taken.address when '' then person.phone else taken.address end,
                        taken.kind, ''::text, taken.reference, taken.secret,
                        coalesce(to_char(lab.local_time(taken.about_at), 'YYYY-MM-DD HH24:MI'), '')
                 from lab.person where person.person_id = lab.person_now(taken.person_id);
end
$$;

-- As api.delivery_done, of either.
create or replace function api.news_done(delivery_id uuid, outcome text, error text) returns boolean
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    told text := lab.hook_words(error);
    again_at timestamptz;
    taken lab.notice;
begin
    select * into taken from lab.notice as one where one.notice_id = news_done.delivery_id for update;
    if taken.notice_id is null then
        return api.delivery_done(delivery_id, outcome, error);
    elsif taken.state <> 'waiting' then
        return false;
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "news_done"}');
    again_at := lab.hook_again_at(outcome, taken.attempts, this_moment);
    if again_at is not null then
        update lab.notice as one set leased_until = null, last_error = told, next_at = again_at
        where one.notice_id = taken.notice_id;
    else
        update lab.notice as one set state = case outcome when 'sent' then 'sent' else 'failed' end, secret = '',
            leased_until = null, changed_at = this_moment, last_error = case outcome when 'sent' then '' else told end
        where one.notice_id = taken.notice_id;
    end if;
    return true;
end
$$;

reset role;
