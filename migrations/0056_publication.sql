-- SPDX-License-Identifier: Apache-2.0
-- Published statistics: what anybody may read, frozen when a manager publishes it. Periods of one laboratory have no day in common
-- (guard_statistics_publication), and no row ever changes: two tables of which one holds the other, or one table before and after a withdrawal,
-- would tell by their difference what each of them hides.
set role touchstone_owner;

create table lab.statistics_publication (
    publication_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    published_by uuid not null references lab.staff,
    published_at timestamptz not null,
    reason text not null check (reason <> ''),
    tables jsonb not null -- pass_rates by group, turnaround, load: the public answers of their day
);
create unique index statistics_publication_listed on lab.statistics_publication (laboratory, first_day);

update lab.schema_version set version = greatest(version, 56);
reset role;
