-- SPDX-License-Identifier: Apache-2.0
-- Sheets frozen and not yet sealed, and for how many seconds the oldest has waited.
-- pool: read
select waiting, oldest_seconds from api.sheet_work_waiting()
