-- SPDX-License-Identifier: Apache-2.0
-- Places for walk-ins that a desk holds beforehand, so that it can go on without the network and the quota holds all the same:
-- what is leased counts as taken until what is left of it is given back.
set role touchstone_owner;

create table lab.walk_in_lease (
    lease_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    slot_id uuid not null references lab.session_slot,
    desk text not null references lab.desk,
    places integer not null check (places between 1 and 100),
    used integer not null default 0,
    leased_by uuid not null references lab.staff,
    leased_at timestamptz not null,
    returned_at timestamptz,
    version bigint not null default 1,
    constraint lease_places check (used between 0 and places)
);
create index walk_in_lease_slot on lab.walk_in_lease (slot_id);

alter table lab.ticket add column lease_id uuid references lab.walk_in_lease;

update lab.schema_version set version = greatest(version, 46);
reset role;
