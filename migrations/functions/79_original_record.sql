-- SPDX-License-Identifier: Apache-2.0
-- Forms, attachments and prints of original records. What a record says is put together in 79_original_record_parts.sql.
set role touchstone_owner;

-- ---------------------------------------------------------------- forms

create or replace function lab.form_view(known lab.record_form) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', known.laboratory, 'document', known.document, 'method_id', known.method_id,
        'form_no', nullif(known.form_no, ''),
        'edition', nullif(known.edition, ''), 'effective_from', known.effective_from,
        'title_zh', nullif(known.title_zh, ''), 'title_en', nullif(known.title_en, ''),
        'withdrawn', nullif(known.withdrawn, false), 'set_by', lab.username_of(known.set_by), 'set_at', known.set_at,
        'reason', known.reason);
end
$$;

create or replace function lab.record_set_form(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    ends boolean := coalesce((request ->> 'withdrawn')::boolean, false);
    made lab.record_form;
begin
    perform lab.require_role(who, here);
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.record_form (laboratory, document, method_id, form_no, edition, effective_from, title_zh, title_en,
                                 withdrawn, set_by, set_at, reason)
    values (here, coalesce(nullif(request ->> 'document', ''), 'record'), nullif(request ->> 'method_id', ''),
            case when ends then '' else lab.words_of(request, 'form_no') end,
            case when ends then '' else lab.words_of(request, 'edition') end, lab.day_of(request, 'effective_from'),
            btrim(coalesce(request ->> 'title_zh', '')), btrim(coalesce(request ->> 'title_en', '')), ends, who.staff_id,
            lab.ts_now(), lab.words_of(request, 'reason'))
    returning * into made;
    return json_build_object('form', lab.form_view(made));
end
$$;

create or replace function lab.record_list_forms(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    ids bigint[];
    token text;
begin
    perform lab.require_role(who, request ->> 'laboratory');
    if keys[1] !~ '^[0-9]{1,18}$' then
        perform lab.refuse_field('page.page_token', 'is not a token of this list');
    end if;
    ids := array(select known.form_entry from lab.record_form as known
                 where known.laboratory = request ->> 'laboratory'
                 and known.form_entry < coalesce(keys[1]::bigint, 9223372036854775807)
                 order by known.form_entry desc limit size + 1);
    if cardinality(ids) > size then
        token := lab.page_token(who, ids[size]::text);
    end if;
    return json_build_object('next_page_token', token, 'forms', (
        select coalesce(json_agg(lab.form_view(known) order by known.form_entry desc), '[]')
        from lab.record_form as known where known.form_entry = any (ids[:size])));
end
$$;

create or replace function lab.form_of(here text, of_method text, on_day date) returns lab.record_form
language plpgsql stable as $$
begin
    return lab.form_in_force(here, 'record', of_method, on_day);
end
$$;

-- The edition in force on a day: that of the method before that of the laboratory. Of those that began the one that began
-- last; a withdrawn one hands over to the laboratory's.
create or replace function lab.form_in_force(here text, of_document text, of_method text, on_day date)
    returns lab.record_form
language plpgsql stable as $$
declare
    found lab.record_form;
    level text;
begin
    foreach level in array array[of_method, null] loop
        select * into found from lab.record_form as known
        where known.laboratory = here and known.document = of_document and known.method_id is not distinct from level
        and known.effective_from <= on_day
        order by known.effective_from desc, known.form_entry desc limit 1;
        if found.form_entry is not null and not found.withdrawn then
            return found;
        end if;
    end loop;
    return null;
end
$$;

-- ---------------------------------------------------------------- attachments

create or replace function lab.attachment_view(kept lab.test_attachment) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'attachment_id', kept.attachment_id, 'name', kept.name, 'media_type', kept.media_type,
            'size', kept.size::text, 'sha256', encode(kept.sha256, 'hex'), 'caption', nullif(kept.caption, ''),
            'attached_by', lab.name_of(kept.attached_by), 'at', lab.local_minute(kept.attached_at),
            'struck_by', lab.name_of(strike.struck_by), 'struck_at', lab.local_minute(strike.struck_at),
            'struck_reason', strike.reason,
            'picture', nullif(kept.media_type like 'image/%' and strike.attachment_id is null, false))
        from (values (1)) as one left join lab.attachment_strike as strike on strike.attachment_id = kept.attachment_id);
