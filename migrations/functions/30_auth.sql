-- SPDX-License-Identifier: Apache-2.0
-- Who may: sessions, roles, idempotency keys, log-in and its throttle.
set role touchstone_owner;

-- {"JEW": ["reception", "technician"]}
create or replace function lab.staff_roles(of_staff uuid) returns jsonb
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
    return (select coalesce(jsonb_object_agg(laboratory, roles), '{}') from (
            select staff_role.laboratory, jsonb_agg(staff_role.role order by staff_role.role) as roles
            from lab.staff_role where staff_role.staff_id = of_staff and staff_role.held
            group by staff_role.laboratory) as held);
end
$$;

-- The first thing of every call: the session stands and its person holds one of the method's roles in some
-- laboratory (the business function then checks the object's own laboratory). Raises TS016 SESSION_INVALID for
-- whatever is wrong with the session, TS007 ROLE_REQUIRED for roles. Sets what the history will say.
create or replace function lab.auth_require(token_hash bytea, method text, roles text[]) returns lab.actor
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    known record;
    who lab.actor;
begin
    select session.session_id, session.staff_id, session.desk, session.idle_expires_at, staff.username,
           this_moment + policy.session_idle - policy.session_slide as slide_before into known
    from lab.session join lab.staff using (staff_id) cross join lab.policy
    where session.token_hash = auth_require.token_hash and staff.enabled and session.revoked_at is null
    and session.idle_expires_at > this_moment and session.expires_at > this_moment
    and session.created_at <= this_moment + interval '1 hour';
    if not found then
        perform lab.refuse(16, 'SESSION_INVALID', 'Your session has ended. Log in again.');
    end if;
    who := row (known.staff_id, known.username, known.desk, method, roles, lab.staff_roles(known.staff_id),
                known.session_id);
    perform lab.act_as(jsonb_build_object('actor', who.username, 'staff_id', who.staff_id, 'desk', who.desk,
                                          'session_id', who.session_id, 'method', method));
    if not exists (select from jsonb_each(who.roles) as held where held.value ?| roles) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'Your roles do not allow this.');
    end if;
    if known.idle_expires_at < known.slide_before then
        perform lab.session_slide(token_hash, this_moment);
    end if;
    return who;
end
$$;

-- What the history will say of this transaction.
create or replace function lab.act_as(who jsonb) returns void
language plpgsql volatile as $$
begin
    perform set_config('touchstone.who', who::text, true), set_config('touchstone.laboratory', '', true),
            set_config('touchstone.reason', '', true), set_config('touchstone.request_id', '', true);
end
$$;

-- Moves the idle expiry; another call that is just doing the same is not waited for. Called at most once a minute, so
-- that reads stay reads.
create or replace function lab.session_slide(token_hash bytea, this_moment timestamptz) returns void
language plpgsql volatile as $$
declare
    moved timestamptz := this_moment + (select policy.session_idle from lab.policy);
begin
    update lab.session set idle_expires_at = least(moved, session.expires_at)
    where session.token_hash in (select locked.token_hash from lab.session as locked
                                 where locked.token_hash = session_slide.token_hash for update skip locked)
    and session.idle_expires_at < least(moved, session.expires_at);
end
$$;

-- The first thing of every write: takes the key (others with the same key wait for this act to end), and answers what
-- was kept for it, whoever asks again. TS003 REQUEST_ID_REUSED when the key carried another request, TS007 when the
-- caller does not hold the roles there. Calls without a key (Logout) are not kept.
create or replace function lab.replay_begin(who lab.actor, method text, request_id text, request_hash bytea)
    returns lab.kept
language plpgsql volatile as $$
declare
    before lab.replay;
begin
    if coalesce(request_id, '') = '' then
        return null;
    end if;
    perform set_config('touchstone.request_id', request_id, true);
    if method in ('SheetService.ReleaseSheet', 'SheetService.ReleaseSheets', 'SheetService.ConfirmWithdrawal') then -- the daemon comes with it only after the password fitted
        perform lab.password_fitted(who);
    end if;
    -- A UUID is the same in capitals (RFC 9562, 4): it is one key.
    perform pg_advisory_xact_lock(hashtextextended(method || '/' || lower(request_id), 0));
    select * into before from lab.replay
    where replay.method = replay_begin.method and replay.request_id = lower(replay_begin.request_id);
    if not found then
        return null;
    end if;
    -- Without a laboratory it was an act about the caller alone (ChangePassword): nobody else's.
    -- Nor is a reading: who guesses another's would be told that it was guessed.
    if before.request_hash <> request_hash or before.staff_id <> who.staff_id
       and (before.laboratory = '' or method = 'BenchService.EnterReading') then
        perform lab.refuse(3, 'REQUEST_ID_REUSED', 'This request_id was used for another request. Make a new one.',
                           'request_id');
    end if;
    if before.laboratory <> '' and not lab.may(who, before.laboratory) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'Your roles in this laboratory do not allow this.');
    end if;
    if method = 'DeskService.RecordPrints' and before.answer is not null then
        before.answer := lab.prints_told_again(before.answer);
    end if;
    return row (before.answer, before.refusal)::lab.kept;
