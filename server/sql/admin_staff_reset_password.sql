-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned staff reset-password`. log-in, password hash.
-- pool: admin
select lab.staff_reset($1, $2)
