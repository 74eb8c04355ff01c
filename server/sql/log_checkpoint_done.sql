-- SPDX-License-Identifier: Apache-2.0
-- A signed checkpoint. $1 size, $2 root, $3 note.
-- pool: write
select api.log_checkpoint_done($1, $2, $3)
