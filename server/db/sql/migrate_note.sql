-- SPDX-License-Identifier: Apache-2.0
-- Only the bundle is ever written twice.
insert into public.touchstone_migration (name, checksum, version) values ($1, $2, $3)
on conflict (name) do update set checksum = excluded.checksum, version = excluded.version, applied_at = clock_timestamp();
