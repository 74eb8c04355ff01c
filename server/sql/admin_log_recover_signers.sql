-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. The keys that a checkpoint must be signed by.
-- pool: admin
select use, name, encode(spki, 'hex') from lab.log_key where use in ('log', 'log_p256') order by use
