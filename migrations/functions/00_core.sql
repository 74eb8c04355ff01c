-- SPDX-License-Identifier: Apache-2.0
-- What every business function stands on: refusals, request reading, versions, page tokens, item codes.
--
-- The files of this folder are applied in the order of their names, all together, whenever one of them changes.
-- Business functions live in schema lab and are reached only through the wrappers of schema api, which the method
-- table generates. A wrapper does, in this order:
--   read:  who := lab.auth_require(token_hash, 'DeskService.GetReceipt', '{reception,manager}');
--          select lab.desk_get_receipt(who, request), null::bytea;
--   rows:  the same, with the rows of a type that the method table names as the answer (lab.test_row)
--   write: who := lab.auth_require(...);
--          kept := lab.replay_begin(who, method, request_id, request_hash);   -- answer or refusal kept: done
--          begin answer := lab.desk_register_intake(who, request, blobs);     -- in a subtransaction
--          exception when a refusal of class TS0: becomes kept.refusal; anything else is raised again
--          lab.replay_keep(who, method, request_id, request_hash, kept.answer, kept.refusal);
--
-- A request is jsonb, picked apart field by field; an answer is json, written once and picked apart by nobody here, or rows
-- where a list is read all day. What is null in an answer is not there: the wrappers take it out of json, the daemon
-- leaves it out of rows, so no view does.
--
-- What runs with its owner's rights (security definer: the wrappers, triggers that write the history) pins its search
-- path. The functions of lab are called by those and have their path: a setting of their own, made and undone at every
-- call, cost a tenth of an act.
--
-- PL/pgSQL throughout: it keeps its plans for the session, while a function in plain SQL is planned anew by every
-- statement that calls it (ten milliseconds for the join of lab.test_rows).
set role touchstone_owner;

-- The daemon's role may execute what stands in schema api: so nothing of an older version stays there. What this version
-- has is made again below and by the wrappers, in the same transaction.
do $renew$
declare
    old regprocedure;
begin
    for old in select pg_proc.oid from pg_proc where pronamespace = 'api'::regnamespace loop
        execute format('drop function %s', old);
    end loop;
end
$renew$;

create or replace function lab.new_id() returns uuid
language plpgsql volatile as $$
begin
    return (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
            || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
end
$$;

-- Refuses: the daemon turns errcode, constraint (reason), column (field) and detail (metadata) into the gRPC
-- status, ErrorInfo and field violation. No personal data in message or metadata.
create or replace function lab.refuse(status integer, reason text, message text, field text default '',
                                      metadata jsonb default '{}') returns void
language plpgsql volatile as $$
begin
    raise exception using errcode = 'TS0' || lpad(status::text, 2, '0'), constraint = reason, column = field,
        message = message, detail = metadata::text;
end
$$;

-- A field that breaks a rule: INVALID_ARGUMENT with the field's path.
create or replace function lab.refuse_field(field text, message text) returns void
language plpgsql volatile as $$
begin
    perform lab.refuse(3, 'FIELD_INVALID', message, field);
end
$$;

-- One answer for what does not exist and for what belongs to a laboratory where the caller holds no fitting role, so
-- that nobody can find out by trying which numbers exist elsewhere: PERMISSION_DENIED while there is any laboratory the
-- caller may not look into, NOT_FOUND for those who see everything.
create or replace function lab.refuse_missing(who lab.actor, kind text) returns void
language plpgsql volatile as $$
declare
    message text := format('There is no such %s among those you may see.', kind);
begin
    if exists (select from lab.laboratory where not lab.may(who, laboratory.laboratory)) then
        perform lab.refuse(7, 'NOT_YOURS_OR_MISSING', message);
    end if;
    perform lab.refuse(5, 'NOT_FOUND', message);
end
$$;

-- True when the caller holds, in this laboratory, one of the method's roles.
create or replace function lab.may(who lab.actor, laboratory text) returns boolean
language plpgsql stable as $$
begin
    return coalesce((who.roles -> laboratory) ?| who.allowed, false);
end
$$;

-- As lab.may, and refuses; from here on the act counts as one of this laboratory (history).
create or replace function lab.require_role(who lab.actor, laboratory text, roles text[] default null) returns void
language plpgsql volatile as $$
begin
    if not coalesce((who.roles -> laboratory) ?| coalesce(roles, who.allowed), false) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'Your roles in this laboratory do not allow this.');
    end if;
    perform set_config('touchstone.laboratory', laboratory, true);
