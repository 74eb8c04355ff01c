-- SPDX-License-Identifier: Apache-2.0
-- Files of instruments: how they are read, the files themselves, and which reading came from which line of which file.
set role touchstone_owner;

-- Each version is a row that never changes: a file keeps the one that it was read by.
create table lab.instrument_profile (
    laboratory text not null references lab.laboratory,
    profile text collate "C" not null check (profile ~ '^[A-Za-z0-9_-]{1,40}$'),
    version bigint not null check (version >= 1),
    layout jsonb not null check (jsonb_typeof(layout) = 'object'), -- the message InstrumentLayout
    saved_by uuid not null references lab.staff,
    saved_at timestamptz not null,
    primary key (laboratory, profile, version)
);

-- The bytes as they were imported (ISO/IEC 17025 7.5.1: original observations). The same bytes are imported once in a
-- laboratory; another laboratory may have items of its own in them.
create table lab.instrument_file (
    laboratory text not null references lab.laboratory,
    content bytea not null check (length(content) between 1 and 1048576),
    sha256 bytea not null generated always as (sha256(content)) stored,
    name text not null,
    profile text collate "C" not null,
    profile_version bigint not null,
    imported_by uuid not null references lab.staff,
    imported_at timestamptz not null,
    outcome jsonb not null check (jsonb_typeof(outcome) = 'array'), -- messages InstrumentValue
    values_entered integer not null check (values_entered >= 1),
    values_left_out integer not null check (values_left_out >= 0),
    tests_entered integer not null check (tests_entered >= 1),
    primary key (laboratory, sha256),
    foreign key (laboratory, profile, profile_version) references lab.instrument_profile (laboratory, profile, version)
);
create index instrument_file_listed on lab.instrument_file (laboratory, imported_at desc, sha256 desc);

create table lab.instrument_reading (
    test_id uuid not null,
    entry_no integer not null,
    place integer not null,
    laboratory text not null,
    sha256 bytea not null,
    line integer not null check (line >= 1),
    column_no integer not null check (column_no >= 1),
    raw text not null, -- as written in the file
    primary key (test_id, entry_no, place),
    foreign key (test_id, entry_no, place) references lab.reading (test_id, entry_no, place),
    foreign key (laboratory, sha256) references lab.instrument_file (laboratory, sha256)
);
create index instrument_reading_file on lab.instrument_reading (laboratory, sha256);

update lab.schema_version set version = greatest(version, 12);
reset role;
