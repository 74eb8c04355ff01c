-- SPDX-License-Identifier: Apache-2.0
-- What EnterWorksheet calculates: positions, tests, and the newest points of the charts. $1 token hash, $2 request.
-- pool: read
select api.worksheet_enter_context($1, $2)
