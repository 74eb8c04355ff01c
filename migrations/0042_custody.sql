-- SPDX-License-Identifier: Apache-2.0
-- Custody: where an item is kept, hand-overs between two persons, incidents, portions that are retained, disposal, one-time
-- codes for collectors, news that are of no sheet, and the act that closes a laboratory's day.
--
-- custody_event stays the one book of what happened to an item; what stands here are the papers that justify its rows.
set role touchstone_owner;

alter table lab.laboratory add column stored_at_night boolean not null default true; -- else a present holder may keep items
alter table lab.policy add column uncollected_kept interval not null default '180 days';
alter table lab.policy add column proxy_code_valid interval not null default '24 hours';

-- A safe, a cabinet, a cold store.
create table lab.storage_place (
    laboratory text not null references lab.laboratory,
    storage text collate "C" not null check (storage ~ '^[A-Z0-9_-]{1,20}$'),
    name text not null check (name <> ''),
    in_use boolean not null default true,
    version bigint not null default 1,
    primary key (laboratory, storage)
);
insert into lab.storage_place (laboratory, storage, name) select laboratory, 'SAFE', '保险柜 safe' from lab.laboratory;

do $find$
declare
    one record;
begin
    for one in select conname, conrelid::regclass as home from pg_constraint where contype = 'c'
               and (conrelid = 'lab.item'::regclass and pg_get_constraintdef(oid) ~ 'custody_state'
                    or conrelid = 'lab.custody_event'::regclass and pg_get_constraintdef(oid) ~ 'handed_over'
                    or conrelid = 'lab.incident'::regclass and pg_get_constraintdef(oid) ~ 'mass_difference') loop
        execute format('alter table %s drop constraint %I', one.home, one.conname);
    end loop;
end
$find$;

alter table lab.item add column stored_in text collate "C";
alter table lab.item add foreign key (laboratory, stored_in) references lab.storage_place;
alter table lab.item add constraint item_custody_state
    check (custody_state in ('held', 'returned', 'frozen', 'disposed'));
alter table lab.item add constraint item_has_one_holder
    check ((custody_state in ('returned', 'disposed')) = (holder_id is null));
alter table lab.item add constraint item_gone_is_not_stored check (holder_id is not null or stored_in is null);
-- What a day's close must account for: what is here.
create index item_here on lab.item (laboratory, received_at, item_code) where holder_id is not null;

