-- SPDX-License-Identifier: Apache-2.0
-- What SaveProfile checks: the layout of the request with the units of its parameters. $1 token hash, $2 request.
-- pool: read
select api.instrument_layout_context($1, $2)
