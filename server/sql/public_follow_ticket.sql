-- SPDX-License-Identifier: Apache-2.0
-- A person's own number. $1 code on the slip.
-- pool: read
select api.public_follow_ticket($1)
