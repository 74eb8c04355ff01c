-- SPDX-License-Identifier: Apache-2.0
-- What decides marks, legal class and who may release; the seal's picture; and what a report says of an item that no column of
-- the intake has, or why it does not say it.
set role touchstone_owner;

-- The site of the scope table at which a laboratory works; '' where the institute has one site only.
alter table lab.laboratory add column site text collate "C" not null default '';
-- Numbers of the certificates, as the marks carry them; '' is none.
alter table lab.institute add column cma_no text not null default '';
alter table lab.institute add column cnas_no text not null default '';

-- The newest picture is drawn; a sheet names the one that it bears by its hash.
create table lab.institute_seal (
    sha256 bytea primary key generated always as (sha256(picture)) stored,
    picture bytea not null check (length(picture) between 8 and 2097152
                                  and (substr(picture, 1, 3) = '\xffd8ff' or substr(picture, 1, 4) = '\x89504e47')),
    at timestamptz not null default lab.ts_now()
);
alter table lab.institute_seal alter column picture set storage external;

-- A later entry of a field counts instead of an earlier one. Either a value, or why there is none.
create table lab.item_fact (
    item_code lab.item_code not null references lab.item,
    field text collate "C" not null,
    entry_no integer not null check (entry_no >= 1),
    laboratory text not null references lab.laboratory,
    value text not null default '',
    reason text not null default '',
    told_by uuid not null references lab.staff,
    at timestamptz not null,
    primary key (item_code, field, entry_no),
    check ((value = '') <> (reason = ''))
);

update lab.schema_version set version = greatest(version, 33);
reset role;
