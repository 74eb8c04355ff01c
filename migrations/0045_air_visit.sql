-- SPDX-License-Identifier: Apache-2.0
-- Visits of the air laboratory: a booking of one home, with its address, rooms, crew and readiness. The session's quota counts
-- homes (lab.session_slot); what is here is what the crew needs and what the report rests on.
set role touchstone_owner;

create table lab.air_visit (
    booking_code text collate "C" primary key references lab.booking,
    slot_id uuid not null references lab.session_slot,
    laboratory text not null references lab.laboratory,
    address text not null check (address <> ''), -- personal: masked in the history
    -- Who chose the standard decides limits, points and how long doors are shut.
    standard text not null check (standard in ('GB/T 18883', 'GB 50325')),
    ventilation text not null check (ventilation in ('natural', 'central')),
    radon boolean not null default false,
    decoration_end date,
    rooms jsonb not null, -- [{name, area_m2, points}], the points set by the guard
    first_sampler uuid references lab.staff,
    second_sampler uuid references lab.staff,
    pumps text[] not null default '{}',
    route_place integer not null default 0 check (route_place between 0 and 99),
    state text not null default 'planned' check (state in ('planned', 'ready', 'not_ready')),
    closed_since timestamptz,
    lacking text not null default '',
    deviation text not null default '', -- agreed with the householder; printed
    planned_by uuid not null references lab.staff,
    planned_at timestamptz not null,
    version bigint not null default 1,
    check (first_sampler is null = (second_sampler is null)),
    check (first_sampler <> second_sampler),
    check (state <> 'ready' or lacking = '' or deviation <> ''),
    check (state = 'planned' or closed_since is not null)
);
create index air_visit_slot on lab.air_visit (slot_id);

update lab.schema_version set version = greatest(version, 45);
reset role;
