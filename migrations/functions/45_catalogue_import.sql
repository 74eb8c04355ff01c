-- SPDX-License-Identifier: Apache-2.0
-- Import and export of packs for `touchstoned catalogue`, over the owner's connection. The program reads the CSV files
-- and hands them over line by line; here every cell is checked, and either the whole pack is taken or nothing.
set role touchstone_owner;

-- Takes the lines of the files into the draft; what stops here cannot be looked at further.
-- pack: [{"file": "limits.csv", "line": 1, "cells": ["limit_id", ...]}, ...], the first line of a file is its head.
create or replace function lab.catalogue_draft_fill(pack jsonb) returns setof lab.catalogue_finding
language plpgsql volatile as $$
declare
    faults integer;
begin
    perform lab.catalogue_draft_clear();
    insert into lab.catalogue_draft_line (file, line, cells)
    select regexp_replace(one ->> 'file', '\.csv$', ''), (one ->> 'line')::integer,
           array(select jsonb_array_elements_text(one -> 'cells'))
    from jsonb_array_elements(pack) as one
    where one -> 'cells' <> '[]' and exists (select from jsonb_array_elements_text(one -> 'cells') as cell where cell <> ''); -- empty rows
    insert into lab.catalogue_draft_head (file, place, name)
    select head.file, cell.place, cell.name
    from (select distinct on (given.file) * from lab.catalogue_draft_line as given order by given.file, given.line) as head
    cross join lateral unnest(head.cells) with ordinality as cell (name, place);
    return query
    select 'error', head.file || '.csv', 1, 1, 'is not a file of the catalogue: the files are '
        || (select string_agg(files.file || '.csv', ', ' order by files.file) from lab.catalogue_files() as files)
    from lab.catalogue_draft_head as head
    where head.place = 1 and not exists (select from lab.catalogue_files() as files where files.file = head.file)
    union all
    select 'error', head.file || '.csv', 1, min(head.place)::integer,
           format('column %s has no name: delete the empty columns', min(head.place))
    from lab.catalogue_draft_head as head where head.name = '' group by head.file
    union all
    select 'error', head.file || '.csv', 1, head.place, 'the name of this column ' || lab.catalogue_invisible(head.name)
    from lab.catalogue_draft_head as head where lab.catalogue_invisible(head.name) is not null
    union all
    select 'error', head.file || '.csv', 1, head.place, format('column ''%s'' is not known in this file: the columns are %s',
           head.name, (select string_agg(known.name, ', ' order by known.place) from lab.catalogue_columns() as known
                       where known.file = head.file))
    from lab.catalogue_draft_head as head join lab.catalogue_files() as files using (file)
    where head.name <> '' and lab.catalogue_invisible(head.name) is null
    and not exists (select from lab.catalogue_columns() as known where known.file = head.file and known.name = head.name)
    union all
    select 'error', head.file || '.csv', 1, max(head.place), format('column ''%s'' stands here twice: delete one', head.name)
    from lab.catalogue_draft_head as head where head.name <> '' group by head.file, head.name having count(*) > 1
    union all
    select 'error', known.file || '.csv', 1, 1, format('column ''%s'' is missing: add it', known.name)
    from lab.catalogue_columns() as known
    where not known.optional
    and exists (select from lab.catalogue_draft_head as head where head.file = known.file)
    and not exists (select from lab.catalogue_draft_head as head where head.file = known.file and head.name = known.name)
    union all
    select 'error', body.file || '.csv', body.line, least(cardinality(body.cells), heads.width) + 1,
           format('this line has %s cells, but the head has %s: add or delete commas, or quote the cell that has one',
                  cardinality(body.cells), heads.width)
    from lab.catalogue_draft_line as body join (select head.file, count(*)::integer as width from lab.catalogue_draft_head as head
                                 group by head.file) as heads using (file)
    where cardinality(body.cells) <> heads.width;
    get diagnostics faults = row_count;
    if faults > 0 then
        return;
    end if;
    insert into lab.catalogue_draft (file, line, key, cells)
    select body.file, body.line, (select string_agg(told.cells ->> key.name, ' ' order by key.place)
                                  from unnest(files.keys) with ordinality as key (name, place)), told.cells
    from lab.catalogue_draft_line as body join lab.catalogue_files() as files using (file)
    cross join lateral (select jsonb_object_agg(head.name, body.cells[head.place]) as cells
                        from lab.catalogue_draft_head as head where head.file = body.file) as told
    where body.line > (select min(first.line) from lab.catalogue_draft_line as first where first.file = body.file);
    -- A column that is left out keeps what the row has.
    update lab.catalogue_draft as draft
    set cells = lab.catalogue_blank(draft.file) || coalesce(
            (select held.cells from lab.catalogue_row as held where held.file = draft.file and held.key = draft.key
             and held.to_revision is null), '{}') || draft.cells
    where exists (select from lab.catalogue_columns() as known where known.file = draft.file and known.optional);