end
$$;

-- An object of this laboratory was found: refuses as if it had not been when the caller may not see it.
create or replace function lab.require_seen(who lab.actor, laboratory text, kind text) returns void
language plpgsql volatile as $$
begin
    if laboratory is null or not lab.may(who, laboratory) then
        perform lab.refuse_missing(who, kind);
    end if;
    perform set_config('touchstone.laboratory', laboratory, true);
end
$$;

-- The version that the caller saw against the row's: ABORTED with the current one when they differ.
create or replace function lab.require_version(request jsonb, current bigint, seen jsonb default '{}') returns void
language plpgsql volatile as $$
begin
    if (request ->> 'version')::bigint is distinct from current then
        perform lab.refuse(10, 'VERSION_STALE', 'Somebody changed this in the meantime. Look again, then decide.',
                           'version', jsonb_build_object('current_version', current::text) || seen);
    end if;
end
$$;

-- Why a change is made: goes into the history beside old and new.
create or replace function lab.set_reason(reason text) returns void
language plpgsql volatile as $$
begin
    perform set_config('touchstone.reason', coalesce(reason, ''), true);
end
$$;

create or replace function lab.uuid_of(request jsonb, field text) returns uuid
language plpgsql volatile as $$
declare
    given text := request ->> field;
begin
    if given is null or given !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        perform lab.refuse_field(field, 'must be a UUID');
    end if;
    return given::uuid;
end
$$;

-- A decimal as typed, or null when not given.
create or replace function lab.decimal_of(given text, field text) returns lab.decimal_text
language plpgsql volatile as $$
begin
    if coalesce(given, '') = '' then
        return null;
    end if;
    if given !~ '^[+-]?[0-9]+(\.[0-9]+)?$' or length(translate(given, '+-.', '')) > 40 then
        perform lab.refuse_field(field, 'must be a decimal number of at most 40 digits');
    end if;
    return given;
end
$$;

create or replace function lab.page_size(request jsonb) returns integer
language plpgsql volatile as $$
declare
    asked integer := coalesce((request -> 'page' ->> 'page_size')::integer, 0);
begin
    return case when asked between 1 and 200 then asked else 50 end;
end
$$;

-- Opaque to callers: the keys of the last row seen.
create or replace function lab.page_token(variadic keys text[]) returns text
language plpgsql immutable as $$
begin
    return translate(encode(convert_to(to_jsonb(keys)::text, 'UTF8'), 'base64'), '+/=' || chr(10), '-_');
end
$$;

-- The keys of a token, or null for the first page.
create or replace function lab.page_keys(request jsonb, count integer) returns text[]
language plpgsql volatile as $$
declare
    token text := coalesce(request -> 'page' ->> 'page_token', '');
    keys text[];
begin
    if token = '' then
        return null;
    end if;
    begin
        token := translate(token, '-_', '+/');
        token := token || repeat('=', (4 - length(token) % 4) % 4);
        select array_agg(key order by place) into keys
        from jsonb_array_elements_text(convert_from(decode(token, 'base64'), 'UTF8')::jsonb)
                 with ordinality as found (key, place);
    exception when others then
        keys := null;
    end;
    if cardinality(keys) is distinct from count then
        perform lab.refuse_field('page.page_token', 'is not a token of this list');
    end if;
    return keys;
end
$$;

create or replace function lab.page_key_at(key text) returns timestamptz
language plpgsql volatile as $$
begin
    return key::timestamptz;
exception when others then
    perform lab.refuse_field('page.page_token', 'is not a token of this list');
    return null;
end
$$;

