-- SPDX-License-Identifier: Apache-2.0
-- Quality control: charts, their frozen limits, controls, alarms; batches and their holds; nonconformities.
--
-- Frozen limits are versions: each is a row that never changes, and a control keeps the version that it was judged by.
set role touchstone_owner;

create table lab.control_chart (
    laboratory text not null references lab.laboratory,
    chart text collate "C" not null check (chart ~ '^[A-Za-z0-9_-]{1,40}$'),
    method_id text collate "C" not null,
    parameter_id text collate "C" not null,
    material text not null check (material <> ''), -- reference material or control sample, with its lot
    kind text not null check (kind in ('individuals', 'moving_range')),
    rule_set text not null check (rule_set in ('nelson8', 'westgard', 'iso7870_2')),
    opened_by uuid not null references lab.staff,
    opened_at timestamptz not null,
    points integer not null default 0 check (points >= 0), -- the newest control_result
    limits_version integer not null default 0 check (limits_version >= 0), -- the newest control_limits
    version bigint not null default 1,
    primary key (laboratory, chart),
    foreign key (method_id, parameter_id) references lab.param_method (method_id, parameter_id)
);

-- ISO 7870-2: limits from at least twenty points (server/quality/control_limits.h), by an act of a person.
create table lab.control_limits (
    laboratory text not null,
    chart text collate "C" not null,
    limits_version integer not null check (limits_version >= 1),
    mean lab.decimal_text not null,
    sigma lab.decimal_text not null check (sigma::text::numeric > 0),
    estimator text not null check (estimator in ('moving_range', 'standard_deviation')),
    first_point integer not null check (first_point >= 1),
    last_point integer not null check (last_point >= first_point + 19),
    frozen_by uuid not null references lab.staff,
    frozen_at timestamptz not null,
    reason text not null check (reason <> ''),
    primary key (laboratory, chart, limits_version),
    foreign key (laboratory, chart) references lab.control_chart (laboratory, chart)
);

create table lab.control_result (
    laboratory text not null,
    chart text collate "C" not null,
    point integer not null check (point >= 1),
    value_text lab.decimal_text not null,
    value numeric not null generated always as (value_text::text::numeric) stored,
    batch_no text collate "C" not null default '',
    run text not null check (run <> ''),
    note text not null default '',
    entered_by uuid not null references lab.staff,
    at timestamptz not null,
    limits_version integer not null, -- 0: there were none, nothing was judged
    primary key (laboratory, chart, point),
    foreign key (laboratory, chart) references lab.control_chart (laboratory, chart)
);
create index control_result_batch on lab.control_result (laboratory, batch_no) where batch_no <> '';

-- A rule whose pattern this point completed, by the limits of the point's version.
create table lab.control_alarm (
    laboratory text not null,
    chart text collate "C" not null,
    point integer not null,
    rule text not null,
    rejects boolean not null,
    primary key (laboratory, chart, point, rule),
    foreign key (laboratory, chart, point) references lab.control_result (laboratory, chart, point)
);

-- The tests that were measured together. A test may be of several (digested in one, measured in another).
create table lab.batch_test (
    laboratory text not null references lab.laboratory,
    batch_no text collate "C" not null check (batch_no <> ''),
    test_id uuid not null references lab.test,
    added_by uuid not null references lab.staff,
    at timestamptz not null,
    primary key (laboratory, batch_no, test_id)
);
create index batch_test_test on lab.batch_test (test_id);

-- One per control that was rejected. A batch is held as long as one of its holds is open.
create table lab.batch_hold (
    hold_id uuid primary key default lab.new_id(),
    laboratory text not null,
    batch_no text collate "C" not null check (batch_no <> ''),
    chart text collate "C" not null,
    point integer not null,
    held_at timestamptz not null,
    released_at timestamptz,
    released_by uuid references lab.staff,
    release_reason text not null default '',
    version bigint not null default 1,
    unique (laboratory, chart, point),
    foreign key (laboratory, chart, point) references lab.control_result (laboratory, chart, point),
    check ((released_at is null) = (released_by is null) and (released_at is null) = (release_reason = ''))
);
create index batch_hold_open on lab.batch_hold (laboratory, batch_no) where released_at is null;
create index batch_hold_listed on lab.batch_hold (laboratory, held_at desc, hold_id desc);

create table lab.nonconformity_counter (
    laboratory text not null references lab.laboratory,
    year integer not null,
    last integer not null,
    primary key (laboratory, year)
) with (fillfactor = 50);

-- ISO/IEC 17025 7.10 and 8.7: what went wrong, why, what was done about it, and what so that it does not come again.
create table lab.nonconformity (
    nonconformity_no text collate "C" primary key,
    laboratory text not null references lab.laboratory,
    description text not null check (description <> ''),
    hold_id uuid references lab.batch_hold,
    opened_by uuid not null references lab.staff,
    opened_at timestamptz not null,
    cause text not null default '',
    correction text not null default '',
    corrective_action text not null default '',
    closed_by uuid references lab.staff,
    closed_at timestamptz,
    version bigint not null default 1,
    check ((closed_at is null) = (closed_by is null)),
    check (closed_at is null or cause <> '' and correction <> '' and corrective_action <> '')
);
create index nonconformity_listed on lab.nonconformity (laboratory, nonconformity_no);

-- The look-back asks what was measured since a moment: entries stand in the order of time.
create index result_entry_at on lab.result_entry using brin (at) with (pages_per_range = 32, autosummarize = on);

update lab.schema_version set version = 10;
reset role;
