-- SPDX-License-Identifier: Apache-2.0
-- Proficiency tests with their scores, and checks against certified reference materials. A record never changes: what was
-- typed wrong is recorded anew and names what it replaces. And readings that name a term of the catalogue.
set role touchstone_owner;

create table lab.proficiency (
    proficiency_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    provider text not null check (provider <> ''),
    scheme text not null check (scheme <> ''),
    round text not null check (round <> ''),
    sample text not null default '',
    method_id text collate "C" not null,
    parameter_id text collate "C" not null,
    unit text not null default '',
    value_text lab.decimal_text not null,
    standard_uncertainty lab.decimal_text check (standard_uncertainty::text::numeric >= 0),
    expanded_uncertainty lab.decimal_text check (expanded_uncertainty::text::numeric >= 0),
    assigned_value lab.decimal_text,
    sigma_pt lab.decimal_text check (sigma_pt::text::numeric > 0),
    assigned_standard_uncertainty lab.decimal_text check (assigned_standard_uncertainty::text::numeric >= 0),
    assigned_expanded_uncertainty lab.decimal_text check (assigned_expanded_uncertainty::text::numeric >= 0),
    participants lab.decimal_text[] not null default '{}' check (cardinality(participants) <> 1),
    -- As typed, or x* and s* of Algorithm A: at most 30 significant digits, so their text is read back as the same number.
    scored_against text not null check (scored_against ~ '^[+-]?[0-9]+(\.[0-9]+)?$'),
    scored_sigma text check (scored_sigma ~ '^[+-]?[0-9]+(\.[0-9]+)?$' and scored_sigma::numeric > 0),
    robust_trace text not null default '',
    verdict text not null check (verdict in ('satisfactory', 'questionable', 'unsatisfactory')),
    note text not null default '',
    recorded_by uuid not null references lab.staff,
    recorded_at timestamptz not null,
    replaces uuid unique references lab.proficiency,
    foreign key (method_id, parameter_id) references lab.param_method (method_id, parameter_id),
    check ((assigned_value is null) = (cardinality(participants) > 0)),
    check (assigned_value is null or scored_against = assigned_value),
    check (sigma_pt is null or scored_sigma = sigma_pt),
    check ((robust_trace <> '') = (cardinality(participants) > 0)),
    check (replaces is null or note <> '')
);
create index proficiency_listed on lab.proficiency (laboratory, recorded_at desc, proficiency_id desc);
create index proficiency_series on lab.proficiency (laboratory, method_id, parameter_id, recorded_at);

create table lab.proficiency_score (
    proficiency_id uuid not null references lab.proficiency,
    score_kind text not null check (score_kind in ('z', 'zeta', 'en')),
    laboratory text not null,
    score text not null check (score ~ '^-?[0-9]+(\.[0-9]+)?$'),
    verdict text not null check (verdict in ('satisfactory', 'questionable', 'unsatisfactory')),
    trace text not null check (trace <> ''),
    primary key (proficiency_id, score_kind)
);

create table lab.crm_check (
    crm_check_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    material text not null check (material <> ''), -- with its lot
    method_id text collate "C" not null,
    parameter_id text collate "C" not null,
    instrument text not null default '',
    unit text not null default '',
    certified_value lab.decimal_text not null,
    certified_uncertainty lab.decimal_text not null check (certified_uncertainty::text::numeric >= 0),
    certified_coverage lab.decimal_text not null check (certified_coverage::text::numeric > 0),
    value_text lab.decimal_text not null,
    expanded_uncertainty lab.decimal_text not null check (expanded_uncertainty::text::numeric >= 0),
    coverage_factor lab.decimal_text not null check (coverage_factor::text::numeric > 0),
    -- The database does not take the daemon's word for it. Products of numeric are exact, its powers are not.
    accepted boolean not null check (accepted = (
        (value_text::text::numeric - certified_value::text::numeric)
            * (value_text::text::numeric - certified_value::text::numeric)
        <= certified_uncertainty::text::numeric * certified_uncertainty::text::numeric
            + expanded_uncertainty::text::numeric * expanded_uncertainty::text::numeric)),
    trace text not null check (trace <> ''),
    batch_no text collate "C" not null default '',
    note text not null default '',
    recorded_by uuid not null references lab.staff,
    recorded_at timestamptz not null,
    foreign key (method_id, parameter_id) references lab.param_method (method_id, parameter_id)
);
create index crm_check_listed on lab.crm_check (laboratory, recorded_at desc, crm_check_id desc);

alter table lab.nonconformity
    add column proficiency_id uuid unique references lab.proficiency,
    add column crm_check_id uuid unique references lab.crm_check,
    add check (num_nonnulls(proficiency_id, crm_check_id) <= 1);

-- A hold is for a control of a chart, for a check of a worksheet, or for a reference material.
do $checks$
declare
    name text;
begin
    for name in select conname from pg_constraint where conrelid = 'lab.batch_hold'::regclass and contype = 'c'
                and pg_get_constraintdef(oid) like '%worksheet_no%' loop
        execute format('alter table lab.batch_hold drop constraint %I', name);
    end loop;
end
$checks$;
alter table lab.batch_hold
    add column crm_check_id uuid unique references lab.crm_check,
    add check (num_nulls(chart, point) in (0, 2) and num_nulls(worksheet_no, position) in (0, 2)
               and num_nonnulls(chart, worksheet_no, crm_check_id) = 1);

-- Which term of the catalogue a reader named, as it stood when the reading came in; null: none, it is compared as typed.
alter table lab.identification_reading add column term text collate "C";

update lab.schema_version set version = greatest(version, 18);
reset role;
