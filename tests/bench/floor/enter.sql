-- SPDX-License-Identifier: Apache-2.0
-- pgbench: the floor of EnterResult, three readings. Which test and which version: see bodies.c, which counts the same way.
\set c :client_id + :calls * :clients
\set calls :calls + 1
\set place (:c % :places) * 7919 % :places
\set who :place % 64
\set j (:window + :windows * (:place / 64)) * 64 + :who
\set version 2 + :c / :places
\set value random(750, 756)
select answer, refusal from api.bench_enter_result(sha256(decode(lpad(:who::text, 32, '0'), 'hex')), gen_random_uuid()::text,
    '\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    format('{"test_id": "00000000-0000-7000-8000-%s", "version": %s, "readings": [{"value": "%s.4", "position": "shank"}, {"value": "753.1", "position": "shank"}, {"value": "753.9", "position": "clasp"}], "expanded_uncertainty": "2.0", "instrument": "XRF-01", "temperature_c": "23.1", "humidity_percent": "45", "reason": "measured again"}',
           lpad(:j::text, 12, '0'), :version::text, :value::text)::jsonb, '{}');
