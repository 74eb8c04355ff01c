-- SPDX-License-Identifier: Apache-2.0
-- Opens the session, or answers null. staff_id, password_version, ok, token hash, desk, peer address.
-- pool: write
select api.staff_login_finish($1, $2, $3, $4, $5, $6)
