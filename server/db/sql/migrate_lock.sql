-- SPDX-License-Identifier: Apache-2.0
-- One daemon migrates at a time. The number is nothing but ours; the lock goes with the session.
select pg_advisory_lock(8319104478216);
