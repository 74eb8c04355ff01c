-- SPDX-License-Identifier: Apache-2.0
-- Desks that go on without the server: item codes reserved beforehand, the keys their journals are closed with, the time an
-- intake was taken in, and what a person gave up (docs/offline.md).
set role touchstone_owner;

-- A code that only an intake naming it may use, and only once: its label may be printed before the server hears of it.
create table lab.reserved_code (
    item_code lab.item_code primary key,
    laboratory text not null references lab.laboratory,
    desk text not null references lab.desk,
    block_id uuid not null,
    reserved_by uuid not null references lab.staff,
    reserved_at timestamptz not null,
    receipt_no text collate "C" references lab.receipt,
    voided_at timestamptz,
    voided_by uuid references lab.staff,
    void_reason text not null default '',
    constraint reserved_code_used_or_void check (receipt_no is null or voided_at is null),
    constraint reserved_code_void_has_reason
        check ((voided_at is null) = (voided_by is null) and (voided_at is null) = (void_reason = ''))
);
create index reserved_code_of on lab.reserved_code (laboratory, desk, reserved_at desc, item_code desc);
create index reserved_code_free on lab.reserved_code (laboratory, desk) where receipt_no is null and voided_at is null;

-- Readable through DeskService.GetJournalKeys alone; what each person was given stands in the history, without the key.
create table lab.journal_key (
    key_id uuid primary key default lab.new_id(),
    key_bytes bytea not null unique check (length(key_bytes) = 32),
    made_at timestamptz not null,
    made_by uuid not null references lab.staff,
    reason text not null check (reason <> '')
);

create table lab.intake_set_aside (
    entry_request_id text collate "C" primary key,
    laboratory text not null references lab.laboratory,
    desk text references lab.desk,
    item_codes text[] not null,
    taken_offline_at timestamptz,
    set_aside_by uuid not null references lab.staff,
    set_aside_at timestamptz not null,
    reason text not null check (reason <> '')
);

-- A desk's clock may be a little ahead.
alter table lab.receipt add column taken_offline_at timestamptz;
alter table lab.receipt add constraint receipt_taken_is_recent check (
    taken_offline_at between received_at - interval '30 days' and received_at + interval '5 minutes');

update lab.schema_version set version = greatest(version, 47);
reset role;
