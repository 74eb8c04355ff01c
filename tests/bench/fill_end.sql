-- SPDX-License-Identifier: Apache-2.0
-- What stands after every fill of a benchmark's books: every trigger is on again, the schema's own as the migrations have them, always.
do $end$
declare
    one record;
begin
    for one in select tgrelid::regclass as name, tgname, tgisinternal from pg_trigger
               join pg_class on pg_class.oid = tgrelid where relnamespace = 'lab'::regnamespace loop
        execute format('alter table %s enable %s trigger %I', one.name, case when one.tgisinternal then '' else 'always' end,
                       one.tgname);
    end loop;
end
$end$;
