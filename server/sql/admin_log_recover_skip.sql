-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. By how many receipts of each desk, and whether to do it. What was done, a line each.
-- pool: admin
select what from lab.log_recover_skip($1, $2)
