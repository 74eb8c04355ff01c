-- SPDX-License-Identifier: Apache-2.0
-- A released sheet that can never be entered in the log, because it is of the other kind than the signer's keys or dated by a
-- clock that was ahead, ends by a withdrawal. Its number stays, with the reason, and is never entered. docs/sheet-life.md.
set role touchstone_owner;

alter table lab.log_request add column void_at timestamptz;
alter table lab.log_request add constraint log_request_void check (void_at is null or idx is null and sheet_no is not null);
drop index lab.log_request_waiting;
create index log_request_waiting on lab.log_request (request_no) where idx is null and void_at is null;

update lab.schema_version set version = greatest(version, 36);
reset role;
