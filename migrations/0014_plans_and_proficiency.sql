-- SPDX-License-Identifier: Apache-2.0
-- Sampling plans that judge, and how the finding of a banned substance was confirmed.
set role touchstone_owner;

-- The row of micro_plans.csv instead of a limit.
alter table lab.judgement add column plan_id text collate "C" not null default ''
    check (plan_id = '' or limit_id is null);

-- By which second determination; '' is not confirmed.
alter table lab.result_entry add column confirmation text not null default '';

-- formulas.csv has a column more: which inputs are replicates.
update lab.catalogue_row set cells = cells || '{"replicates": ""}' where file = 'formulas' and not cells ? 'replicates';

update lab.schema_version set version = 14;
reset role;
