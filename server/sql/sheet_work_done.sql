-- SPDX-License-Identifier: Apache-2.0
-- Stores a sealed document; idempotent. sheet number, revision, document, SHA-256.
-- pool: write
select api.sheet_work_done($1, $2, $3, $4)
