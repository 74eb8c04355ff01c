-- SPDX-License-Identifier: Apache-2.0
-- The newest sealed sheet of a receipt. $1 and $2 as public_track, $3 number of the sheet or ''.
-- pool: write
select answer, refusal, blob from api.public_fetch_sheet($1, $2, $3, $4)
