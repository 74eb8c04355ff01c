-- SPDX-License-Identifier: Apache-2.0
-- Checkpoint and the small files that go with it. $1 host, $2 time of the newest status list that is written, $3 version of the registry.
-- pool: write
select path, content, size, at from api.log_public_heads($1, $2, $3)
