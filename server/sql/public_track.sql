-- SPDX-License-Identifier: Apache-2.0
-- How far a receipt's items are. $1 code of the receipt, $2 last four digits of the owner's phone. A wrong try is counted.
-- pool: write
select answer, refusal from api.public_track($1, $2)
