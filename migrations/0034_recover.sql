-- SPDX-License-Identifier: Apache-2.0
-- Numbers of sheets that are never issued, each with its reason: what `touchstoned log recover` skips because a database
-- that came back from a backup cannot know which numbers were given out in the time that it lost. docs/recovery.md.
set role touchstone_owner;

create table lab.sheet_void (
    sheet_no text collate "C" primary key check (sheet_no ~ '^[A-Z0-9_]{1,10}-[0-9]{4}-[0-9]{6,}$'),
    reason text not null check (reason <> ''),
    at timestamptz not null
);

update lab.schema_version set version = greatest(version, 34);
reset role;
