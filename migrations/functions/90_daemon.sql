-- SPDX-License-Identifier: Apache-2.0
-- What the daemon asks for itself, and the rights: touchstone_daemon may execute the functions of schema api and
-- nothing else; nobody may execute those of lab but their owner.
set role touchstone_owner;

create or replace function api.health() returns table (schema_version integer, writable boolean)
language sql stable security definer set search_path = lab, pg_catalog, pg_temp as $$
    select (select found.version from lab.schema_version as found),
           not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'
$$;

-- Forgets what has served its time: keys, throttles; and reminds. To be called now and then by any daemon; answers the rows.
create or replace function api.housekeeping() returns integer
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    kept interval := (select policy.replay_kept from lab.policy);
    oldest_day date;
    gone integer;
    more integer;
begin
    insert into lab.housekeeping_day (day) values (this_moment::date)
    on conflict on constraint housekeeping_day_pkey do nothing;
    select seen.day into oldest_day from lab.housekeeping_day as seen
    order by seen.day desc offset ceil(extract(epoch from kept) / 86400) - 1 limit 1;
    delete from lab.housekeeping_day as seen where seen.day < oldest_day;
    delete from lab.replay where (replay.method, replay.request_id) in (
        select old.method, old.request_id from lab.replay as old
        where old.at < this_moment - kept and old.at < oldest_day limit 5000);
    get diagnostics gone = row_count;
    delete from lab.login_throttle where login_throttle.last_at < this_moment - interval '1 day';
    get diagnostics more = row_count;
    delete from lab.public_lock where public_lock.receipt_code in (
        select old.receipt_code from lab.public_lock as old where old.last_at < this_moment - interval '3 days' limit 20000);
    delete from lab.login_known where login_known.last_at < this_moment - interval '180 days';
    perform lab.reminders_begin();
    return gone + more;
end
$$;

revoke all on all tables in schema lab from public;
revoke all on all sequences in schema lab from public;
revoke all on all functions in schema lab from public;
revoke all on all functions in schema api from public;
grant usage on schema api to touchstone_daemon;
grant execute on all functions in schema api to touchstone_daemon;

reset role;
