-- SPDX-License-Identifier: Apache-2.0
-- Controlled forms of control charts and of the picture of proficiency tests (ISO/IEC 17025 8.3), as worksheets have them.
set role touchstone_owner;

alter table lab.record_form
    drop constraint record_form_document_check,
    add constraint record_form_known_document check (document in ('record', 'worksheet', 'control_chart', 'proficiency_chart'));

update lab.schema_version set version = greatest(version, 30);
reset role;