-- The check character that makes eight characters a valid code.
create or replace function lab.item_code_check_character(payload text) returns text
language plpgsql immutable strict as $$
declare
    signs constant text := '0123456789ABCDEFGHJKMNPQRTUVWXY';
    total integer := 0;
begin
    for place in 1..8 loop
        total := total + (place + 1) * (strpos(signs, substr(payload, place, 1)) - 1);
    end loop;
    return substr(signs, (31 - total % 31) % 31 + 1, 1);
end
$$;

-- A new code. Multiplying the sequence by a number without the factor 31 permutes all 31^8 payloads: no code comes
-- twice, and neighbours in time share no pattern that invites mixing them up.
create or replace function lab.item_code_next(laboratory text) returns lab.item_code
language plpgsql volatile as $$
declare
    signs constant text := '0123456789ABCDEFGHJKMNPQRTUVWXY';
    rest bigint := ((nextval('lab.item_code_seq')::numeric * 527182818284 + 314159265358) % 852891037441)::bigint;
    payload text := '';
begin
    for place in 1..8 loop
        payload := payload || substr(signs, (rest % 31)::integer + 1, 1);
        rest := rest / 31;
    end loop;
    return payload || lab.item_code_check_character(payload);
end
$$;

-- The next number of a series without gaps: the counter's row stays locked until the act is committed or undone.
create or replace function lab.number_next(series text, prefix text, at timestamptz) returns text
language plpgsql volatile as $$
declare
    number_year integer := extract(year from lab.local_time(at));
    number integer;
begin
    if series = 'receipt' then
        insert into lab.receipt_counter as counter (desk, year, last) values (prefix, number_year, 1)
        on conflict (desk, year) do update set last = counter.last + 1 returning counter.last into number;
        return format('%s-%s-%s', prefix, right(number_year::text, 2), lpad(number::text, 6, '0'));
    elsif series = 'sheet' then
        insert into lab.sheet_counter as counter (laboratory, year, last) values (prefix, number_year, 1)
        on conflict (laboratory, year) do update set last = counter.last + 1 returning counter.last into number;
        return format('%s-%s-%s', prefix, number_year, lpad(number::text, 6, '0'));
    end if;
    insert into lab.incident_counter as counter (laboratory, year, last) values (prefix, number_year, 1)
    on conflict (laboratory, year) do update set last = counter.last + 1 returning counter.last into number;
    return format('INC-%s-%s-%s', prefix, number_year, lpad(number::text, 4, '0'));
end
$$;

-- The wall clock of the institute.
create or replace function lab.local_time(at timestamptz) returns timestamp
language plpgsql stable as $$
begin
    return at at time zone (select institute.time_zone from lab.institute);
end
$$;

-- 王小明 -> 王**, Wang Li -> W******
create or replace function lab.mask_name(name text) returns text
language plpgsql immutable as $$
begin
    return left(name, 1) || repeat('*', greatest(length(name) - 1, 1));
end
$$;

-- 13812341234 -> 138****1234; of a short number the last two digits only.
create or replace function lab.mask_phone(phone text) returns text
language plpgsql immutable as $$
begin
    return case when length(phone) >= 10 then left(phone, 3) || '****' || right(phone, 4)
                else '****' || right(phone, 2) end;
end
$$;

-- RFC 8785 of a value made of objects, arrays, strings and booleans: keys sorted, no blanks. Numbers are refused:
-- a record holds none.
create or replace function lab.canonical(value jsonb) returns text
language plpgsql immutable as $$
begin
    case jsonb_typeof(value)
    when 'object' then
        return '{' || coalesce((select string_agg(to_json(key)::text || ':' || lab.canonical(member), ','
                                                  order by key collate "C")
                                from jsonb_each(value) as found (key, member)), '') || '}';
    when 'array' then
        return '[' || coalesce((select string_agg(lab.canonical(member), ',' order by place)
                                from jsonb_array_elements(value) with ordinality as found (member, place)), '') || ']';
    when 'number' then
        raise exception 'a record holds no numbers';
    else
        return value::text;
    end case;
end
$$;

reset role;
