-- SPDX-License-Identifier: Apache-2.0
-- The life of a sheet after its release: amendments, withdrawals, who receives it, and what was handed to whom.
--
-- Who receives a sheet is personal data and stands apart from the technical record, as persons do. Nothing here changes
-- a sheet that is issued: an amendment makes a new revision, a withdrawal is a paper beside it.
set role touchstone_owner;

-- While an item is amended it keeps the number of its sheet and its tests are open to late changes and retests again.
do $find$
declare
    one text;
begin
    for one in select conname from pg_constraint where conrelid = 'lab.item'::regclass and contype = 'c'
               and pg_get_constraintdef(oid) ~ 'sheet_no' loop
        execute format('alter table lab.item drop constraint %I', one);
    end loop;
end
$find$;
alter table lab.item add constraint item_released_has_sheet check (state <> 'released' or sheet_no is not null);

-- A revision in the making. One that is open holds everything that may be corrected open; tests_before is what the
-- results were when it was opened: {"<test_id>": "<entry>/<submission>"}.
create table lab.sheet_amendment (
    amendment_id uuid primary key default lab.new_id(),
    sheet_no text collate "C" not null,
    revision integer not null, -- the one that is to be replaced
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    what text not null check (what in ('client_data', 'item_data', 'result', 'other')),
    reason_zh text not null check (reason_zh <> ''),
    reason_en text not null check (reason_en <> ''),
    opened_by uuid not null references lab.staff,
    opened_at timestamptz not null,
    tests_before jsonb not null,
    state text not null default 'open' check (state in ('open', 'issued', 'cancelled', 'overtaken')),
    closed_by uuid references lab.staff,
    closed_at timestamptz,
    close_reason text not null default '',
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision),
    check ((state = 'open') = (closed_by is null) and (closed_by is null) = (closed_at is null)),
    check (state <> 'cancelled' or close_reason <> '')
);
create unique index sheet_amendment_open on lab.sheet_amendment (sheet_no) where state = 'open';
create unique index sheet_amendment_item on lab.sheet_amendment (item_code) where state = 'open';
create unique index sheet_amendment_issued on lab.sheet_amendment (sheet_no, revision) where state = 'issued';
create index sheet_amendment_sheet on lab.sheet_amendment (sheet_no);
create index sheet_amendment_listed on lab.sheet_amendment (laboratory, opened_at) where state = 'open';

-- What of the item's or client's data an amendment corrects: old and new beside each other. Of the owner both are the
-- id of a person, never a name.
create table lab.sheet_correction (
    amendment_id uuid not null references lab.sheet_amendment,
    correction_no integer not null check (correction_no >= 1),
    laboratory text not null references lab.laboratory,
    field text not null check (field in ('owner', 'name', 'pieces', 'claim_text', 'hallmark', 'mass_g', 'condition', 'stones',
                                         'seal_no')),
    old_value text not null,
    new_value text not null,
    corrected_by uuid not null references lab.staff,
    at timestamptz not null,
    primary key (amendment_id, correction_no),
    check (old_value <> new_value)
);

-- A withdrawal is asked for by one person and confirmed by another, a signatory.
-- Codes: 1 wrong result, 2 wrong sample, 3 wrong client data, 4 method or instrument fault, 5 fraud, 9 other.
create table lab.sheet_withdrawal (
    withdrawal_id uuid primary key default lab.new_id(),
    sheet_no text collate "C" not null,
    revision integer not null,
    laboratory text not null references lab.laboratory,
    code integer not null check (code in (1, 2, 3, 4, 5, 9)),
    reason_zh text not null check (reason_zh <> ''),
    reason_en text not null check (reason_en <> ''),
    requested_by uuid not null references lab.staff,
    requested_at timestamptz not null,
    state text not null default 'requested' check (state in ('requested', 'confirmed', 'cancelled')),
    decided_by uuid references lab.staff,
    decided_at timestamptz,
    meaning text not null default '', -- of the signature, or why it was cancelled
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision),
    check ((state = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    check (state = 'requested' or meaning <> ''),
    check (state <> 'confirmed' or decided_by <> requested_by)
);
create unique index sheet_withdrawal_standing on lab.sheet_withdrawal (sheet_no) where state <> 'cancelled';
create index sheet_withdrawal_sheet on lab.sheet_withdrawal (sheet_no);
create index sheet_withdrawal_listed on lab.sheet_withdrawal (laboratory, requested_at) where state = 'requested';

-- ---------------------------------------------------------------- who receives it

-- Eight signs of Crockford's base32: 40 random bits, printed with the receipt. The receipt's number counts up and is no
-- secret; this is the one that its holder has.
create function lab.new_receipt_code() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
    select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (bits >> (5 * place) & 31)::integer + 1, 1), '')
    from (select ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 10))::bit(40)::bigint as bits) as drawn,
         generate_series(0, 7) as place
