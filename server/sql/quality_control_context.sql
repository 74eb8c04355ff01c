-- SPDX-License-Identifier: Apache-2.0
-- What EnterControl judges: the newest points with the one that is entered. $1 token hash, $2 request.
-- pool: read
select api.quality_control_context($1, $2)
