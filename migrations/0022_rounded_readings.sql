-- SPDX-License-Identifier: Apache-2.0
-- A reading may have been rounded already, by an instrument or another laboratory: its mark says on which side of it the actual
-- value lies (GB/T 8170-2008, 3.3.2), 15.5(-), and is part of what was typed.
set role touchstone_owner;

create domain lab.reading_text as text collate "C"
    check (value ~ '^[+-]?[0-9]+(\.[0-9]+)?(\([+-]\))?$' and length(translate(value, '+-.()', '')) <= 40);

alter table lab.reading drop column value;
alter table lab.reading alter column value_text type lab.reading_text;
alter table lab.reading
    add column value numeric not null
        generated always as (split_part(value_text::text, '(', 1)::numeric) stored,
    add check (qualifier = '' or value_text !~ '\)$');

update lab.schema_version set version = greatest(version, 22);
reset role;