end
$$;

-- As it stands on paper: the name, and the log-in, which is unique.
create or replace function lab.name_of(of_staff uuid) returns text
language plpgsql stable as $$
begin
    return (select format('%s (%s)', staff.name, staff.username) from lab.staff where staff.staff_id = of_staff);
end
$$;

-- What is attached to an identification before its round is decided, only who attached it sees: it shows what was found.
create or replace function lab.may_see_file(who lab.actor, of_test lab.test, kept lab.test_attachment) returns boolean
language plpgsql stable as $$
begin
    return not of_test.is_blind or kept.attached_by = who.staff_id
        or (lab.identification_of(of_test.test_id, kept.submission_no + 1)).inputs is not null;
end
$$;

-- Before the daemon has a picture tried by the renderer: whether the caller has anything to do here. The rest the act says.
create or replace function api.record_attach_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'RecordService.AttachFile', '{technician}');
    wanted uuid := lab.uuid_of(request, 'test_id');
begin
    perform lab.require_seen(who, (select test.laboratory from lab.test where test.test_id = wanted), 'test');
    return '{}';
end
$$;

create or replace function lab.record_attach_file(who lab.actor, request jsonb, blobs bytea[]) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    bytes bytea := blobs[(request ->> 'content')::integer];
    called text := lab.words_of(request, 'name');
    kind text := lab.media_type_of(coalesce(bytes, ''), called);
    made lab.test_attachment;
begin
    if bytes is null or kind is null then
        perform lab.refuse_field('content', 'must be a PNG or JPEG picture, or text in UTF-8 such as CSV');
    elsif exists (select from lab.test_attachment as kept where kept.test_id = taken.test_id
                  and kept.sha256 = sha256(bytes) and kept.attached_by = who.staff_id
                  and not exists (select from lab.attachment_strike as strike
                                  where strike.attachment_id = kept.attachment_id)) then
        perform lab.refuse(6, 'FILE_PRESENT', 'You have attached these bytes to this test already.', 'content');
    end if;
    insert into lab.test_attachment (test_id, laboratory, submission_no, name, media_type, content, caption, attached_by,
                                     attached_at)
    values (taken.test_id, taken.laboratory, taken.submission_no, called, kind, bytes,
            btrim(coalesce(request ->> 'caption', '')), who.staff_id, lab.ts_now())
    returning * into made;
    return json_build_object('attachment', lab.attachment_view(made));
end
$$;

-- The file, if the caller may see it.
create or replace function lab.attachment_seen(who lab.actor, request jsonb) returns lab.test_attachment
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'attachment_id');
    kept lab.test_attachment;
    of_test lab.test;
begin
    select * into kept from lab.test_attachment as every where every.attachment_id = wanted;
    perform lab.require_seen(who, kept.laboratory, 'attachment');
    select * into of_test from lab.test where test.test_id = kept.test_id;
    if not lab.may_see_file(who, of_test, kept) then
        perform lab.refuse(9, 'READ_APART', 'Two persons read this apart: what one attached, others see when both have read.');
    end if;
    return kept;
end
$$;