end
$$;

-- Keeps the answer or the refusal with the key, in the act's own transaction. An answer with personal data is not
-- kept (RevealPerson, GetJournalKeys): its repetition is acted again, and logged again. Of a print all is kept but the paper, which
-- is made and logged again (lab.prints_told_again). A password that did not fit is no answer of the
-- act: the same key may be tried with another.
create or replace function lab.replay_keep(who lab.actor, method text, request_id text, request_hash bytea,
                                           answer json, refusal jsonb) returns void
language plpgsql volatile as $$
begin
    if coalesce(request_id, '') = '' or (refusal ->> 'status')::integer = 16
       -- who asks is not what is asked: a journal is replayed with the same key by somebody who may
       or method = 'DeskService.RegisterIntake'
          and ((refusal ->> 'status')::integer = 7 or refusal ->> 'reason' = 'DESK_REQUIRED') then
        return;
    end if;
    insert into lab.replay (method, request_id, staff_id, request_hash, laboratory, answer, refusal, at)
    values (method, lower(request_id), who.staff_id, request_hash,
            coalesce(current_setting('touchstone.laboratory', true), ''),
            case when method = 'DeskService.RecordPrints' then (answer::jsonb - 'paper')::json
                 when method not in ('DeskService.RevealPerson', 'DeskService.GetJournalKeys') then answer end, refusal, lab.ts_now())
    on conflict on constraint replay_pkey do nothing;
end
$$;

-- A slot for the next attempt under this key: attempts beyond the free ones are spaced out, whether they come one after
-- another or all at once. Answers how long to wait. No wait is ever kept that is longer than a minute: one that stands
-- further ahead is from before the clock was set back, and locks nobody out.
create or replace function lab.throttle_take(throttle_key text, free integer, longest interval, this_moment timestamptz)
    returns interval
language plpgsql volatile as $$
declare
    slot lab.login_throttle;
    spacing interval;
begin
    insert into lab.login_throttle as known (key, failures, last_at, next_at)
    values (throttle_key, 1, this_moment, this_moment)
    on conflict (key) do update
        set failures = case when known.last_at < this_moment - interval '15 minutes' then 1
                            else least(known.failures + 1, 1000) end,
            last_at = this_moment
    returning * into slot;
    if slot.failures <= free then
        return '0';
    end if;
    spacing := least(interval '250 milliseconds' * 2 ^ least(slot.failures - free - 1, 10), longest);
    if slot.next_at > this_moment + interval '1 minute' then
        slot.next_at := this_moment;
    end if;
    slot.next_at := greatest(slot.next_at, this_moment) + spacing;
    update lab.login_throttle set next_at = least(slot.next_at, this_moment + interval '1 minute')
    where key = throttle_key;
    return slot.next_at - this_moment;
end
$$;

-- A hash that nothing matches, of the same cost as a real one: unknown and disabled persons take the same time.
create or replace function lab.decoy_hash() returns text
language plpgsql stable as $$
begin
    return coalesce((select substring(staff.password_hash from '^\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$')
                     from lab.staff order by staff.staff_id desc limit 1), '$argon2id$v=19$m=19456,t=2,p=1$')
           || 'dG91Y2hzdG9uZS1kZWNveQ$pYSJ9qBk6sPZVnTQ2mX0cR7uW4hL1eGdF8yAoNtKxJc';
end
$$;

-- Before a password is checked. A person who has logged in from this address before is not slowed by others' attempts
-- elsewhere; only their own pair counts. An attempt that would wait longer than ten seconds is refused.
create or replace function api.staff_login_begin(username text, address text)
    returns table (staff_id uuid, password_hash text, password_version integer, wait_ms integer)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    host text := lab.address_host(address);
    pause interval;
    person lab.staff;
