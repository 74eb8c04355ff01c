-- SPDX-License-Identifier: Apache-2.0
-- Forgets old idempotency keys and throttles; makes the reminders that are due. Answers the number of rows.
-- pool: write
select api.housekeeping()
