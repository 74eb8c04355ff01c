-- SPDX-License-Identifier: Apache-2.0
-- Reminders, told by the hook program as other news are: of a booking the day before, of items that nobody fetched. Each once; what
-- is no longer true when its turn comes is overtaken, and told to nobody.
set role touchstone_owner;

alter table lab.policy add column appointment_reminded interval not null default '24 hours'
    check (appointment_reminded between '1 hour' and '7 days');
alter table lab.policy add column uncollected_reminded interval not null default '14 days'
    check (uncollected_reminded between '1 day' and '180 days'); -- and every so long again

alter table lab.notice drop constraint notice_kind_check;
alter table lab.notice add constraint notice_kind_check
    check (kind in ('proxy_code', 'complaint_received', 'complaint_closed', 'appointment', 'uncollected'));
alter table lab.notice drop constraint notice_state_check;
alter table lab.notice add constraint notice_state_check check (state in ('waiting', 'sent', 'failed', 'overtaken'));
-- Of a reminder: when the appointment is, since when the items are reminded of.
alter table lab.notice add column about_at timestamptz;
alter table lab.notice add column changed_by uuid references lab.staff; -- who had it tried again
alter table lab.notice add column version bigint not null default 1;
alter table lab.notice add constraint notice_reminds check ((kind in ('appointment', 'uncollected')) = (about_at is not null));
create unique index notice_reminded on lab.notice (kind, reference, about_at) where about_at is not null;
create index notice_listed on lab.notice (laboratory, state, created_at, notice_id);

update lab.schema_version set version = greatest(version, 57);
reset role;
