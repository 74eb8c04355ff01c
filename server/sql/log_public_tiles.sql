-- SPDX-License-Identifier: Apache-2.0
-- Tiles that are new or longer from size $1 to $2.
-- pool: write
select path, content from api.log_public_tiles($1, $2)
