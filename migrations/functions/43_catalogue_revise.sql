-- SPDX-License-Identifier: Apache-2.0
-- Revisions of the catalogue: what plain SQL changed is noted like what an import changed. Nothing that a past result used
-- ever changes: lab.catalogue_at tells every row as it was.
set role touchstone_owner;

-- A submission shares the catalogue until it ends (lab.submission_make), so what it was judged by and what is written of it
-- are of one revision; whoever changes the catalogue waits for it, and what comes later waits for that.
create or replace function lab.catalogue_lock() returns void
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('catalogue', 0));
end
$$;

create or replace function lab.catalogue_next_revision(author text, what text) returns bigint
language plpgsql volatile as $$
declare
    made bigint;
begin
    perform lab.catalogue_lock();
    update lab.catalogue_head set revision = catalogue_head.revision + 1 returning catalogue_head.revision into made;
    insert into lab.catalogue_revision (revision, at, author, what) values (made, lab.ts_now(), author, what);
    return made;
end
$$;

-- The expression that makes a file's cells of a row of its table.
create or replace function lab.catalogue_cells_of(of_file text) returns text
language sql stable as $$
    select 'jsonb_build_object(' || string_agg(format('%L, coalesce(held.%I::text, '''')', known.name, known.stored),
                                               ', ' order by known.place) || ')'
    from lab.catalogue_columns() as known where known.file = of_file
$$;

-- Brings the rows of one file up to its table.
create or replace function lab.catalogue_note(of_relation text, now_revision bigint) returns void
language plpgsql volatile as $$
declare
    of_file text;
    file_keys text[];
    found record;
begin
    select files.file, files.keys into of_file, file_keys from lab.catalogue_files() as files
    where files.relation = of_relation and files.is_table;
    for found in execute format(
        'with now as (select (select string_agg(cells ->> name, '' '' order by place)
                              from unnest(%L::text[]) with ordinality as one (name, place)) as key, cells
                      from (select %s as cells from lab.%I as held where not held.withdrawn) as rows)
         select coalesce(now.key, kept.key) as key, now.cells, kept.key is not null as kept
         from now full join (select key, cells from lab.catalogue_row where file = %L and to_revision is null) as kept
             on kept.key = now.key
         where lab.catalogue_blank(%L) || kept.cells is distinct from now.cells',
        file_keys, lab.catalogue_cells_of(of_file), of_relation, of_file, of_file)
    loop
        update lab.catalogue_row as old set to_revision = now_revision
        where found.kept and old.file = of_file and old.key = found.key and old.to_revision is null;
        insert into lab.catalogue_row (file, key, cells, from_revision)
        select of_file, found.key, found.cells, now_revision where found.cells is not null;
    end loop;
end
$$;

create or replace function lab.catalogue_moved() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if current_setting('touchstone.catalogue_import', true) = 'on' then -- notes its rows itself, once for all
        return null;
    end if;
    perform lab.catalogue_note(tg_table_name, lab.catalogue_next_revision(
        coalesce(nullif(current_setting('touchstone.who', true), '')::jsonb ->> 'actor', 'database:' || session_user),
        'plain SQL on ' || tg_table_name));
    perform lab.catalogue_resolve();
    return null;
end
$$;

do $triggers$
declare
    name text;
begin
    for name in select files.relation from lab.catalogue_files() as files where files.is_table loop
        execute format('create or replace trigger catalogue_moved after insert or update or delete or truncate '
                       'on lab.%I for each statement execute function lab.catalogue_moved()', name);
        if not exists (select from lab.catalogue_row join lab.catalogue_files() as files using (file)
                       where files.relation = name) then -- what 0003 brought holds since ever
            perform lab.catalogue_note(name, 0);
        end if;
    end loop;
end
$triggers$;

select lab.catalogue_resolve();

reset role;
