-- SPDX-License-Identifier: Apache-2.0
-- What FreezeLimits calculates with: the points that were chosen. $1 token hash, $2 request.
-- pool: read
select api.quality_freeze_context($1, $2)