end
$$;

create or replace function lab.catalogue_import(pack jsonb, author text, mode text, preview boolean)
    returns setof lab.catalogue_finding
language plpgsql volatile set jit = off as $$
declare
    whole boolean;
    before bigint;
    made bigint;
    what text;
    faults lab.catalogue_finding[];
begin
    select head.revision into before from lab.catalogue_head as head for update; -- imports go one after the other
    faults := array(select fault from lab.catalogue_draft_fill(pack) as fault);
    whole := mode = 'replace' or mode <> 'add' and not exists (
        select from lab.catalogue_files() as files where files.core
        and not exists (select from lab.catalogue_draft_head as head where head.file = files.file));
    if cardinality(faults) = 0 and whole and mode <> 'replace' then
        faults := array(select fault from lab.catalogue_emptied() as fault);
    end if;
    if cardinality(faults) = 0 then
        faults := array(select fault from lab.catalogue_faults(whole) as fault);
    end if;
    if cardinality(faults) > 0 then
        perform lab.catalogue_draft_clear();
        return query select distinct fault.* from unnest(faults) as fault
                     order by fault.file, fault.line, fault.place, fault.message limit 1000;
        return;
    end if;
    insert into lab.catalogue_draft_change (kind, file, line, key, cells, told)
    select * from lab.catalogue_changes(whole);
    return query select change.kind, change.file || '.csv', change.line, 0, change.key || case change.told when '' then ''
                        else ': ' || change.told end
                 from lab.catalogue_draft_change as change order by change.file, change.kind, change.key;
    select string_agg(format('%s.csv %s', counted.file, counted.numbers), '; ' order by counted.file) into what
    from (select change.file, format('+%s ~%s -%s', count(*) filter (where change.kind = 'added'),
                                     count(*) filter (where change.kind = 'changed'),
                                     count(*) filter (where change.kind = 'removed')) as numbers
          from lab.catalogue_draft_change as change group by change.file) as counted;
    if what is null then
        return query select 'summary', '', 0, 0, format('no change: the catalogue stays at revision %s', before);
    elsif preview then
        return query select 'summary', '', 0, 0, format('preview: %s; nothing was written, the catalogue stays at revision %s',
                                                        what, before);
    else
        made := lab.catalogue_apply(author, what);
        return query select 'revision', '', 0, 0, format('revision %s: %s', made, what);
    end if;
    perform lab.catalogue_draft_clear();
end
$$;

-- A file of which only the head is left, in a pack that is whole by its files alone: rather lost than meant.
create or replace function lab.catalogue_emptied() returns setof lab.catalogue_finding
language sql stable as $$
    select 'error', head.file || '.csv', 1, 1, format('%s.csv has no rows: all %s would be withdrawn; say --replace if that is meant',
                                                     head.file, held.rows)
    from (select distinct named.file from lab.catalogue_draft_head as named) as head
    cross join lateral (select count(*) as rows from lab.catalogue_row as row
                        where row.file = head.file and row.to_revision is null) as held
    where held.rows > 0 and not exists (select from lab.catalogue_draft as draft where draft.file = head.file)
$$;

create or replace function lab.catalogue_draft_clear() returns void
language plpgsql volatile as $$
begin
    delete from lab.catalogue_draft_head;
    delete from lab.catalogue_draft_line;
    delete from lab.catalogue_draft;
    delete from lab.catalogue_coming;
    delete from lab.catalogue_draft_change;
end
$$;

-- What the draft changes, row by row, told in words.
create or replace function lab.catalogue_changes(whole boolean)
    returns table (kind text, file text, line integer, key text, cells jsonb, told text)
language sql volatile as $$
    with held as (
        select row.file, row.key, lab.catalogue_blank(row.file) || row.cells as cells from lab.catalogue_row as row
        where row.to_revision is null
        and exists (select from lab.catalogue_draft_head as head where head.file = row.file))
    select case when held.key is null then 'added' when draft.key is null then 'removed' else 'changed' end,
           coalesce(draft.file, held.file), coalesce(draft.line, 0), coalesce(draft.key, held.key), draft.cells,
           case when held.key is null or draft.key is null then ''
                else (select string_agg(format('%s ''%s'' -> ''%s''', cell.name, left(held.cells ->> cell.name, 100),
                                               left(cell.value, 100)), ', ')
                      from jsonb_each_text(draft.cells) as cell (name, value)
                      where cell.value is distinct from held.cells ->> cell.name) end
    from lab.catalogue_draft as draft full join held on held.file = draft.file and held.key = draft.key
    where held.cells is distinct from draft.cells and (whole or draft.key is not null)
