-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. Length that the log had. What was done, a line each.
-- pool: admin
select what from lab.log_recover_books($1)
