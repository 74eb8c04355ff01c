-- SPDX-License-Identifier: Apache-2.0
-- Who and what is fit for a method on a day (ISO/IEC 17025 6.2, 6.4, 6.6), and which of it a submission checks. A method
-- without a row of checks is submitted as before.
set role touchstone_owner;

create table lab.method_check (
    laboratory text not null references lab.laboratory,
    method_id text collate "C" not null references lab.method,
    check_no integer not null check (check_no >= 1), -- the newest holds
    competence boolean not null,
    calibration boolean not null,
    reagents boolean not null,
    set_by uuid not null references lab.staff,
    set_at timestamptz not null,
    reason text not null check (reason <> ''),
    primary key (laboratory, method_id, check_no)
);

create table lab.fitness (
    fitness_no bigint generated always as identity primary key,
    laboratory text not null references lab.laboratory,
    kind text not null check (kind in ('competence', 'calibration', 'reagent_lot')),
    subject text collate "C" not null check (subject <> ''),
    method_id text collate "C" references lab.method, -- of a person
    valid_from date not null,
    valid_until date not null check (valid_until >= valid_from),
    withdrawn boolean not null default false,
    evidence text not null default '',
    recorded_by uuid not null references lab.staff,
    recorded_at timestamptz not null,
    reason text not null check (reason <> ''),
    check ((kind = 'competence') = (method_id is not null))
);
create index fitness_of on lab.fitness (laboratory, kind, subject, valid_from desc, fitness_no desc);
create index fitness_listed on lab.fitness (laboratory, fitness_no desc);

-- Of one entry of a test; the newest statement holds.
create table lab.reagent_use (
    test_id uuid not null,
    entry_no integer not null,
    use_no integer not null check (use_no >= 1),
    laboratory text not null references lab.laboratory,
    lots text[] not null check (cardinality(lots) between 1 and 20),
    stated_by uuid not null references lab.staff,
    at timestamptz not null,
    primary key (test_id, entry_no, use_no),
    foreign key (test_id, entry_no) references lab.result_entry (test_id, entry_no)
);

update lab.schema_version set version = greatest(version, 15);
reset role;
