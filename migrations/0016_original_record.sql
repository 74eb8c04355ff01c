-- SPDX-License-Identifier: Apache-2.0
-- Original records (ISO/IEC 17025 7.5): the controlled forms they stand on, files attached to tests, and every print. What
-- may stand here is guarded in functions/24_guard_record.sql.
set role touchstone_owner;

-- An edition of a form, from a day on. Never changed: the next edition is a row more.
create table lab.record_form (
    form_entry bigint generated always as identity primary key,
    laboratory text not null references lab.laboratory,
    method_id text collate "C" references lab.method, -- null: of every method without one of its own
    form_no text not null,
    edition text not null,
    effective_from date not null,
    title_zh text not null default '',
    title_en text not null default '',
    withdrawn boolean not null default false,
    set_by uuid not null references lab.staff,
    set_at timestamptz not null,
    reason text not null check (reason <> ''),
    check (withdrawn or form_no <> '' and edition <> '')
);
create index record_form_of on lab.record_form (laboratory, method_id, effective_from desc, form_entry desc);

-- The bytes as they came, and what they are by their first bytes. submission_no is the test's when they were attached: the
-- round of an identification that two read apart is one more.
create table lab.test_attachment (
    attachment_id uuid primary key default lab.new_id(),
    test_id uuid not null references lab.test,
    laboratory text not null references lab.laboratory,
    submission_no integer not null,
    name text not null check (name <> '' and length(name) <= 120),
    media_type text not null check (media_type in ('image/png', 'image/jpeg', 'text/plain', 'text/csv')),
    content bytea not null check (length(content) between 1 and 3145728),
    sha256 bytea not null generated always as (sha256(content)) stored,
    size integer not null generated always as (length(content)) stored,
    caption text not null check (length(caption) <= 200),
    attached_by uuid not null references lab.staff,
    attached_at timestamptz not null,
    check ((media_type = 'image/png') = (substr(content, 1, 8) = '\x89504e470d0a1a0a')),
    check ((media_type = 'image/jpeg') = (substr(content, 1, 3) = '\xffd8ff'))
);
alter table lab.test_attachment alter column content set storage external;
create index test_attachment_test on lab.test_attachment (test_id, attached_at, attachment_id);

-- A file that does not count, and why. It stays.
create table lab.attachment_strike (
    attachment_id uuid primary key references lab.test_attachment,
    laboratory text not null references lab.laboratory,
    struck_by uuid not null references lab.staff,
    struck_at timestamptz not null,
    from_state text not null, -- of the test
    reason text not null check (length(btrim(reason)) >= 4)
);

-- What was printed, as it was: RFC 8785.
create table lab.record_print (
    test_id uuid not null references lab.test,
    print_no integer not null check (print_no >= 1),
    laboratory text not null references lab.laboratory,
    printed_by uuid not null references lab.staff,
    printed_at timestamptz not null,
    record_bytes bytea not null,
    sha256 bytea not null generated always as (sha256(record_bytes)) stored,
    primary key (test_id, print_no)
);

update lab.schema_version set version = greatest(version, 16);
reset role;
