-- SPDX-License-Identifier: Apache-2.0
revoke all on database touchstone from public;
grant connect on database touchstone to touchstone_daemon;
