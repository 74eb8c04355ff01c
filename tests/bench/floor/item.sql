-- SPDX-License-Identifier: Apache-2.0
-- pgbench: the floor of GetItem. The code's check character is arithmetic, as in proto/wire/item_code.
\set n random(0, :items - 1)
\set sum (:n / 10000000 % 10) * 2 + (:n / 1000000 % 10) * 3 + (:n / 100000 % 10) * 4 + (:n / 10000 % 10) * 5 + (:n / 1000 % 10) * 6 + (:n / 100 % 10) * 7 + (:n / 10 % 10) * 8 + (:n % 10) * 9
\set check (31 - :sum % 31) % 31 + 1
\set who 1000 + :client_id
select answer, blob from api.desk_get_item(sha256(decode(lpad(:who::text, 32, '0'), 'hex')),
    format('{"item_code": "%s%s"}', lpad(:n::text, 8, '0'), substr('0123456789ABCDEFGHJKMNPQRTUVWXY', :check::integer, 1))::jsonb);
