-- SPDX-License-Identifier: Apache-2.0
-- Worksheets: up to 96 positions that are measured together, samples among blanks, controls, duplicates and spikes; the plan
-- that says which of these a method needs and what they must keep; and what was found at each position.
set role touchstone_owner;

-- ISO/IEC 17025 7.7.1: what a laboratory puts beside its samples, and the figures it holds them against, are its own data.
-- A plan never changes: a new one is one more, and a worksheet keeps the one that it was made by.
create table lab.control_plan (
    laboratory text not null references lab.laboratory,
    method_id text collate "C" not null,
    parameter_id text collate "C" not null,
    plan_no integer not null check (plan_no >= 1),
    blanks integer not null check (blanks between 0 and 10), -- before the first sample
    blank_limit lab.decimal_text check (blank_limit::text::numeric > 0), -- a blank stays below it
    charts text[] not null check (cardinality(charts) <= 4), -- a control of each, before the first sample and after the last
    controls_every integer not null check (controls_every between 0 and 96), -- and after so many samples; 0: not in between
    duplicates_every integer not null check (duplicates_every between 0 and 96), -- one of so many samples, begun; 0: none
    duplicate_percent lab.decimal_text check (duplicate_percent::text::numeric > 0),
    spikes_every integer not null check (spikes_every between 0 and 96),
    spike_added lab.decimal_text check (spike_added::text::numeric > 0), -- in the unit of the result
    spike_low_percent lab.decimal_text check (spike_low_percent::text::numeric >= 0),
    spike_high_percent lab.decimal_text,
    set_by uuid not null references lab.staff,
    set_at timestamptz not null,
    reason text not null check (reason <> ''),
    primary key (laboratory, method_id, parameter_id, plan_no),
    foreign key (method_id, parameter_id) references lab.param_method (method_id, parameter_id),
    check (blanks = 0 or blank_limit is not null),
    check (controls_every = 0 or cardinality(charts) > 0),
    check (duplicates_every = 0 or duplicate_percent is not null),
    check (spikes_every = 0 or num_nulls(spike_added, spike_low_percent, spike_high_percent) = 0),
    check (spike_high_percent::text::numeric > spike_low_percent::text::numeric)
);

create table lab.worksheet_counter (
    laboratory text not null references lab.laboratory,
    year integer not null,
    last integer not null,
    primary key (laboratory, year)
) with (fillfactor = 50);

-- Entered once and whole: what its controls said stays. A new measurement is a new worksheet.
create table lab.worksheet (
    worksheet_no text collate "C" primary key,
    laboratory text not null references lab.laboratory,
    method_id text collate "C" not null,
    parameter_id text collate "C" not null,
    plan_no integer not null,
    batch_no text collate "C" not null check (batch_no <> ''), -- its own number, or that of a batch it shares
    instrument text not null default '',
    positions integer not null check (positions between 1 and 96),
    analyst uuid not null references lab.staff, -- who made it
    made_at timestamptz not null,
    state text not null default 'open' check (state in ('open', 'entered', 'submitted', 'cancelled')),
    entered_by uuid references lab.staff,
    entered_at timestamptz,
    cancel_reason text not null default '',
    version bigint not null default 1,
    foreign key (laboratory, method_id, parameter_id, plan_no) references lab.control_plan,
    check ((entered_by is null) = (entered_at is null)),
    check ((state in ('entered', 'submitted')) = (entered_by is not null)),
    check ((state = 'cancelled') = (cancel_reason <> ''))
);
create index worksheet_listed on lab.worksheet (laboratory, worksheet_no);

create table lab.worksheet_position (
    worksheet_no text collate "C" not null references lab.worksheet,
    position integer not null check (position between 1 and 96),
    laboratory text not null,
    kind text not null check (kind in ('sample', 'blank', 'control', 'duplicate', 'spike')),
    test_id uuid references lab.test,
    chart text collate "C",
    of_position integer,
    spike_added lab.decimal_text check (spike_added::text::numeric > 0),
    primary key (worksheet_no, position),
    unique (worksheet_no, test_id),
    foreign key (laboratory, chart) references lab.control_chart (laboratory, chart),
    foreign key (worksheet_no, of_position) references lab.worksheet_position (worksheet_no, position),
    check ((kind = 'sample') = (test_id is not null)),
    check ((kind = 'control') = (chart is not null)),
    check ((kind in ('duplicate', 'spike')) = (of_position is not null)),
    check ((kind = 'spike') = (spike_added is not null))
);
create index worksheet_position_test on lab.worksheet_position (test_id) where test_id is not null;

-- What was found at a position. Readings of a sample are those of its test (result_entry); of the others they stand here.
create table lab.worksheet_result (
    worksheet_no text collate "C" not null,
    position integer not null,
    laboratory text not null,
    entry_no integer, -- of the sample's test
    chart text collate "C", -- of a control
    point integer,
    readings jsonb not null default '[]',
    inputs text not null default '',
    value text not null default '', -- calculated, in the unit of the result; behind a qualifier its bound
    qualifier text not null default '' check (qualifier in ('', 'less_than', 'greater_than', 'not_detected')),
    figure lab.decimal_text, -- relative difference or recovery in per cent
    outcome text not null check (outcome in ('none', 'accepted', 'rejected', 'skipped')), -- none: of a sample nothing is asked
    reason text not null default '' check ((reason <> '') = (outcome = 'skipped')),
    primary key (worksheet_no, position),
    foreign key (worksheet_no, position) references lab.worksheet_position (worksheet_no, position),
    foreign key (laboratory, chart, point) references lab.control_result (laboratory, chart, point)
);

-- A hold is for a control of a chart, or for a check of a worksheet: a blank, a duplicate, a spike.
alter table lab.batch_hold
    alter column chart drop not null,
    alter column point drop not null,
    add column worksheet_no text collate "C",
    add column position integer,
    add unique (worksheet_no, position),
    add foreign key (worksheet_no, position) references lab.worksheet_result (worksheet_no, position),
    add check (num_nulls(chart, point) in (0, 2) and num_nulls(worksheet_no, position) in (0, 2)
               and (chart is null) <> (worksheet_no is null));

update lab.schema_version set version = greatest(version, 11);
reset role;
