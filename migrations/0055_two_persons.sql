-- SPDX-License-Identifier: Apache-2.0
-- What one person alone may use up of an item (docs/custody.md).
set role touchstone_owner;

-- The share of what an item weighed that its holders may record as used up without a witness, all their parts together.
alter table lab.laboratory add column unwitnessed_share numeric not null default 0.5 check (unwitnessed_share between 0 and 1);

update lab.schema_version set version = greatest(version, 55);
reset role;
