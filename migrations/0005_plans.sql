-- SPDX-License-Identifier: Apache-2.0
-- What the plans of the daily reads need: an item's tests by index whatever their state, and what the judgement engine
-- is told, worked out once per catalogue revision instead of for each row of a worklist.
set role touchstone_owner;

create index test_item on lab.test (item_code);

-- Rebuilt by lab.catalogue_resolve together with resolved_requirement.
create table lab.judge_fact (
    product_id text collate "C" not null references lab.product,
    method_id text collate "C" not null references lab.method,
    parameter_id text collate "C" not null references lab.parameter,
    facts jsonb not null,
    primary key (product_id, method_id, parameter_id)
);

update lab.schema_version set version = 5;
reset role;
