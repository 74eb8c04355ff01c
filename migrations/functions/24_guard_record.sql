-- SPDX-License-Identifier: Apache-2.0
-- The invariants of forms, attachments and prints, against plain SQL too. What is attached to a test is attached while it is
-- open, by whoever works on it; afterwards it can only be struck out, with a reason, until the sheet is issued.
set role touchstone_owner;

-- What the bytes are; null when they are none of what is taken. A name that ends in .csv says which kind of text it is.
create or replace function lab.media_type_of(content bytea, name text) returns text
language plpgsql stable as $$
begin
    if substr(content, 1, 8) = '\x89504e470d0a1a0a' and length(content) > 8 then
        return 'image/png';
    elsif substr(content, 1, 3) = '\xffd8ff' and length(content) > 3 then
        return 'image/jpeg';
    elsif position('\x00'::bytea in content) > 0 or position('%PDF'::bytea in content) = 1 then
        return null;
    end if;
    perform convert_from(content, 'UTF8');
    return case when name ilike '%.csv' then 'text/csv' else 'text/plain' end;
exception when data_exception then
    return null;
end
$$;

-- Whoever works on it: who holds it, and of an identification that persons read apart whoever may read it.
create or replace function lab.works_on(of_test lab.test, of_staff uuid) returns boolean
language plpgsql stable as $$
begin
    return coalesce(of_test.assigned_to = of_staff, false)
        or of_test.is_blind and of_test.assigned_to is not null
           and lab.is_qualified(of_staff, of_test.laboratory, of_test.method_id);
end
$$;

create or replace function lab.guard_test_attachment() returns trigger
language plpgsql volatile as $$
declare
    most_files constant integer := 24;
    most_picture_bytes constant integer := 8388608; -- drawn together by one call (server/lab/original_record.c)
    of_test lab.test;
    standing record;
begin
    select * into of_test from lab.test where test.test_id = new.test_id for no key update; -- one file after the other
    if of_test.state not in ('assigned', 'in_progress') then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: files are attached while it is open.',
                                                      replace(of_test.state, '_', ' ')), '',
                           jsonb_build_object('state', of_test.state));
    elsif new.laboratory <> of_test.laboratory or new.submission_no <> of_test.submission_no then
        perform lab.refuse(9, 'APPEND_ONLY', 'A file is attached to the test as it stands.');
    elsif not lab.works_on(of_test, new.attached_by) then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.', '',
                           jsonb_build_object('assigned_to', lab.username_of(of_test.assigned_to)));
    elsif new.media_type is distinct from lab.media_type_of(new.content, new.name) then
        perform lab.refuse_field('content', 'must be a PNG or JPEG picture, or text in UTF-8 such as CSV');
    end if;
    select count(*) as files, coalesce(sum(kept.size) filter (where kept.media_type like 'image/%'), 0) as picture_bytes
    into standing from lab.test_attachment as kept where kept.test_id = new.test_id
    and not exists (select from lab.attachment_strike as strike where strike.attachment_id = kept.attachment_id);
    if standing.files >= most_files then
        perform lab.refuse(9, 'TOO_MANY_FILES', format('This test has %s files already. Strike out what does not count.',
                                                       most_files));
    elsif new.media_type like 'image/%' and standing.picture_bytes + length(new.content) > most_picture_bytes then
        perform lab.refuse(9, 'TOO_MANY_FILES', 'The pictures of a test have at most 8 MiB together: attach smaller ones, or '
                           'strike out what does not count.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_attachment_strike() returns trigger
language plpgsql volatile as $$
declare
    kept lab.test_attachment;
    of_test lab.test;
begin
    select * into kept from lab.test_attachment as every where every.attachment_id = new.attachment_id;
    select * into of_test from lab.test where test.test_id = kept.test_id for no key update;
    if of_test.state in ('released', 'cancelled', 'superseded') then
        perform lab.refuse(9, case of_test.state when 'superseded' then 'TEST_SUPERSEDED' else 'SHEET_ISSUED' end,
                           format('This test is %s: its record never changes.', of_test.state));
    elsif new.struck_by <> kept.attached_by and (of_test.is_blind or of_test.assigned_to is distinct from new.struck_by) then
        perform lab.refuse(7, 'ATTACHMENT_NOT_YOURS', 'A file is struck out by whoever attached it, or holds its test.');
    elsif new.laboratory <> of_test.laboratory or new.from_state <> of_test.state then
        perform lab.refuse(9, 'APPEND_ONLY', 'A file is struck out of the test as it stands.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_record_print() returns trigger
language plpgsql volatile as $$
begin
    perform from lab.test where test.test_id = new.test_id for no key update;
    if new.print_no <> 1 + coalesce((select max(every.print_no) from lab.record_print as every
                                     where every.test_id = new.test_id), 0) then
        perform lab.refuse(9, 'NUMBER_GAP', 'Prints are counted without gaps.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_record_form() returns trigger
language plpgsql volatile as $$
begin
    if new.method_id is not null and not exists (select from lab.method where method.method_id = new.method_id
                                                 and method.laboratory = new.laboratory) then
        perform lab.refuse_field('method_id', 'is not a method of this laboratory');
    end if;
    return new;
end
$$;

call lab.put_guard('{record_form,test_attachment,attachment_strike,record_print}', 'before insert');
call lab.put_guard('{record_form,test_attachment,attachment_strike,record_print}',
                   'before update or delete or truncate', 'guard_append_only');

reset role;
