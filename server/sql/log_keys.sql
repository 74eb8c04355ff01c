-- SPDX-License-Identifier: Apache-2.0
-- The signer's public keys, made known. $1 JSON list of use, spki, name, demonstration. Empty, or why this daemon may not keep the log.
-- pool: write
select api.log_keys($1)
