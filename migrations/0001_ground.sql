-- SPDX-License-Identifier: Apache-2.0
-- The ground everything stands on: two roles, two schemas, the clock, the exact decimal, the history.
--
-- touchstone_owner owns every object and cannot log in by default; touchstone_daemon is the daemon's log-in and
-- may do one thing only: execute the functions of schema api. Run by a superuser, or by a member of
-- touchstone_owner once both roles exist. Every migration takes the owner's role at its beginning and gives it
-- back at its end, so that the runner's own bookkeeping stays the runner's.
do $roles$
begin
    if not exists (select from pg_roles where rolname = 'touchstone_owner') then
        create role touchstone_owner nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'touchstone_daemon') then
        create role touchstone_daemon login;
    end if;
exception when duplicate_object or unique_violation then
    null; -- another database of the same cluster was migrated at this moment
end
$roles$;

create schema if not exists lab authorization touchstone_owner;
create schema if not exists api authorization touchstone_owner;

set role touchstone_owner;

revoke all on schema lab, api from public;
alter default privileges revoke execute on functions from public;
grant usage on schema api to touchstone_daemon;

create table lab.schema_version (
    only_row boolean primary key default true check (only_row),
    version integer not null
);
insert into lab.schema_version (version) values (1);

-- Tunable figures, one row. Changing it is the operator's act and needs no restart.
create table lab.policy (
    only_row boolean primary key default true check (only_row),
    session_idle interval not null default '60 minutes',
    session_absolute interval not null default '12 hours',
    session_slide interval not null default '1 minute',
    replay_kept interval not null default '30 days',
    -- Tests may turn the clock (touchstone.test_now). Never true in operation.
    test_clock boolean not null default false
);
insert into lab.policy default values;

-- The clock of every act. clock_timestamp and not now(): order matters within a transaction too.
create function lab.ts_now() returns timestamptz
language plpgsql volatile set search_path = lab, pg_catalog, pg_temp as $$
declare
    turned text := current_setting('touchstone.test_now', true);
begin
    if turned <> '' and (select policy.test_clock from lab.policy) then
        return turned::timestamptz;
    end if;
    return clock_timestamp();
end
$$;

-- RFC 9562 version 7: time-ordered, so that new rows land on the same index pages.
create function lab.new_id() returns uuid
language sql volatile set search_path = pg_catalog, pg_temp as $$
    select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
            || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid
$$;

-- An exact decimal as somebody typed it: every digit kept, at most 40 of them, never a float.
create domain lab.decimal_text as text collate "C"
    check (value ~ '^[+-]?[0-9]+(\.[0-9]+)?$' and length(translate(value, '+-.', '')) <= 40);

-- Item codes: eight characters and a check character over 31 signs without I, L, O, S, Z. The weights 2..9 and 1
-- are distinct and not zero modulo the prime 31, and so are the differences of neighbours' weights: any single
-- wrong character and any swap of two neighbours leaves a remainder.
create function lab.item_code_valid(code text) returns boolean
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
declare
    signs constant text := '0123456789ABCDEFGHJKMNPQRTUVWXY';
    total integer := 0;
    at integer;
begin
    if length(code) <> 9 then
        return false;
    end if;
    for place in 1..9 loop
        at := strpos(signs, substr(code, place, 1));
        if at = 0 then
            return false;
        end if;
        total := total + (case when place = 9 then 1 else place + 1 end) * (at - 1);
    end loop;
    return total % 31 = 0;
end
$$;

create domain lab.item_code as text collate "C" check (lab.item_code_valid(value));

create sequence lab.item_code_seq maxvalue 852891037440;

-- Who acts: made by lab.auth_require, handed to every business function.
create type lab.actor as (
    staff_id uuid,
    username text,
    desk text,
    method text,
    allowed text[], -- the method's roles
    roles jsonb, -- {"JEW": ["reception"]}
    session_id uuid
);

-- What was kept for an idempotency key: one of the two, or neither when the act is new.
create type lab.kept as (answer jsonb, refusal jsonb);

-- Every change of every business row: append-only, written by lab.history_keep alone.
create table lab.history (
    entry_id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null, -- a log-in, or "database:ROLE" for a change behind the daemon's back
    staff_id uuid,
    session_id uuid,
    desk text not null,
    laboratory text not null, -- '' when the row belongs to none
    object_type text not null,
    object_id text not null,
    operation text not null check (operation in ('insert', 'update', 'reveal')),
    old_values jsonb,
    new_values jsonb,
    reason text not null,
    method text not null,
    request_id text not null
);
create index history_object on lab.history (object_type, object_id, entry_id);
create index history_laboratory on lab.history (laboratory, entry_id);
create index history_at on lab.history using brin (at);

-- Old and new names and phones, apart from the technical history, so that one can be purged while the other stays.
create table lab.person_history (
    entry_id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    person_id uuid not null,
    old_values jsonb,
    new_values jsonb
);
create index person_history_person on lab.person_history (person_id, entry_id);

reset role;
