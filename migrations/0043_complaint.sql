-- SPDX-License-Identifier: Apache-2.0
-- Complaints (ISO/IEC 17025 7.9): filed by anybody, acknowledged at once, handled by somebody who had no part in what it is about,
-- with the retests that were linked, and closed with an outcome.
set role touchstone_owner;

create table lab.complaint_counter (
    laboratory text not null references lab.laboratory,
    year integer not null,
    last integer not null,
    primary key (laboratory, year)
) with (fillfactor = 50);

create table lab.complaint (
    complaint_no text collate "C" primary key check (complaint_no ~ '^CMP-[A-Z0-9_]{1,10}-[0-9]{4}-[0-9]{4,}$'),
    laboratory text not null references lab.laboratory,
    kind text not null check (kind in ('result', 'service', 'damage', 'delay', 'fee', 'other')),
    statement text not null check (statement <> ''), -- the complainant's words: masked in the history
    receipt_no text collate "C" references lab.receipt,
    person_id uuid references lab.person, -- null: nobody who can be told
    filed_by uuid references lab.staff, -- null: by the complainant, at the page
    filed_at timestamptz not null,
    acknowledged_at timestamptz not null check (acknowledged_at >= filed_at),
    state text not null default 'received' check (state in ('received', 'assigned', 'closed')),
    handler_id uuid references lab.staff,
    assigned_by uuid references lab.staff,
    assigned_at timestamptz,
    finding text not null default '',
    outcome text not null default '' check (outcome in ('', 'upheld', 'partly_upheld', 'not_upheld', 'taken_back')),
    closed_at timestamptz,
    version bigint not null default 1,
    check ((state = 'received') = (handler_id is null) and (handler_id is null) = (assigned_at is null)
           and (handler_id is null) = (assigned_by is null)),
    check ((state = 'closed') = (closed_at is not null) and (state = 'closed') = (outcome <> '')
           and (state = 'closed') = (finding <> ''))
);
create index complaint_listed on lab.complaint (laboratory, filed_at, complaint_no);
create index complaint_receipt on lab.complaint (receipt_no, filed_at);

-- What it is about.
create table lab.complaint_item (
    complaint_no text collate "C" not null references lab.complaint,
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    primary key (complaint_no, item_code)
);
create index complaint_item_item on lab.complaint_item (item_code);

-- A retest (lab.retest) that the complaint led to.
create table lab.complaint_retest (
    complaint_no text collate "C" not null references lab.complaint,
    retest_id uuid not null references lab.test,
    laboratory text not null references lab.laboratory,
    linked_by uuid not null references lab.staff,
    linked_at timestamptz not null,
    primary key (complaint_no, retest_id)
);

update lab.schema_version set version = greatest(version, 43);
reset role;
