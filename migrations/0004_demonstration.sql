-- SPDX-License-Identifier: Apache-2.0
-- Names that are clearly invented, and six desks. An institute replaces them before production; until then its
-- sheets are specimens and say so.
set role touchstone_owner;

insert into lab.institute (name_zh, name_en, address_zh, address_en, phone) values
    ('示例市产品质量检验研究院（演示）', 'Exampletown Institute of Product Quality Inspection (demonstration)',
     '示例省示例市演示路1号', '1 Demonstration Road, Exampletown', '000-0000-0000');

insert into lab.desk (desk, name)
select 'D' || number, 'Desk ' || number from generate_series(1, 6) as number;

update lab.schema_version set version = 4;
reset role;
