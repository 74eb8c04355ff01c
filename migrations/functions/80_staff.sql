-- SPDX-License-Identifier: Apache-2.0
-- Staff: accounts, roles, qualifications, signatories, passwords, sessions. Nobody is ever deleted.
set role touchstone_owner;

-- As the message StaffMember has it.
create or replace function lab.staff_view(of_staff uuid) returns json
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
    return (select json_build_object(
            'username', staff.username, 'name', staff.name, 'enabled', staff.enabled,
            'roles', (select coalesce(json_agg(json_build_object('laboratory', held.key, 'roles', held.value)
                                                order by held.key), '[]')
                      from jsonb_each(lab.staff_roles(staff.staff_id)) as held),
            'qualifications', (select coalesce(json_agg(qualification.laboratory || '/' || qualification.method_id
                                                         order by qualification.laboratory, qualification.method_id), '[]')
                               from lab.qualification
                               where qualification.staff_id = staff.staff_id and qualification.held),
            'signatory_for', (select coalesce(json_agg(signatory.laboratory order by signatory.laboratory), '[]')
                              from lab.signatory where signatory.staff_id = staff.staff_id and signatory.held),
            'version', staff.version)
        from lab.staff where staff.staff_id = of_staff);
end
$$;

create or replace function lab.staff_answer(of_staff uuid) returns json
language plpgsql stable as $$
begin
    return json_build_object('staff', lab.staff_view(of_staff));
end
$$;

