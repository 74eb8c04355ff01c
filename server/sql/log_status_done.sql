-- SPDX-License-Identifier: Apache-2.0
-- A signed status list. $1 shard, $2 size, $3 note.
-- pool: write
select api.log_status_done($1, $2, $3)