-- The giver offers, the receiver accepts. Of a disposal the receiver is the witness.
create table lab.hand_over (
    hand_over_id uuid primary key default lab.new_id(),
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    holder_id uuid not null references lab.staff, -- when it was offered
    offered_by uuid not null references lab.staff, -- the holder; of a stored item, who opens the store
    to_staff uuid not null references lab.staff,
    offered_at timestamptz not null,
    note text not null default '',
    disposal text not null default '', -- how it is disposed of; '' = a hand-over between colleagues
    state text not null default 'offered' check (state in ('offered', 'accepted', 'cancelled', 'differs')),
    decided_by uuid references lab.staff,
    decided_at timestamptz,
    mass_text lab.decimal_text, -- as the receiver weighed it
    reason text not null default '', -- of a cancellation
    check (to_staff not in (offered_by, holder_id)),
    check ((state = 'offered') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    check (state not in ('accepted', 'differs') or decided_by = to_staff),
    check (state <> 'cancelled' or reason <> '')
);
create unique index hand_over_open on lab.hand_over (item_code) where state = 'offered';
create index hand_over_listed on lab.hand_over (laboratory, offered_at, hand_over_id) where state = 'offered';
create index hand_over_item on lab.hand_over (item_code, hand_over_id);

alter table lab.custody_event add column hand_over_id uuid references lab.hand_over;
alter table lab.custody_event add column storage text collate "C";
alter table lab.custody_event add column photo_compared boolean;
alter table lab.custody_event add constraint custody_event_kind
    check (kind in ('received', 'handed_over', 'stored', 'taken_out', 'consumed', 'portion_retained', 'returned', 'frozen',
                    'released_from_freeze', 'disposed'));
alter table lab.custody_event add constraint custody_event_has_paper
    check ((hand_over_id is not null) = (kind in ('handed_over', 'disposed')));
create unique index custody_event_paper on lab.custody_event (hand_over_id) where hand_over_id is not null;
create index custody_event_listed on lab.custody_event (laboratory, at);

alter table lab.incident add constraint incident_kind
    check (kind in ('mass_difference', 'damaged', 'lost', 'seal_broken', 'mixed_up', 'other'));
alter table lab.incident add column accepted_mass_text lab.decimal_text; -- what the item weighs from now on
alter table lab.incident add constraint incident_closed_with_words check (closed_at is null or resolution <> '');
drop index lab.incident_open;
create unique index incident_open_once on lab.incident (item_code) where closed_at is null;
create index incident_listed on lab.incident (laboratory, opened_at, incident_no);

-- What is kept of an item that goes back or is used up.
create table lab.retained_portion (
    portion_id uuid primary key default lab.new_id(),
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    mass_text lab.decimal_text not null check (mass_text::text::numeric > 0),
    storage text collate "C" not null,
    retained_by uuid not null references lab.staff,
    retained_at timestamptz not null,
    keep_until date not null,
    state text not null default 'kept' check (state in ('kept', 'disposed')),
    disposed_by uuid references lab.staff,
    witness uuid references lab.staff,
    disposed_at timestamptz,
    manner text not null default '',
    version bigint not null default 1,
    foreign key (laboratory, storage) references lab.storage_place,
    check ((state = 'disposed') = (disposed_by is not null) and (disposed_by is null) = (witness is null)
           and (disposed_by is null) = (disposed_at is null)),
    check (state = 'kept' or manner <> '' and witness <> disposed_by)
);
create index retained_portion_item on lab.retained_portion (item_code);
create index retained_portion_listed on lab.retained_portion (laboratory, keep_until, portion_id) where state = 'kept';

-- News that are of no sheet, told by the same hook program: a collector's code, what became of a complaint.
create table lab.notice (
    notice_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    kind text not null check (kind in ('proxy_code', 'complaint_received', 'complaint_closed')),
    reference text not null, -- the number of the receipt or complaint
    person_id uuid not null references lab.person,
    channel text not null check (channel in ('sms', 'mail')),
    address text not null default '', -- '' = the person's phone
    secret text not null default '', -- the code, until it is told or has ended
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
    created_at timestamptz not null,
    changed_at timestamptz not null,
    attempts integer not null default 0,
    next_at timestamptz not null,
    leased_until timestamptz,
    last_error text not null default '',
    check (state = 'waiting' or secret = ''),
    check (state <> 'failed' or last_error <> '')
) with (fillfactor = 70);
create index notice_due on lab.notice (next_at) where state = 'waiting';
create index notice_reference on lab.notice (reference, created_at);

-- A code that the owner of a receipt asks for, so that somebody else may collect. The code itself is told to the owner and
-- kept nowhere: only its hash with the id.
create table lab.proxy_code (
    proxy_code_id uuid primary key default lab.new_id(),
    receipt_no text collate "C" not null references lab.receipt,
    laboratory text not null references lab.laboratory,
    code_hash bytea not null check (length(code_hash) = 32),
    notice_id uuid not null references lab.notice,
    asked_by uuid not null references lab.staff,
    asked_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > asked_at),
    tries integer not null default 0 check (tries between 0 and 5),
    state text not null default 'open' check (state in ('open', 'presented', 'used', 'ended')),
    presented_by uuid references lab.staff,
    presented_at timestamptz,
    check ((state in ('presented', 'used')) = (presented_at is not null) or state = 'ended')
);
create unique index proxy_code_open on lab.proxy_code (receipt_no) where state in ('open', 'presented');
create index proxy_code_receipt on lab.proxy_code (receipt_no);

-- The act that closes a day of a laboratory: counts drawn from the books. A day that was opened again gets another act.
create table lab.day_close (
    laboratory text not null references lab.laboratory,
    day date not null,
    act_no integer not null check (act_no >= 1),
    closed_by uuid not null references lab.staff,
    closed_at timestamptz not null,
    receipts integer not null,
    items_received integer not null,
    items_returned integer not null,
    items_disposed integer not null,
    hand_overs integer not null,
    items_stored integer not null, -- when it was closed
    items_with_holders integer not null,
    items_frozen integer not null,
    incidents_opened integer not null,
    incidents_open integer not null,
    reopened_by uuid references lab.staff,
    reopened_at timestamptz,
    reopen_reason text not null default '',
    primary key (laboratory, day, act_no),
    check ((reopened_by is null) = (reopened_at is null) and (reopened_by is null) = (reopen_reason = ''))
);
create unique index day_close_standing on lab.day_close (laboratory, day) where reopened_at is null;

update lab.schema_version set version = greatest(version, 42);
reset role;
