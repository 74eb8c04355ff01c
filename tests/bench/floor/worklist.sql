-- SPDX-License-Identifier: Apache-2.0
-- pgbench: the floor of ListTests, the first page of anybody's own worklist.
\set whose random(0, 63)
select * from api.bench_list_tests_rows(sha256(decode(lpad(:client_id::text, 32, '0'), 'hex')),
    format('{"laboratory": "JEW", "assigned_to": "tech%s"}', :whose::text)::jsonb);
