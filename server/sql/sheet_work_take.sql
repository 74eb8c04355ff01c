-- SPDX-License-Identifier: Apache-2.0
-- The oldest sheet to be drawn, leased; no row when there is none. $1 lease in seconds.
-- pool: write
select sheet_no, revision, record_bytes, photo, attempts, cose, proof, seal, cma, cnas from api.sheet_work_take($1)
