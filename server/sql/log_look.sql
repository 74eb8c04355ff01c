-- SPDX-License-Identifier: Apache-2.0
-- What there is to do for the log. $1 who asks, $2 lease in seconds.
-- pool: write
select mine, head, checkpoint, waiting, shard, kept, production, stuck from api.log_look($1, $2)
