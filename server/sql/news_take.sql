-- SPDX-License-Identifier: Apache-2.0
-- The next recipient to be told, leased; no row when there is none. $1 lease in seconds.
-- pool: write
select delivery_id, channel, address, kind, sheet_no, reference, code, at from api.news_take($1)
