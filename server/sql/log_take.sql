-- SPDX-License-Identifier: Apache-2.0
-- The oldest requests, $1 at most, with the record of each sheet.
-- pool: write
select head, request_no, sheet_no, record from api.log_take($1)