begin
    pause := lab.throttle_take('pair ' || username || ' ' || host, 3, '5 seconds', this_moment);
    if not exists (select from lab.login_known as known
                   where known.username = staff_login_begin.username and known.address = host) then
        pause := greatest(pause, lab.throttle_take('user ' || username, 10, '5 seconds', this_moment),
                          lab.throttle_take('from ' || host, 60, '1 second', this_moment));
    end if;
    if pause > interval '10 seconds' then
        perform lab.refuse(8, 'LOGIN_THROTTLED', 'Too many attempts. Wait a minute, then try again.', '',
                           jsonb_build_object('retry_after_s', ceil(extract(epoch from pause))::text));
    end if;
    select * into person from lab.staff where staff.username = staff_login_begin.username and staff.enabled;
    return query select person.staff_id, coalesce(person.password_hash, lab.decoy_hash()), person.password_version,
                        (extract(epoch from pause) * 1000)::integer;
end
$$;

-- "192.0.2.1:5123" -> "192.0.2.1"; what has no port stays.
create or replace function lab.address_host(address text) returns text
language plpgsql immutable as $$
begin
    return left(regexp_replace(coalesce(address, ''), '^(\[[^]]*\]|[^:]*):\d+$', '\1'), 100);
end
$$;

-- After the password was checked: opens the session, or answers null. The version ties the check to the password that
-- was checked.
create or replace function api.staff_login_finish(staff_id uuid, password_version integer, ok boolean, token_hash bytea,
                                                  desk text, address text) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    host text := lab.address_host(address);
    rule lab.policy;
    person lab.staff;
    opened lab.session;
begin
    select * into person from lab.staff where staff.staff_id = staff_login_finish.staff_id and staff.enabled
    and staff.password_version = staff_login_finish.password_version;
    if not coalesce(ok, false) or person.staff_id is null then
        return null;
    end if;
    if coalesce(desk, '') <> '' and not exists (select from lab.desk as known where known.desk = staff_login_finish.desk) then
        perform lab.refuse_field('desk', 'is not a desk of this institute');
    end if;
    select * into rule from lab.policy;
    perform lab.act_as(jsonb_build_object('actor', person.username, 'staff_id', person.staff_id,
                                          'desk', coalesce(desk, ''), 'method', 'StaffService.Login'));
    insert into lab.session (token_hash, staff_id, desk, address, created_at, idle_expires_at, expires_at)
    values (token_hash, person.staff_id, nullif(desk, ''), host, this_moment,
            this_moment + least(rule.session_idle, rule.session_absolute), this_moment + rule.session_absolute)
    returning * into opened;
    delete from lab.login_throttle where key = 'pair ' || person.username || ' ' || host;
    update lab.login_throttle set failures = greatest(failures - 1, 0) -- this attempt was none
    where key in ('user ' || person.username, 'from ' || host);
    insert into lab.login_known (username, address, last_at) values (person.username, host, this_moment)
    on conflict on constraint login_known_pkey do update set last_at = this_moment;
    return json_build_object('idle_expires_at', opened.idle_expires_at, 'expires_at', opened.expires_at,
                              'staff', lab.staff_view(person.staff_id));
end
$$;

-- The caller's own password hash, for ChangePassword and the second signature of ReleaseSheet. An open session is no
-- place to guess it: attempts beyond twenty are spaced out until one fits (lab.password_fitted).
create or replace function api.staff_password_context(token_hash bytea)
    returns table (password_hash text, password_version integer, wait_ms integer)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'StaffService.ChangePassword',
                                      '{reception,technician,reviewer,signatory,manager,quality,auditor,administrator}');
    pause interval := lab.throttle_take('own ' || who.username, 20, '5 seconds', lab.ts_now());
begin
    if pause > interval '10 seconds' then
        perform lab.refuse(8, 'PASSWORD_THROTTLED', 'Too many wrong passwords. Wait a minute, then try again.', '',
                           jsonb_build_object('retry_after_s', ceil(extract(epoch from pause))::text));
    end if;
    return query select staff.password_hash, staff.password_version, (extract(epoch from pause) * 1000)::integer
                 from lab.staff where staff.staff_id = who.staff_id;
end
$$;

create or replace function lab.password_fitted(who lab.actor) returns void
language plpgsql volatile as $$
begin
    delete from lab.login_throttle where key = 'own ' || who.username;
end
$$;

reset role;
