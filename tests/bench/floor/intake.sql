-- SPDX-License-Identifier: Apache-2.0
-- pgbench: the floor of RegisterIntake. Every second person is known already.
\set who 1000 + :client_id
\set m random(0, :items - 1)
\set phone :m * 7919 % 1000000000
\set mass random(100, 999)
select answer, refusal from api.desk_register_intake(sha256(decode(lpad(:who::text, 32, '0'), 'hex')), gen_random_uuid()::text,
    '\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    format('{"laboratory": "JEW", "owner": {"name": "王%s", "phone": "13%s"}, "items": [{"name": "戒指", "claimed_product_id": "JEW_AU750", "claim_text": "18K 金", "hallmark": "Au750", "mass_g": "3.%s", "condition": "good", "declared_value_cny": "2600", "photo": 1, "pieces": 1, "tests": [{"method_id": "M_XRF", "parameter_id": "AU"}, {"method_id": "M_XRF", "parameter_id": "AG"}, {"method_id": "M_XRF", "parameter_id": "PT"}, {"method_id": "M_XRF", "parameter_id": "PD"}]}], "consents": [{"kind": "privacy", "given_by_owner": true}, {"kind": "agreement", "given_by_owner": true}], "return_choice": "return", "purpose": "consumer reference"}',
           :m::text, lpad(:phone::text, 9, '0'), :mass::text)::jsonb, array['\x89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082'::bytea]);
