-- SPDX-License-Identifier: Apache-2.0
select 1 from pg_catalog.pg_tables where schemaname = 'public' and tablename = 'touchstone_migration';
