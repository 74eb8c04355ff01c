-- SPDX-License-Identifier: Apache-2.0
-- Whether AttachFile has a picture tried: the caller has a session and sees the test. $1 token hash, $2 request.
-- pool: read
select api.record_attach_context($1, $2)
