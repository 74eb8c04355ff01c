-- SPDX-License-Identifier: Apache-2.0
-- What SubmitTest judges, in the shape of GetTest. $1 token hash, $2 request.
-- pool: read
select api.bench_judge_context($1, $2)
