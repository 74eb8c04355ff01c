-- SPDX-License-Identifier: Apache-2.0
-- Before a password is checked: whose it is, the hash, and how long to hold the attempt back. $1 log-in, $2 peer address.
-- pool: write
select staff_id, password_hash, password_version, wait_ms from api.staff_login_begin($1, $2)
