-- SPDX-License-Identifier: Apache-2.0
-- What became of it. $1 delivery, $2 sent, later or failed, $3 the hook program's words.
-- pool: write
select api.news_done($1, $2, $3)