$$;
alter table lab.receipt add column receipt_code text collate "C" not null default lab.new_receipt_code()
    check (receipt_code ~ '^[0-9A-HJKMNP-TV-Z]{8}$');
alter table lab.receipt add constraint receipt_code_once unique (receipt_code);

create table lab.sheet_recipient (
    recipient_id uuid primary key default lab.new_id(),
    receipt_no text collate "C" not null references lab.receipt,
    laboratory text not null references lab.laboratory,
    person_id uuid not null references lab.person,
    channel text not null check (channel in ('sms', 'mail', 'counter', 'post')),
    address text not null default '', -- of mail and post; '' = the person's phone
    added_by uuid not null references lab.staff,
    added_at timestamptz not null,
    removed_by uuid references lab.staff,
    removed_at timestamptz,
    check (channel not in ('mail', 'post') or address <> ''),
    check ((removed_by is null) = (removed_at is null))
);
create unique index sheet_recipient_once on lab.sheet_recipient (receipt_no, person_id, channel, address)
    where removed_at is null;
create index sheet_recipient_receipt on lab.sheet_recipient (receipt_no);
insert into lab.sheet_recipient (receipt_no, laboratory, person_id, channel, added_by, added_at)
select receipt_no, laboratory, owner_id, 'sms', received_by, received_at from lab.receipt;

-- One row for each sheet, revision, recipient and kind of news. A lease, so that two daemons do not send the same.
create table lab.sheet_delivery (
    delivery_id uuid primary key default lab.new_id(),
    sheet_no text collate "C" not null,
    revision integer not null,
    recipient_id uuid not null references lab.sheet_recipient,
    laboratory text not null references lab.laboratory,
    kind text not null check (kind in ('ready', 'amended', 'withdrawn')),
    channel text not null check (channel in ('sms', 'mail', 'counter', 'post')),
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'collected', 'printed',
                                                             'overtaken')), -- by a later revision or a withdrawal
    created_at timestamptz not null,
    changed_at timestamptz not null,
    changed_by uuid references lab.staff, -- null: the daemon
    attempts integer not null default 0,
    next_at timestamptz not null,
    leased_until timestamptz,
    last_error text not null default '', -- a hook's words: may name a person
    version bigint not null default 1,
    unique (sheet_no, revision, recipient_id, kind),
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision),
    check (state <> 'failed' or last_error <> '')
) with (fillfactor = 70);
create index sheet_delivery_due on lab.sheet_delivery (next_at) where state = 'waiting' and channel in ('sms', 'mail');
create index sheet_delivery_listed on lab.sheet_delivery (laboratory, state, created_at, delivery_id);
create index sheet_delivery_all on lab.sheet_delivery (laboratory, created_at, delivery_id);
create index sheet_delivery_recipient on lab.sheet_delivery (recipient_id);

-- Wrong tries of a receipt's code with digits that do not fit, known code or not. No business row: forgotten by
-- housekeeping.
create table lab.public_lock (
    receipt_code text collate "C" primary key,
    failures integer not null,
    locks integer not null default 0,
    locked_until timestamptz,
    last_at timestamptz not null
) with (fillfactor = 70);
create index public_lock_last on lab.public_lock (last_at);

update lab.schema_version set version = greatest(version, 32);
reset role;
