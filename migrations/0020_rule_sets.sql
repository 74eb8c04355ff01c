-- SPDX-License-Identifier: Apache-2.0
-- Rule sets of control charts as rows of the catalogue (control_rules.csv), where they were three names that the program
-- knew. See docs/decisions/quality.md.
set role touchstone_owner;

-- Each chart names a set of the catalogue; that it is one is refused where charts are opened.
do $checks$
declare
    name text;
begin
    for name in select conname from pg_constraint where conrelid = 'lab.control_chart'::regclass and contype = 'c'
                and pg_get_constraintdef(oid) like '%rule_set%' loop
        execute format('alter table lab.control_chart drop constraint %I', name);
    end loop;
end
$checks$;
alter table lab.control_chart add check (rule_set ~ '^[A-Za-z0-9_-]{1,20}$');

-- The revision of the catalogue that made the rules what they were when this control was judged by them. 0: those that came
-- with the program, and whatever was judged before there were others; a chart of ranges has its one rule by itself.
alter table lab.control_result add column rules_revision bigint not null default 0;

-- The sets that came with the program, as control_rules.csv has them; they held before this was written down.
insert into lab.catalogue_row (file, key, cells, from_revision)
select 'control_rules', (found.cells ->> 'set') || ' ' || (found.cells ->> 'name'), found.cells, 0
from jsonb_array_elements($rules$[
{"set": "iso7870_2", "name": "1", "place": "1", "kind": "beyond", "count": "1", "of": "1", "sigma": "3", "side": "any", "scope": "series", "effect": "reject", "confidence": "check", "source": "ISO 7870-2:2013 = GB/T 17989.2-2020", "note": "run of 7 and trend of 7: confirm against the standard"},
{"set": "iso7870_2", "name": "2", "place": "2", "kind": "beyond", "count": "7", "of": "7", "sigma": "0", "side": "same", "scope": "series", "effect": "reject", "confidence": "check", "source": "ISO 7870-2:2013 = GB/T 17989.2-2020", "note": "run of 7 and trend of 7: confirm against the standard"},
{"set": "iso7870_2", "name": "3", "place": "3", "kind": "trend", "count": "7", "of": "", "sigma": "", "side": "", "scope": "series", "effect": "reject", "confidence": "check", "source": "ISO 7870-2:2013 = GB/T 17989.2-2020", "note": "run of 7 and trend of 7: confirm against the standard"},
{"set": "nelson8", "name": "1", "place": "1", "kind": "beyond", "count": "1", "of": "1", "sigma": "3", "side": "any", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "2", "place": "2", "kind": "beyond", "count": "9", "of": "9", "sigma": "0", "side": "same", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "3", "place": "3", "kind": "trend", "count": "6", "of": "", "sigma": "", "side": "", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "4", "place": "4", "kind": "alternating", "count": "14", "of": "", "sigma": "", "side": "", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "5", "place": "5", "kind": "beyond", "count": "2", "of": "3", "sigma": "2", "side": "same", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "6", "place": "6", "kind": "beyond", "count": "4", "of": "5", "sigma": "1", "side": "same", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "7", "place": "7", "kind": "within", "count": "15", "of": "", "sigma": "1", "side": "", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "nelson8", "name": "8", "place": "8", "kind": "beyond", "count": "8", "of": "8", "sigma": "1", "side": "both", "scope": "series", "effect": "reject", "confidence": "verified", "source": "GB/T 4091-2001 = ISO 8258:1991, 7; Nelson 1984", "note": ""},
{"set": "westgard", "name": "1-2s", "place": "1", "kind": "beyond", "count": "1", "of": "1", "sigma": "2", "side": "any", "scope": "series", "effect": "warning", "confidence": "verified", "source": "Westgard 1981", "note": ""},
{"set": "westgard", "name": "1-3s", "place": "2", "kind": "beyond", "count": "1", "of": "1", "sigma": "3", "side": "any", "scope": "series", "effect": "reject", "confidence": "verified", "source": "Westgard 1981", "note": ""},
{"set": "westgard", "name": "10x", "place": "6", "kind": "beyond", "count": "10", "of": "10", "sigma": "0", "side": "same", "scope": "series", "effect": "reject", "confidence": "verified", "source": "Westgard 1981", "note": ""},
{"set": "westgard", "name": "2-2s", "place": "3", "kind": "beyond", "count": "2", "of": "2", "sigma": "2", "side": "same", "scope": "series", "effect": "reject", "confidence": "verified", "source": "Westgard 1981", "note": ""},
{"set": "westgard", "name": "4-1s", "place": "5", "kind": "beyond", "count": "4", "of": "4", "sigma": "1", "side": "same", "scope": "series", "effect": "reject", "confidence": "verified", "source": "Westgard 1981", "note": ""},
{"set": "westgard", "name": "R-4s", "place": "4", "kind": "beyond", "count": "2", "of": "all", "sigma": "2", "side": "both", "scope": "run", "effect": "reject", "confidence": "verified", "source": "Westgard 1981", "note": ""}
]$rules$) as found (cells)
where not exists (select from lab.catalogue_row as held where held.file = 'control_rules');

update lab.schema_version set version = greatest(version, 20);
reset role;
