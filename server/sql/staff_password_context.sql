-- SPDX-License-Identifier: Apache-2.0
-- The caller's own password hash, its version, and how long to hold the attempt back. $1 token hash.
-- pool: write
select password_hash, password_version, wait_ms from api.staff_password_context($1)
