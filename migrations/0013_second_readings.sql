-- SPDX-License-Identifier: Apache-2.0
-- Identifications that two persons read apart, late changes of results, retests in place of a first test, and when
-- somebody worked on a test. What may stand here is guarded in functions/22_guard_readings.sql.
set role touchstone_owner;

-- methods.csv, reading: blind means that two persons read a categorical result apart. GB/T 16553 work needs two
-- gemmologists; GB/T 38416 and GB/T 38408 name two analysts.
alter table lab.method add column reading text not null default 'single' check (reading in ('single', 'blind'));

do $mark$
declare
    marked constant text[] := '{M_GEM,M_FURMIC,M_LEAMIC}';
    made bigint;
begin
    perform set_config('touchstone.catalogue_import', 'on', true); -- the rows are noted here
    update lab.method set reading = 'blind' where method_id = any (marked);
    perform set_config('touchstone.catalogue_import', 'off', true);
    create temporary table marked_row on commit drop as
    select held.key, held.cells from lab.catalogue_row as held
    where held.file = 'methods' and held.key = any (marked) and held.to_revision is null;
    if exists (select from marked_row) then
        update lab.catalogue_head set revision = catalogue_head.revision + 1 returning catalogue_head.revision into made;
        insert into lab.catalogue_revision (revision, at, author, what)
        values (made, lab.ts_now(), 'touchstoned migrate', 'methods.csv: identifications that two persons read apart');
        update lab.catalogue_row set to_revision = made
        where file = 'methods' and key = any (marked) and to_revision is null;
        insert into lab.catalogue_row (file, key, cells, from_revision)
        select 'methods', marked_row.key, marked_row.cells || '{"reading": "blind"}', made from marked_row;
    end if;
end
$mark$;

-- superseded: a retest stands in its place; its entries, judgement and review stay what they were.
alter table lab.test drop constraint test_state_check;
alter table lab.test add constraint test_state_check check (state in ('unassigned', 'assigned', 'in_progress', 'submitted',
                                                                      'approved', 'released', 'cancelled', 'superseded'));
alter table lab.test add column is_blind boolean not null default false;
alter table lab.test add column retest_of uuid references lab.test;
alter table lab.test add column superseded_by uuid references lab.test deferrable initially deferred;
alter table lab.test add constraint test_superseded check ((state = 'superseded') = (superseded_by is not null));
drop index lab.test_ordered_once, lab.test_open, lab.test_open_assigned;
create unique index test_ordered_once on lab.test (item_code, method_id, parameter_id)
    where state not in ('cancelled', 'superseded');
create index test_open on lab.test (laboratory, due_at, test_id) where state not in ('released', 'cancelled', 'superseded');
create index test_open_assigned on lab.test (assigned_to, due_at, test_id)
    where state not in ('released', 'cancelled', 'superseded');

-- What one person found. A round is of one submission: the next one is 1 more. Two readings agree when they differ in
-- nothing but capitals, blanks and the width of letters.
create table lab.identification_reading (
    test_id uuid not null references lab.test,
    round integer not null check (round >= 1),
    place integer not null check (place between 1 and 3),
    laboratory text not null references lab.laboratory,
    reader uuid not null references lab.staff,
    at timestamptz not null,
    result text not null check (btrim(result) <> ''),
    result_key text not null generated always as (
        btrim(regexp_replace(lower(normalize(result, nfkc)), '\s+', ' ', 'g'))) stored,
    observations text[] not null default '{}',
    instrument text not null default '',
    temperature_c lab.decimal_text,
    humidity_percent lab.decimal_text,
    deviation text not null default '',
    reason text not null default '',
    primary key (test_id, round, place),
    unique (test_id, round, reader)
);

-- Why a submitted or approved test is open again; one of each submission.
create table lab.result_reopening (
    test_id uuid not null,
    submission_no integer not null,
    laboratory text not null references lab.laboratory,
    reopened_by uuid not null references lab.staff,
    at timestamptz not null,
    from_state text not null check (from_state in ('submitted', 'approved')),
    reason text not null check (length(btrim(reason)) >= 4),
    primary key (test_id, submission_no),
    foreign key (test_id, submission_no) references lab.judgement (test_id, submission_no)
);

-- Why a test is done once more as a new one.
create table lab.retest (
    test_id uuid primary key references lab.test,
    retest_id uuid not null unique references lab.test deferrable initially deferred,
    laboratory text not null references lab.laboratory,
    ordered_by uuid not null references lab.staff,
    at timestamptz not null,
    from_state text not null check (from_state in ('submitted', 'approved')),
    reason text not null check (length(btrim(reason)) >= 4),
    complaint text not null default ''
);

-- When somebody worked on a test, by the code that was scanned.
create table lab.work_span (
    test_id uuid not null references lab.test,
    span_no integer not null check (span_no >= 1),
    laboratory text not null references lab.laboratory,
    worker uuid not null references lab.staff,
    started_at timestamptz not null,
    stopped_at timestamptz,
    version bigint not null default 1,
    primary key (test_id, span_no),
    check (stopped_at >= started_at)
);
create unique index work_span_open on lab.work_span (test_id, worker) where stopped_at is null;

update lab.schema_version set version = greatest(version, 13);
reset role;
