-- SPDX-License-Identifier: Apache-2.0
select name, checksum from public.touchstone_migration order by name collate "C";
