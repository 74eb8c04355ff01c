-- SPDX-License-Identifier: Apache-2.0
-- What a closed day says stays true: what is void or refused later is counted on its own day; what a witness saw used up has its
-- paper; and an intake that was set aside stands in the act of the day. docs/custody.md, docs/fees.md.
set role touchstone_owner;

alter table lab.day_close add column fees_back_cny text not null default ''; -- of receipts of earlier days; in fees_cny already
alter table lab.day_close add column intakes_set_aside integer not null default 0;
create index receipt_voided on lab.receipt (laboratory, voided_at) where voided_at is not null;
create index item_rejection_listed on lab.item_rejection (laboratory, rejected_at);
create index intake_set_aside_listed on lab.intake_set_aside (laboratory, set_aside_at);

-- A hand-over that moves nothing: the receiver is the witness of what testing used up.
alter table lab.hand_over add column consumes lab.decimal_text;
alter table lab.hand_over add constraint hand_over_consumes check (consumes is null or consumes::text::numeric > 0 and disposal = '');
alter table lab.custody_event drop constraint custody_event_has_paper;
alter table lab.custody_event add constraint custody_event_has_paper
    check (case kind when 'handed_over' then hand_over_id is not null when 'disposed' then hand_over_id is not null
                     when 'consumed' then true else hand_over_id is null end);

update lab.schema_version set version = greatest(version, 53);
reset role;
