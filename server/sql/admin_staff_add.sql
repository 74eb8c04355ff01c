-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned staff add`. log-in, name, laboratory, role, password hash.
-- pool: admin
select lab.staff_add_first($1, $2, $5, $3, array[$4])
