-- SPDX-License-Identifier: Apache-2.0
-- A sheet for anybody. $1 number, $2 code of the small QR or ''.
-- pool: read
select api.public_look_up_sheet($1, $2)