create or replace function lab.record_strike_attachment(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    kept lab.test_attachment := lab.attachment_seen(who, request);
    of_test lab.test := lab.test_taken(who, jsonb_build_object('test_id', kept.test_id));
begin
    if exists (select from lab.attachment_strike as strike where strike.attachment_id = kept.attachment_id) then
        perform lab.refuse(9, 'STRUCK_OUT', 'This file was struck out before.');
    end if;
    insert into lab.attachment_strike (attachment_id, laboratory, struck_by, struck_at, from_state, reason)
    values (kept.attachment_id, kept.laboratory, who.staff_id, lab.ts_now(), of_test.state, lab.words_of(request, 'reason'));
    return json_build_object('attachment', lab.attachment_view(kept));
end
$$;

create or replace function lab.record_get_attachment(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    kept lab.test_attachment := lab.attachment_seen(who, request);
begin
    return json_build_object('attachment', lab.attachment_view(kept),
                             'content', translate(encode(kept.content, 'base64'), chr(10), ''));
end
$$;

-- ---------------------------------------------------------------- the record and its prints

create or replace function lab.record_seen(who lab.actor, request jsonb) returns lab.test
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'test_id');
    seen lab.test;
begin
    select * into seen from lab.test where test.test_id = wanted;
    perform lab.require_seen(who, seen.laboratory, 'test');
    return seen;
end
$$;

create or replace function lab.record_get_original_record(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return json_build_object('record', lab.original_record(who, lab.record_seen(who, request)));
end
$$;

-- The next print: the record as it stands, frozen. Of what two read apart there is none before it is decided: paper is shown
-- around.
create or replace function lab.record_print_original_record(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    taken lab.test := lab.test_taken(who, request);
    record jsonb;
    number integer := 1 + coalesce((select max(every.print_no) from lab.record_print as every
                                    where every.test_id = taken.test_id), 0);
    made lab.record_print;
begin
    if taken.entry_no = 0 then
        perform lab.refuse(9, 'NOTHING_ENTERED', 'Nothing was entered for this test yet: there is no record to print.');
    elsif taken.is_blind and exists (
            select from lab.identification_reading as reading where reading.test_id = taken.test_id
            and (lab.identification_of(reading.test_id, reading.round)).inputs is null) then
        perform lab.refuse(9, 'READ_APART', 'Two persons read this apart: its record is printed when both have read.');
    end if;
    record := lab.original_record(who, taken);
    record := jsonb_set(record, '{prints}', coalesce(record -> 'prints', '[]') || jsonb_build_object(
        'print_no', number::text, 'printed_by', lab.name_of(who.staff_id), 'at', lab.local_minute(this_moment)));
    insert into lab.record_print (test_id, print_no, laboratory, printed_by, printed_at, record_bytes)
    values (taken.test_id, number, taken.laboratory, who.staff_id, this_moment,
            convert_to(lab.canonical(record), 'UTF8'))
    returning * into made;
    return json_build_object('test_id', made.test_id, 'print_no', made.print_no, 'printed_at', made.printed_at,
                             'record_sha256', encode(made.sha256, 'hex'));
end
$$;

-- The frozen record and behind it the pictures that it names, in its order: the photo, then what is attached.
create or replace function lab.record_download_original_record(who lab.actor, request jsonb, out answer json, out blob bytea)
language plpgsql volatile as $$
declare
    seen lab.test := lab.record_seen(who, request);
    made lab.record_print;
    record jsonb;
begin
    select * into made from lab.record_print as every
    where every.test_id = seen.test_id and every.print_no = (request ->> 'print_no')::integer;
    if made.test_id is null then
        perform lab.refuse(5, 'NOT_FOUND', 'This test has no such print.');
    end if;
    record := convert_from(made.record_bytes, 'UTF8')::jsonb;
    select json_build_object('sizes', json_agg(length(part.bytes) order by part.place)),
           string_agg(part.bytes, ''::bytea order by part.place)
    into answer, blob
    from (select 0 as place, made.record_bytes as bytes
          union all
          select 1, photo.photo from lab.item_photo as photo where photo.item_code = seen.item_code
          and record #>> '{item,photo_sha256}' <> ''
          union all
          select 1 + listed.place, kept.content
          from jsonb_array_elements(record -> 'attachments') with ordinality as listed (one, place)
          join lab.test_attachment as kept on kept.attachment_id = nullif(listed.one ->> 'attachment_id', '')::uuid
          where (listed.one ->> 'picture')::boolean) as part;
end
$$;

reset role;
