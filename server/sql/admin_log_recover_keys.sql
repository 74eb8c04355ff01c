-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. Length that the log had, the published list of keys.
-- pool: admin
select lab.log_recover_keys($1, $2)