$$;

-- Writes what the draft changes: the rows with their revisions, then the tables of what holds now, then what follows from them.
create or replace function lab.catalogue_apply(author text, what text) returns bigint
language plpgsql volatile as $$
declare
    made bigint := lab.catalogue_next_revision(author, what);
    one record;
begin
    perform set_config('touchstone.catalogue_import', 'on', true);
    perform lab.set_reason('touchstoned catalogue import by ' || author);
    update lab.catalogue_row as old set to_revision = made from lab.catalogue_draft_change as change
    where old.file = change.file and old.key = change.key and old.to_revision is null;
    insert into lab.catalogue_row (file, key, cells, from_revision)
    select change.file, change.key, change.cells, made from lab.catalogue_draft_change as change where change.kind <> 'removed';
    insert into lab.laboratory (laboratory, name_zh, name_en)
    select change.key, change.cells ->> 'name_zh', change.cells ->> 'name_en' from lab.catalogue_draft_change as change
    where change.file = 'domains' and change.kind <> 'removed'
    and not exists (select from lab.laboratory as known where known.laboratory = change.key);
    for one in select files.* from lab.catalogue_files() as files where files.is_table loop
        perform lab.catalogue_apply_table(one.file, one.relation);
    end loop;
    perform lab.catalogue_resolve();
    perform lab.registry_renew();
    perform set_config('touchstone.catalogue_import', 'off', true);
    return made;
end
$$;

create or replace function lab.catalogue_apply_table(of_file text, relation text) returns void
language plpgsql volatile as $$
declare
    names text;
    makes text;
    sets text;
    same text;
begin
    select string_agg(format('%I', known.stored), ', ' order by known.place),
           string_agg(case when known.refers <> '' and not known.must and not held.attnotnull
                           then format('nullif(change.cells ->> %L, '''')', known.name)
                           when known.kind = 'count' then format('(change.cells ->> %L)::integer', known.name)
                           else format('change.cells ->> %L', known.name) end, ', ' order by known.place),
           string_agg(format('%1$I = excluded.%1$I', known.stored), ', ' order by known.place)
    into names, makes, sets from lab.catalogue_columns() as known
    join pg_attribute as held on held.attrelid = format('lab.%I', relation)::regclass and held.attname = known.stored
    where known.file = of_file;
    same := (select string_agg(format('%I', known.stored), ', ') from lab.catalogue_columns() as known
             join lab.catalogue_files() as files on files.file = known.file and known.name = any (files.keys)
             where known.file = of_file);
    execute format('insert into lab.%I (%s, withdrawn) select %s, false from lab.catalogue_draft_change as change '
                   'where change.file = %L and change.kind <> ''removed'' '
                   'on conflict (%s) do update set %s, withdrawn = false', relation, names, makes, of_file, same, sets);
    execute format('update lab.%I as held set withdrawn = true from lab.catalogue_draft_change as change where change.file = %L '
                   'and change.kind = ''removed'' and change.key = (select string_agg(%s ->> name, '' '' order by place) '
                   'from unnest(%L::text[]) with ordinality as one (name, place))', relation, of_file,
                   lab.catalogue_cells_of(of_file),
                   (select files.keys from lab.catalogue_files() as files where files.file = of_file));
end
$$;

create or replace function lab.csv_cell(cell text) returns text
language sql immutable as $$
    select case when cell ~ '[",\r\n]' then '"' || replace(cell, '"', '""') || '"' else cell end
$$;

-- Every file with rows, in canonical form: rows in the order of their keys' bytes, LF, quotes only where they must be.
create or replace function lab.catalogue_export() returns table (file text, content text)
language sql stable as $$
    with used as (
        select known.file, known.name, known.place from lab.catalogue_columns() as known
        where not known.optional or exists (
            select from lab.catalogue_row as held where held.file = known.file and held.to_revision is null
            and coalesce(held.cells ->> known.name, known.preset) <> known.preset)),
    line as (
        select held.file, held.key, string_agg(lab.csv_cell(coalesce(held.cells ->> used.name, '')), ',' order by used.place) as text
        from lab.catalogue_row as held join used on used.file = held.file where held.to_revision is null
        group by held.file, held.key)
    select line.file || '.csv',
           (select string_agg(lab.csv_cell(used.name), ',' order by used.place) from used
            where used.file = line.file) || E'\n' || string_agg(line.text || E'\n', '' order by line.key collate "C")
    from line group by line.file
$$;

reset role;
