-- SPDX-License-Identifier: Apache-2.0
-- How PreviewFile and ImportFile read the file. $1 token hash, $2 request, $3 SHA-256 of the file in hex.
-- pool: read
select api.instrument_file_context($1, $2, $3)
