-- SPDX-License-Identifier: Apache-2.0
select 1 from pg_database where datname = 'touchstone';
