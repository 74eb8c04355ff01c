-- SPDX-License-Identifier: Apache-2.0
-- The file of an instrument that a worksheet was entered from. Its bytes stand in instrument_file, once; several worksheets
-- may be entered from the same file, each reading its own positions and parameter.
set role touchstone_owner;

create table lab.worksheet_file (
    worksheet_no text collate "C" primary key references lab.worksheet,
    laboratory text not null references lab.laboratory,
    sha256 bytea not null,
    name text not null,
    profile text collate "C" not null,
    profile_version bigint not null,
    outcome jsonb not null check (jsonb_typeof(outcome) = 'array'), -- messages InstrumentValue
    entered_by uuid not null references lab.staff,
    at timestamptz not null,
    foreign key (laboratory, sha256) references lab.instrument_file (laboratory, sha256),
    foreign key (laboratory, profile, profile_version) references lab.instrument_profile (laboratory, profile, version)
);

update lab.schema_version set version = greatest(version, 29);
reset role;
