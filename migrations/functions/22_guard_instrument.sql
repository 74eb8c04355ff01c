-- SPDX-License-Identifier: Apache-2.0
-- The invariants of instrument files, against plain SQL too: versions of a profile follow one another, and a reading
-- comes from a file of its own laboratory, entered by whoever imported it. That nothing of them changes is named in
-- 20_guard.sql.
set role touchstone_owner;

create or replace function lab.guard_instrument_profile() returns trigger
language plpgsql volatile as $$
begin
    if new.version <> 1 + coalesce((select max(saved.version) from lab.instrument_profile as saved
                                    where saved.laboratory = new.laboratory and saved.profile = new.profile), 0) then
        perform lab.refuse(9, 'APPEND_ONLY', 'A profile gains one version after the other.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_instrument_reading() returns trigger
language plpgsql volatile as $$
begin
    if not exists (
           select from lab.instrument_file as kept join lab.result_entry as entry
               on entry.laboratory = kept.laboratory and entry.entered_by = kept.imported_by
           join lab.test on test.test_id = entry.test_id and test.entry_no = entry.entry_no
           where kept.laboratory = new.laboratory and kept.sha256 = new.sha256
           and entry.test_id = new.test_id and entry.entry_no = new.entry_no)
       -- Several worksheets may be entered from one file, each by whoever measured it.
       and not exists (
           select from lab.worksheet_file as kept join lab.worksheet_result as found using (worksheet_no)
           join lab.worksheet_position as placed using (worksheet_no, position)
           join lab.result_entry as entry on entry.test_id = placed.test_id and entry.entry_no = found.entry_no
               and entry.entered_by = kept.entered_by
           where kept.laboratory = new.laboratory and kept.sha256 = new.sha256
           and placed.test_id = new.test_id and found.entry_no = new.entry_no) then
        perform lab.refuse(9, 'NOT_OF_THIS_FILE', 'A reading comes from a file of its laboratory, by whoever imported it.');
    end if;
    return new;
end
$$;

call lab.put_guard('{instrument_profile,instrument_reading}', 'before insert');

reset role;
