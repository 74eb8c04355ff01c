-- SPDX-License-Identifier: Apache-2.0
-- That an intake is booked is known for ever, not for as long as answers are kept (docs/offline.md).
set role touchstone_owner;

-- The request id under which an intake was booked, and those of the journal entries that it was sent in the place of. A request id
-- stands here once: whatever comes with it again, from whichever copy of a journal, meets its receipt.
create table lab.intake_booked (
    request_id text collate "C" primary key check (request_id <> ''),
    receipt_no text collate "C" not null references lab.receipt,
    content_sha256 bytea check (length(content_sha256) = 32) -- what was asked; null: booked before this was kept
);
create index intake_booked_receipt on lab.intake_booked (receipt_no);

insert into lab.intake_booked (request_id, receipt_no)
select kept.request_id, receipt.receipt_no from lab.replay as kept
join lab.receipt on receipt.receipt_no = kept.answer -> 'receipt' ->> 'receipt_no'
where kept.method = 'DeskService.RegisterIntake';

update lab.schema_version set version = greatest(version, 51);
reset role;
