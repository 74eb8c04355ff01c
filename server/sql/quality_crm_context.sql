-- SPDX-License-Identifier: Apache-2.0
-- Whether what RecordCrmCheck is asked may be recorded at all. $1 token hash, $2 request.
-- pool: read
select api.quality_crm_context($1, $2)
