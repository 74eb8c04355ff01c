-- SPDX-License-Identifier: Apache-2.0
-- Forgets old idempotency keys and throttles. Answers the number of rows.
-- pool: write
select api.housekeeping()
