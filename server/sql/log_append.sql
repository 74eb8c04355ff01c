-- SPDX-License-Identifier: Apache-2.0
-- Enters requests. $1 length of the log, $2 key id, $3 requests, $4 payloads, $5 COSE. Null when the log has grown meanwhile.
-- pool: write
select api.log_append($1, $2, $3::bigint[], $4::bytea[], $5::bytea[])
