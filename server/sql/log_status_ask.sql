-- SPDX-License-Identifier: Apache-2.0
-- The status list of shard $1.
-- pool: write
select size, list from api.log_status_ask($1)
