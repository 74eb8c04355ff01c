-- SPDX-License-Identifier: Apache-2.0
-- A page of tests is answered as rows (lab.test_row), no longer as one json: what answered json is made anew in this
-- same transaction, for a function's type cannot be replaced.
set role touchstone_owner;

do $once$
begin
    if (select found.version from lab.schema_version as found) <> 6 then
        raise exception 'this migration is for version 6';
    end if;
end
$once$;

drop function if exists lab.test_view(uuid[], text);
drop function if exists lab.test_list(lab.actor, jsonb, text, uuid, text);
drop function if exists lab.bench_list_tests(lab.actor, jsonb);
drop function if exists lab.review_list_submitted_tests(lab.actor, jsonb);

update lab.schema_version set version = 7;
reset role;
