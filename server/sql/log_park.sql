-- SPDX-License-Identifier: Apache-2.0
-- Requests whose sheets could not be stated: they wait apart, to be tried again later. $1 their numbers.
-- pool: write
select api.log_park($1::bigint[])