create or replace function lab.staff_logout(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    update lab.session set revoked_at = lab.ts_now() where session.session_id = who.session_id;
    return '{}';
end
$$;

create or replace function lab.staff_who_am_i(who lab.actor, request jsonb) returns json
language plpgsql stable as $$
begin
    return json_build_object('staff', lab.staff_view(who.staff_id), 'desk', who.desk,
               'expires_at', (select session.expires_at from lab.session where session.session_id = who.session_id),
               'time_zone', (select institute.time_zone from lab.institute));
end
$$;

-- Ends open sessions, but for one when it is given. Answers how many.
create or replace function lab.sessions_end(of_staff uuid, but_for uuid default null) returns integer
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    ended integer;
begin
    update lab.session set revoked_at = this_moment
    where session.staff_id = of_staff and session.revoked_at is null and session.expires_at > this_moment
    and session.session_id is distinct from but_for;
    get diagnostics ended = row_count;
    return ended;
end
$$;

-- A hash as the daemon made it; argon2id and nothing else is ever stored.
create or replace function lab.hash_of(request jsonb) returns text
language plpgsql volatile as $$
declare
    made text := coalesce(request -> 'daemon' ->> 'new_password_hash', request -> 'daemon' ->> 'password_hash');
begin
    if made is null or made !~ '^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$' then
        perform lab.refuse(13, 'PASSWORD_HASH_MISSING', 'The password was not hashed. Try again.');
    end if;
    return made;
end
$$;

create or replace function lab.staff_change_password(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    if (request -> 'daemon' ->> 'password_wrong')::boolean then
        perform lab.refuse(16, 'PASSWORD_WRONG', 'The password is wrong.');
    end if;
    perform lab.password_fitted(who);
    update lab.staff set password_hash = lab.hash_of(request), password_version = staff.password_version + 1
    where staff.staff_id = who.staff_id
    and staff.password_version = (request -> 'daemon' ->> 'password_version')::integer;
    if not found then
        perform lab.refuse(10, 'PASSWORD_CHANGED', 'Your password was changed meanwhile.', 'old_password');
    end if;
    perform lab.sessions_end(who.staff_id, who.session_id);
    return lab.staff_answer(who.staff_id);
end
$$;

-- True when the person belongs to the laboratory: made there, or ever given a role there.
create or replace function lab.belongs(of_staff uuid, here text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.staff where staff.staff_id = of_staff and staff.home_laboratory = here)
        or exists (select from lab.staff_role where staff_role.staff_id = of_staff and staff_role.laboratory = here);
end
$$;

create or replace function lab.staff_list_staff(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    places text[] := array[request ->> 'laboratory'];
    found json[];
begin
    if coalesce(request ->> 'laboratory', '') = '' then
        places := array(select held.key from jsonb_each(who.roles) as held where held.value ?| who.allowed);
    else
        perform lab.require_role(who, request ->> 'laboratory');
    end if;
    select array_agg(lab.staff_view(page.staff_id) order by page.username) into found
    from (select staff.staff_id, staff.username from lab.staff
          where staff.username > coalesce(keys[1], '')
          and exists (select from unnest(places) as here where lab.belongs(staff.staff_id, here))
          order by staff.username limit size + 1) as page;
    return lab.page_answer(who, 'staff', found, size, 'username');
end
$$;

create or replace function lab.roles_of(request jsonb) returns text[]
language plpgsql volatile as $$
declare
    roles text[] := array(select distinct role from jsonb_array_elements_text(
                              coalesce(nullif(request -> 'roles', 'null'), '[]')) as role order by role);
begin
    if not roles <@ '{reception,technician,reviewer,signatory,manager,quality,auditor,administrator}' then
        perform lab.refuse_field('roles', 'names a role that does not exist');
    end if;
    return roles;
end
$$;

create or replace function lab.staff_create_staff(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    made uuid;
begin
    perform lab.require_role(who, request ->> 'laboratory');
    made := lab.staff_add(request ->> 'username', request ->> 'name', lab.hash_of(request), request ->> 'laboratory',
                          lab.roles_of(request));
    return lab.staff_answer(made);
end
$$;

create or replace function lab.staff_add(new_username text, new_name text, hash text, here text, roles text[]) returns uuid
language plpgsql volatile as $$
declare
    made uuid;
begin
    if coalesce(new_username, '') !~ '^[a-z][a-z0-9._-]{1,39}$' then
        perform lab.refuse_field('username', 'must be 2 to 40 small letters, digits, ''.'', ''-'', ''_''');
    end if;
    if not lab.shows(coalesce(new_name, '')) then
        perform lab.refuse_field('name', 'is required');
    end if;
    insert into lab.staff (username, name, home_laboratory, password_hash)
    values (new_username, lab.trimmed(new_name), here, hash) on conflict (username) do nothing
    returning staff.staff_id into made;
    if made is null then
        perform lab.refuse(6, 'USERNAME_TAKEN', 'This log-in exists. Choose another.', 'username');
    end if;
    insert into lab.staff_role (staff_id, laboratory, role) select made, here, role from unnest(roles) as role;
    return made;
end
$$;

-- The person an administrator's request means, locked, at the version the caller saw. Nobody of another laboratory is
-- found.
create or replace function lab.staff_taken(who lab.actor, request jsonb) returns lab.staff
language plpgsql volatile as $$
declare
    taken lab.staff;
    here text := request ->> 'laboratory';
begin
    perform lab.require_role(who, here);
    select * into taken from lab.staff where staff.username = request ->> 'username' for no key update;
    if not found or not lab.belongs(taken.staff_id, here) then
        perform lab.refuse_missing(who, 'person on the staff');
    end if;
    if request ? 'version' then
        perform lab.require_version(request, taken.version);
    end if;
    perform lab.set_reason(request ->> 'reason');
    return taken;
end
$$;

-- Acts on the whole account (password, sessions, log-in) need the caller's word in every laboratory where the person
-- holds a role: else one laboratory's administrator could take over another's.
create or replace function lab.require_whole_account(who lab.actor, taken lab.staff) returns void
language plpgsql volatile as $$
begin
    if exists (select from jsonb_object_keys(lab.staff_roles(taken.staff_id)) as here where not lab.may(who, here)) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'This person also works in a laboratory that you do not administer.');
    end if;
end
$$;

create or replace function lab.require_administrator_left(here text) returns void
language plpgsql volatile as $$
begin
    if not exists (select from lab.staff_role join lab.staff using (staff_id)
                   where staff_role.laboratory = here and staff_role.role = 'administrator' and staff_role.held
                   and staff.enabled) then
        perform lab.refuse(9, 'LAST_ADMINISTRATOR', 'The laboratory would have no administrator left.');
    end if;
end
$$;

-- Every change of what belongs to a person is a new version of the person.
create or replace function lab.staff_touched(of_staff uuid) returns json
language plpgsql volatile as $$
begin
    update lab.staff set enabled = staff.enabled where staff.staff_id = of_staff;
    return lab.staff_answer(of_staff);
end
$$;

create or replace function lab.staff_set_roles(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.staff := lab.staff_taken(who, request);
    here text := request ->> 'laboratory';
    roles text[] := lab.roles_of(request);
begin
    perform from lab.laboratory where laboratory.laboratory = here for no key update; -- two last administrators at once
    update lab.staff_role set held = staff_role.role = any (roles)
    where staff_role.staff_id = taken.staff_id and staff_role.laboratory = here
    and staff_role.held <> (staff_role.role = any (roles));
    insert into lab.staff_role (staff_id, laboratory, role)
    select taken.staff_id, here, role from unnest(roles) as role
    where not exists (select from lab.staff_role as known where known.staff_id = taken.staff_id
                      and known.laboratory = here and known.role = role.role);
    perform lab.require_administrator_left(here);
    return lab.staff_touched(taken.staff_id);
end
$$;

create or replace function lab.staff_set_qualification(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.staff := lab.staff_taken(who, request);
    here text := request ->> 'laboratory';
    wanted boolean := coalesce((request ->> 'qualified')::boolean, false);
begin
    if not exists (select from lab.method where method.method_id = request ->> 'method_id'
                   and method.laboratory = here) then
        perform lab.refuse_field('method_id', 'is not a method of this laboratory');
    end if;
    insert into lab.qualification (staff_id, laboratory, method_id, held)
    values (taken.staff_id, here, request ->> 'method_id', wanted)
    on conflict (staff_id, method_id) do update set held = excluded.held;
    return lab.staff_touched(taken.staff_id);
end
$$;

create or replace function lab.staff_set_signatory(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.staff := lab.staff_taken(who, request);
begin
    insert into lab.signatory (staff_id, laboratory, held)
    values (taken.staff_id, request ->> 'laboratory', coalesce((request ->> 'authorised')::boolean, false))
    on conflict (staff_id, laboratory) do update set held = excluded.held;
    return lab.staff_touched(taken.staff_id);
end
$$;

create or replace function lab.staff_reset_password(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.staff := lab.staff_taken(who, request);
begin
    perform lab.require_whole_account(who, taken);
    update lab.staff set password_hash = lab.hash_of(request), password_version = staff.password_version + 1
    where staff.staff_id = taken.staff_id;
    perform lab.sessions_end(taken.staff_id);
    return lab.staff_answer(taken.staff_id);
end
$$;

create or replace function lab.staff_revoke_sessions(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.staff := lab.staff_taken(who, request);
begin
    perform lab.require_whole_account(who, taken);
    return json_build_object('revoked', lab.sessions_end(taken.staff_id));
end
$$;

create or replace function lab.staff_set_staff_enabled(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.staff := lab.staff_taken(who, request);
    wanted boolean := coalesce((request ->> 'enabled')::boolean, false);
    here text := request ->> 'laboratory';
begin
    perform lab.require_whole_account(who, taken);
    perform from lab.laboratory where laboratory.laboratory = here for no key update;
    update lab.staff set enabled = wanted where staff.staff_id = taken.staff_id;
    if not wanted then
        perform lab.sessions_end(taken.staff_id);
        perform lab.require_administrator_left(here);
    end if;
    return lab.staff_answer(taken.staff_id);
end
$$;

-- For `touchstoned staff add` over the owner's connection: the first administrator has nobody to make them.
create or replace function lab.staff_add_first(username text, name text, password_hash text, laboratory text, roles text[])
    returns json
language plpgsql volatile as $$
declare
    made uuid;
begin
    if not exists (select from lab.laboratory as known where known.laboratory = staff_add_first.laboratory) then
        perform lab.refuse_field('laboratory', 'is not a laboratory of this institute');
    end if;
    perform lab.hash_of(jsonb_build_object('daemon', jsonb_build_object('password_hash', password_hash)));
    perform lab.set_reason('touchstoned staff add');
    made := lab.staff_add(username, name, password_hash, laboratory,
                          lab.roles_of(jsonb_build_object('roles', to_jsonb(roles))));
    return lab.staff_view(made);
end
$$;

-- For `touchstoned staff reset-password` over the owner's connection. Enables the person and ends all sessions.
create or replace function lab.staff_reset(username text, password_hash text) returns json
language plpgsql volatile as $$
declare
    found_staff uuid := (select staff.staff_id from lab.staff where staff.username = staff_reset.username);
begin
    if found_staff is null then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such person on the staff.', 'username');
    end if;
    perform lab.hash_of(jsonb_build_object('daemon', jsonb_build_object('password_hash', password_hash)));
    perform lab.set_reason('touchstoned staff reset-password');
    update lab.staff set password_hash = staff_reset.password_hash, password_version = staff.password_version + 1,
                         enabled = true
    where staff.staff_id = found_staff;
    perform lab.sessions_end(found_staff);
    return lab.staff_view(found_staff);
end
$$;

-- ---------------------------------------------------------------- audit

-- Newest first: of the laboratory, and of what belongs to none (log-ins, passwords).
create or replace function lab.audit_list_history(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    before bigint := 9223372036854775807;
    found json[];
begin
    perform lab.require_role(who, here);
    if keys is not null then
        if keys[1] !~ '^[0-9]{1,18}$' then
            perform lab.refuse_field('page.page_token', 'is not a token of this list');
        end if;
        before := keys[1]::bigint;
    end if;
    select array_agg(json_build_object(
               'entry_id', entry.entry_id, 'at', entry.at, 'actor', entry.actor, 'desk', entry.desk,
               'laboratory', entry.laboratory, 'object_type', entry.object_type, 'object_id', entry.object_id,
               'operation', entry.operation, 'old_values', entry.old_values::text,
               'new_values', entry.new_values::text, 'reason', entry.reason, 'method', entry.method)
               order by entry.entry_id desc)
    into found
    from lab.history_page(here, coalesce(request ->> 'object_type', ''), coalesce(request ->> 'object_id', ''),
                          before, size + 1) as entry;
    return lab.page_answer(who, 'entries', found, size, 'entry_id');
end
$$;

create or replace function lab.history_page(here text, wanted_type text, wanted_id text, before bigint, size integer)
    returns setof lab.history
language plpgsql stable as $$
begin
    if wanted_type <> '' and wanted_id <> '' then
        return query select * from lab.history
                     where history.object_type = wanted_type and history.object_id = wanted_id
                     and history.laboratory in (here, '') and history.entry_id < before
                     order by history.entry_id desc limit size;
        return;
    end if;
    return query select * from (
        (select * from lab.history where history.laboratory = here and history.entry_id < before
         and (wanted_type = '' or history.object_type = wanted_type)
         and (wanted_id = '' or history.object_id = wanted_id)
         order by history.entry_id desc limit size)
        union all
        (select * from lab.history where history.laboratory = '' and history.entry_id < before
         and (wanted_type = '' or history.object_type = wanted_type)
         and (wanted_id = '' or history.object_id = wanted_id)
         order by history.entry_id desc limit size)) as both_pages
        order by entry_id desc limit size;
end
$$;

reset role;
