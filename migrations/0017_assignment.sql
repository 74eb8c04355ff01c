-- SPDX-License-Identifier: Apache-2.0
-- Who is away is a record like who is competent: nobody who is away gets a test by rule. Sign-offs of doubtful rows are
-- records too: the newest of a wording holds, and may be a withdrawal.
set role touchstone_owner;

alter table lab.fitness drop constraint fitness_kind_check,
    add constraint fitness_kind_check check (kind in ('competence', 'calibration', 'reagent_lot', 'absence'));
-- A person is away from every laboratory.
create index fitness_absence on lab.fitness (subject, fitness_no desc) where kind = 'absence';

alter table lab.catalogue_sign_off
    add column sign_no integer not null default 1 check (sign_no >= 1),
    add column withdrawn boolean not null default false,
    drop constraint catalogue_sign_off_pkey,
    add primary key (file, key, from_revision, sign_no);
alter table lab.catalogue_sign_off alter column sign_no drop default;

-- Points that a version of the limits does not count, each with its reason.
alter table lab.control_limits
    add column left_out integer[] not null default '{}',
    add column left_out_reasons text[] not null default '{}',
    add check (cardinality(left_out) = cardinality(left_out_reasons)),
    add check (last_point - first_point + 1 - cardinality(left_out) >= 20);

update lab.schema_version set version = greatest(version, 17);
reset role;
