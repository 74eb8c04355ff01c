-- SPDX-License-Identifier: Apache-2.0
-- What SubmitWorksheet judges: the tests of the worksheet that are still open. $1 token hash, $2 request.
-- pool: read
select api.worksheet_submit_context($1, $2)
