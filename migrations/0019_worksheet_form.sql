-- SPDX-License-Identifier: Apache-2.0
-- Controlled forms of worksheets (ISO/IEC 17025 8.3): a form is of one kind of document, because one number stands for one
-- layout. What was set before is of original records.
set role touchstone_owner;

alter table lab.record_form
    add column document text not null default 'record' check (document in ('record', 'worksheet'));
drop index lab.record_form_of;
create index record_form_of on lab.record_form (laboratory, document, method_id, effective_from desc, form_entry desc);

update lab.schema_version set version = greatest(version, 19);
reset role;
