-- SPDX-License-Identifier: Apache-2.0
-- The official drawings of the marks, which are their owners' and which a laboratory that may use them brings.
set role touchstone_owner;

-- The newest of a kind is drawn; a sheet names the ones that it bears by their hashes.
create table lab.institute_mark (
    kind text collate "C" not null check (kind in ('cma', 'cnas')),
    sha256 bytea not null generated always as (sha256(picture)) stored,
    picture bytea not null check (length(picture) between 8 and 2097152
                                  and (substr(picture, 1, 3) = '\xffd8ff' or substr(picture, 1, 4) = '\x89504e47')),
    at timestamptz not null default lab.ts_now(),
    primary key (kind, sha256)
);
alter table lab.institute_mark alter column picture set storage external;

update lab.schema_version set version = greatest(version, 58);
reset role;
