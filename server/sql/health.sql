-- SPDX-License-Identifier: Apache-2.0
-- Schema version, and whether the database takes writes.
-- pool: read
select schema_version, writable from api.health()
