-- SPDX-License-Identifier: Apache-2.0
-- The caller's own password hash and its version. $1 token hash.
-- pool: read
select password_hash, password_version from api.staff_password_context($1)
