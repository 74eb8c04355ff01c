-- SPDX-License-Identifier: Apache-2.0
-- Published statistics for anybody. $1 laboratory $2 first day of the period, or '' for the newest $3 group of the pass rates, or ''
-- pool: read
select api.public_show_statistics($1, $2, $3)
