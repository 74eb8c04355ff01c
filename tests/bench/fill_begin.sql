-- SPDX-License-Identifier: Apache-2.0
-- What stands before every fill of a benchmark's books, run by the superuser: no guard and no history until fill_end.sql, and the desks
-- B0-B63 with tech0-63, desk0-63 and review0-63. Roles are the fill's own.
do $begin$
declare
    one record;
begin
    for one in select tgrelid::regclass as name, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid
               where relnamespace = 'lab'::regnamespace loop
        execute format('alter table %s disable trigger %I', one.name, one.tgname);
    end loop;

    insert into lab.desk (desk, name) select 'B' || n, 'Bench ' || n from generate_series(0, 63) as n;
    insert into lab.staff (username, name, home_laboratory, password_hash)
    select kind || n, kind || n, 'JEW', '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA'
    from unnest('{tech,desk,review}'::text[]) as kind, generate_series(0, 63) as n;
end
$begin$;
