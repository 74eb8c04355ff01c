-- SPDX-License-Identifier: Apache-2.0
-- What was printed of which label, receipt, agreement or ticket slip: counted across all desks, so that a reprint is known as
-- one wherever the first was printed.
set role touchstone_owner;

create table lab.print_event (
    print_id uuid primary key default lab.new_id(),
    kind text not null check (kind in ('item_label', 'bag_label', 'receipt', 'agreement', 'rejection', 'ticket')),
    -- Item code, receipt number, or laboratory/day/ticket.
    number text collate "C" not null check (number <> ''),
    copy integer not null check (copy >= 1), -- 1 is the first
    laboratory text not null references lab.laboratory,
    printed_by uuid not null references lab.staff,
    desk text references lab.desk, -- null: not at a desk
    printer text not null default '', -- as the client names it; '' = into a file
    printed_at timestamptz not null,
    reason text not null default '',
    unique (number, kind, copy),
    constraint print_again_has_reason check (copy = 1 or reason <> '')
);

update lab.schema_version set version = greatest(version, 50);
reset role;
