-- SPDX-License-Identifier: Apache-2.0
-- What has been applied. The repeatable bundle is one row with its joint checksum.
create table if not exists public.touchstone_migration (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default clock_timestamp(),
    version text not null
);
grant select on public.touchstone_migration to public;
