-- SPDX-License-Identifier: Apache-2.0
-- The wall board for anybody. $1 laboratory, or '' for all with a queue today. As jsonb's text, which has no line feeds.
-- pool: read
select api.public_board($1)::jsonb
