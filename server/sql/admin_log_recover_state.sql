-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`. How long the log is, its root, the newest version of the registry.
-- pool: admin
select head, encode(root, 'hex'), registry from lab.log_recover_state()
