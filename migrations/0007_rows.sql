-- SPDX-License-Identifier: Apache-2.0
-- A step of the version only: a daemon that reads pages of tests as rows (lab.test_row, functions/50_bench.sql) does not
-- start on a schema without them. What changes its type there is dropped there, in the transaction that makes it anew.
set role touchstone_owner;

do $once$
begin
    if (select found.version from lab.schema_version as found) <> 6 then
        raise exception 'this migration is for version 6';
    end if;
end
$once$;

update lab.schema_version set version = 7;
reset role;
