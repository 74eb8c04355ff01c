-- SPDX-License-Identifier: Apache-2.0
-- The act of a day says what is lost and looked for, apart from what lies in a store or with a holder (docs/custody.md).
set role touchstone_owner;

alter table lab.day_close add column items_lost integer not null default 0;

update lab.schema_version set version = greatest(version, 61);
reset role;
