-- SPDX-License-Identifier: Apache-2.0
-- The authorised collector: whom the owner names at intake to fetch the items. Owner, bringer, collector and recipient of the sheet
-- are separate persons, and only the first and the third are handed anything without a one-time code.
set role touchstone_owner;

alter table lab.receipt add column collector_id uuid references lab.person;
create index receipt_collector on lab.receipt (collector_id) where collector_id is not null;

update lab.schema_version set version = greatest(version, 52);
reset role;
