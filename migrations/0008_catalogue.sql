-- SPDX-License-Identifier: Apache-2.0
-- The catalogue as data: every row of every pack with the revisions in which it held, sign-offs of doubtful rows, the
-- date by which an item's edition is chosen. See docs/decisions/catalogue.md.
set role touchstone_owner;

do $once$
begin
    if (select found.version from lab.schema_version as found) <> 7 then
        raise exception 'this migration is for version 7';
    end if;
end
$once$;

-- One change of the catalogue. Revisions before the first row here were not described.
create table lab.catalogue_revision (
    revision bigint primary key,
    at timestamptz not null,
    author text not null check (author <> ''),
    what text not null check (what <> '')
);

-- A row of a CSV file, cell by cell as it stands there, and the revisions in which it holds. A row is never changed: it
-- is closed, and the next one begins. The tables product, requirement and so on are what holds now.
create table lab.catalogue_row (
    file text collate "C" not null,
    key text collate "C" not null,
    cells jsonb not null,
    from_revision bigint not null,
    to_revision bigint check (to_revision > from_revision), -- the first in which it holds no more; null: it holds
    primary key (file, key, from_revision)
);
create unique index catalogue_row_holds on lab.catalogue_row (file, key) where to_revision is null;

-- A manager has compared a row marked "check" with the standard's text. It holds for this wording of the row only.
create table lab.catalogue_sign_off (
    file text collate "C" not null,
    key text collate "C" not null,
    from_revision bigint not null,
    laboratory text not null references lab.laboratory,
    signed_by uuid not null references lab.staff,
    at timestamptz not null,
    reason text not null check (reason <> ''),
    primary key (file, key, from_revision),
    foreign key (file, key, from_revision) references lab.catalogue_row (file, key, from_revision)
);

-- A pack while it is looked at; empty outside an import.
create unlogged table lab.catalogue_draft_head (
    file text collate "C" not null,
    place integer not null,
    name text collate "C" not null
);
create unlogged table lab.catalogue_draft (
    file text collate "C" not null,
    line integer not null,
    key text collate "C" not null,
    cells jsonb not null
);
create unlogged table lab.catalogue_draft_line (
    file text collate "C" not null,
    line integer not null,
    cells text[] not null
);
-- Every row that there would be: the pack's, and of the catalogue what the pack leaves as it is.
create unlogged table lab.catalogue_coming (
    file text collate "C" not null,
    key text collate "C" not null,
    cells jsonb not null
);
create index catalogue_coming_key on lab.catalogue_coming (file, key);
create unlogged table lab.catalogue_draft_change (
    kind text not null,
    file text collate "C" not null,
    line integer not null,
    key text collate "C" not null,
    cells jsonb,
    told text not null
);
create index catalogue_draft_key on lab.catalogue_draft (file, key);

-- What left the catalogue is withdrawn, not deleted: items and results of the past name it.
alter table lab.unit add column withdrawn boolean not null default false;
alter table lab.standard add column withdrawn boolean not null default false;
alter table lab.product add column date_basis text not null default 'receipt'
    check (date_basis in ('receipt', 'sampling', 'production'));
alter table lab.product add column withdrawn boolean not null default false;
alter table lab.parameter add column withdrawn boolean not null default false;
alter table lab.method add column withdrawn boolean not null default false;
alter table lab.param_method add column withdrawn boolean not null default false;
alter table lab.requirement add column withdrawn boolean not null default false;
alter table lab.requirement alter column unit_ucum drop not null; -- text compared with text has no unit
alter table lab.statement alter column applies set default 'by_hand';
alter table lab.statement add column withdrawn boolean not null default false;

-- The day by which the edition is chosen, by the product's date basis; null: the day of receipt. The words as told at
-- the desk, which may be partial ("2026-10").
alter table lab.item add column sampled_on text not null default '';
alter table lab.item add column produced_on text not null default '';
alter table lab.item add column basis_date date;

-- Further classes of an item beside the claimed product: a collar is a fur garment and of class B.
create table lab.item_class (
    item_code lab.item_code not null references lab.item,
    product_id text collate "C" not null references lab.product,
    primary key (item_code, product_id)
);

-- Which of several requirements with conditions holds for this test, when somebody had to choose.
alter table lab.test add column chosen_limit text not null default '';

-- What follows is worked out anew by lab.catalogue_resolve: per window of dates, and per requirement to choose from.
delete from lab.judge_fact;
delete from lab.resolved_requirement;
alter table lab.resolved_requirement
    add column plan_id text,
    add column valid_from date not null,
    add column valid_to date not null,
    add column choices text[] not null,
    drop constraint resolved_requirement_pkey,
    add primary key (product_id, parameter_id, valid_from);
alter table lab.judge_fact
    add column chosen_limit text collate "C" not null,
    add column valid_from date not null,
    add column valid_to date not null,
    drop constraint judge_fact_pkey,
    add primary key (product_id, method_id, parameter_id, chosen_limit, valid_from);

update lab.schema_version set version = 8;
reset role;
