-- SPDX-License-Identifier: Apache-2.0
-- The session of a migration: no limit of time for the work, one for waiting on another daemon that migrates.
set statement_timeout = 0;
set lock_timeout = '10min';
set client_min_messages = warning;
