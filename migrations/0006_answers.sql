-- SPDX-License-Identifier: Apache-2.0
-- Answers are json, as they were sent, no longer jsonb. Functions that answered jsonb are made anew in this same
-- transaction: a function's type cannot be replaced.
set role touchstone_owner;

alter type lab.kept alter attribute answer type json;
alter table lab.replay alter column answer type json using answer::text::json;

do $renew$
declare
    old regprocedure;
begin
    if (select found.version from lab.schema_version as found) <> 5 then -- applied alone, nobody would make them anew
        raise exception 'this migration is for version 5';
    end if;
    for old in select pg_proc.oid from pg_proc where pronamespace = 'lab'::regnamespace and
               (prorettype = 'jsonb'::regtype or proname in ('test_view', 'page_answer', 'sheet_download_sheet', 'replay_keep', 'session_slide')) loop
        execute format('drop function %s', old);
    end loop;
end
$renew$;

-- Called several times in every act, and names lab.policy in full (see functions/00_core.sql).
alter function lab.ts_now() reset search_path;

update lab.schema_version set version = 6;
reset role;
