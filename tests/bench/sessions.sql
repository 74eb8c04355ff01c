-- SPDX-License-Identifier: Apache-2.0
-- Everybody of fill.sql logged in, at every start of the benchmark; run by the superuser.
insert into lab.session (token_hash, staff_id, desk, address, created_at, idle_expires_at, expires_at)
select sha256(decode(lpad((case kind when 'tech' then n else n + 1000 end)::text, 32, '0'), 'hex')), staff_id,
       case kind when 'desk' then 'B' || n end, 'bench', now(), now() + interval '60 minutes', now() + interval '12 hours'
from unnest('{tech,desk}'::text[]) as kind cross join generate_series(0, 63) as n
join lab.staff on username = kind || n
on conflict (token_hash) do update
set idle_expires_at = excluded.idle_expires_at, expires_at = excluded.expires_at;
