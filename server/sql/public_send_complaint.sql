-- SPDX-License-Identifier: Apache-2.0
-- A complaint about a receipt. $1 code of the receipt, $2 last four digits of the owner's phone, $3 what about, $4 the words. A wrong
-- try is counted.
-- pool: write
select answer, refusal from api.public_send_complaint($1, $2, $3, $4)
