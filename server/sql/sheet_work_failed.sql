-- SPDX-License-Identifier: Apache-2.0
-- Gives a sheet back for a later attempt. sheet number, revision, error.
-- pool: write
select api.sheet_work_failed($1, $2, $3)
