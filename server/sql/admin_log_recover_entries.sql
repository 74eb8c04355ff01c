-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. Length of the log, the entries that it lacks, root and note of the checkpoint.
-- pool: admin
select lab.log_recover_entries($1, $2, $3, $4)
