-- SPDX-License-Identifier: Apache-2.0
-- The next checkpoint to be signed, proved from size $1.
-- pool: write
select size, root, proof from api.log_checkpoint_ask($1)
