-- SPDX-License-Identifier: Apache-2.0
-- Who is away is a record like who is competent: nobody who is away gets a test by rule.
set role touchstone_owner;

alter table lab.fitness drop constraint fitness_kind_check,
    add constraint fitness_kind_check check (kind in ('competence', 'calibration', 'reagent_lot', 'absence'));
-- A person is away from every laboratory.
create index fitness_absence on lab.fitness (subject, fitness_no desc) where kind = 'absence';

update lab.schema_version set version = greatest(version, 17);
reset role;
