-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. A version of the registry; null when the log does not hold it.
-- pool: admin
select lab.log_recover_registry($1)
