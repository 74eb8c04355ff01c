-- SPDX-License-Identifier: Apache-2.0
-- Typing mistakes of reception, each corrected with a reason: a person's name and phone, what was written of an item, two entries
-- of one person; and the list of what was corrected. A sheet that is issued is amended instead (73_sheet_amend.sql).
set role touchstone_owner;

create or replace function lab.desk_correct_person(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.person;
    named text := lab.trimmed(coalesce(request ->> 'name', ''));
    plain text := lab.phone_plain(request ->> 'phone');
    other uuid;
begin
    select * into taken from lab.person where person.person_id = lab.person_now(lab.uuid_of(request, 'person_id')) for update;
    if taken.person_id is null then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such person.');
    end if;
    perform lab.require_version(request, taken.version);
    named := case when named = '' then taken.name else named end;
    if not lab.shows(named) then
        perform lab.refuse_field('name', 'has only spaces or signs that nobody sees');
    end if;
    plain := case plain when '' then taken.phone else plain end;
    if plain !~ '^\+?[0-9]{5,20}$' then
        perform lab.refuse_field('phone', 'must be a telephone number of at least 5 digits');
    elsif (named, plain) = (taken.name, taken.phone) then
        perform lab.refuse(9, 'NOTHING_CORRECTED', 'This says what is there already. Name what differs.');
    end if;
    select person.person_id into other from lab.person where person.name = named and person.phone = plain;
    if found then
        perform lab.refuse(6, 'PERSON_KNOWN', 'Another entry has this name and phone: merge the two (person merge).', '',
                           jsonb_build_object('person_id', other));
    end if;
    perform set_config('touchstone.laboratory', lab.reception_of(who, taken.person_id), true);
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.person set name = named, phone = plain where person.person_id = taken.person_id;
    return json_build_object('person', lab.person_masked(taken.person_id));
end
$$;

create or replace function lab.merge_view(paper lab.person_merge) returns json
language plpgsql stable as $$
begin
    return json_build_object('merge_id', paper.merge_id, 'kept', lab.person_masked(paper.kept_id), 'gone_id', paper.gone_id,
        'reason', paper.reason, 'merged_by', lab.username_of(paper.merged_by), 'merged_at', paper.merged_at,
        'undone_by', lab.username_of(paper.undone_by), 'undone_at', paper.undone_at, 'undo_reason', nullif(paper.undo_reason, ''),
        'receipt_count', (select count(*) from lab.receipt where receipt.owner_id = any (lab.person_ids(paper.gone_id))),
        'booking_count', (select count(*) from lab.booking where booking.person_id = any (lab.person_ids(paper.gone_id))));
end
$$;

create or replace function lab.desk_merge_persons(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    kept uuid := lab.uuid_of(request, 'kept_id');
    gone uuid := lab.uuid_of(request, 'gone_id');
    paper lab.person_merge;
begin
    if kept = gone then
        perform lab.refuse_field('gone_id', 'is the entry that is kept');
    elsif (select count(*) from lab.person where person.person_id in (kept, gone)) <> 2 then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such person.');
    end if;
    perform set_config('touchstone.laboratory', lab.reception_of(who, gone), true);
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.person_merge (kept_id, gone_id, reason, merged_by, merged_at)
    values (kept, gone, lab.words_of(request, 'reason'), who.staff_id, lab.ts_now()) returning * into paper;
    return json_build_object('merge', lab.merge_view(paper));
end
$$;

create or replace function lab.desk_undo_merge(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    paper lab.person_merge;
begin
    select * into paper from lab.person_merge as one where one.merge_id = lab.uuid_of(request, 'merge_id') for update;
    if paper.merge_id is null then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such merge.');
    elsif paper.undone_at is not null then
        perform lab.refuse(9, 'ALREADY_UNDONE', 'This merge was undone before.');
    end if;
    perform set_config('touchstone.laboratory', lab.reception_of(who, paper.gone_id), true);
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.person_merge as one set undone_by = who.staff_id, undone_at = lab.ts_now(), undo_reason = lab.words_of(request, 'reason')
    where one.merge_id = paper.merge_id returning * into paper;
    return json_build_object('merge', lab.merge_view(paper));
end
$$;

-- Facts that are told anew, each as its field's next entry.
create or replace function lab.facts_corrected(who lab.actor, taken lab.item, request jsonb) returns integer
language plpgsql volatile as $$
declare
    facts jsonb := coalesce(nullif(request -> 'facts', 'null'), '[]');
    fact jsonb;
    changed integer := 0;
begin
    perform lab.intake_check_facts(taken.laboratory, request, 'request');
    for fact in select * from jsonb_array_elements(facts) loop
        continue when lab.item_told(taken, fact ->> 'field') = btrim(fact ->> 'value');
        insert into lab.item_fact (item_code, field, entry_no, laboratory, value, reason, told_by, at)
        select taken.item_code, fact ->> 'field', 1 + count(*), taken.laboratory, btrim(fact ->> 'value'), '', who.staff_id, lab.ts_now()
        from lab.item_fact as earlier where earlier.item_code = taken.item_code and earlier.field = fact ->> 'field';
        changed := changed + 1;
    end loop;
    return changed;
end
$$;

create or replace function lab.desk_correct_intake(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    wanted jsonb;
    facts integer;
begin
    perform lab.require_version(request, taken.version);
    if taken.state = 'released' or lab.is_amended(taken.item_code) then
        perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued: amend it (sheet amend, then sheet correct).');
    elsif taken.holder_id is null then
        perform lab.refuse(9, 'NOT_HELD', format('This item is %s.', taken.custody_state));
    end if;
    wanted := lab.corrections_wanted(taken, request, lab.item_correctable(taken));
    perform lab.set_reason(lab.words_of(request, 'reason'));
    facts := lab.facts_corrected(who, taken, request);
    if wanted = '{}' and facts = 0 then
        perform lab.refuse(9, 'NOTHING_CORRECTED', 'This says what is there already. Name what differs.');
    end if;
    perform lab.item_correct(taken.item_code, wanted);
    return json_build_object('item', lab.item_view(taken.item_code));
end
$$;

-- ---------------------------------------------------------------- what was corrected

-- Of an item: its own columns by the history, and its facts. `field` is named as the requests name it.
create or replace function lab.item_corrections(of_item text)
    returns table (at timestamptz, changed_by text, field text, old_value text, new_value text, reason text)
language plpgsql stable as $$
begin
    return query
        select entry.at, entry.actor, case one.key when 'mass_text' then 'mass_g' when 'mass_out_text' then 'mass_out_g' else one.key end,
               coalesce(entry.old_values ->> one.key, ''), coalesce(one.value, ''), entry.reason
        from lab.history as entry cross join lateral jsonb_each_text(entry.new_values) as one
        where entry.object_type = 'item' and entry.object_id = of_item and entry.operation = 'update'
        and one.key in ('name', 'pieces', 'claim_text', 'hallmark', 'mass_text', 'condition', 'stones', 'declared_value_cny',
                        'seal_no', 'state', 'custody_state', 'mass_out_text')
        union all
        select told.at, lab.username_of(told.told_by), told.field, told.before, told.value,
               case told.reason when '' then coalesce(why.reason, '') else told.reason end
        from (select fact.*, coalesce(lag(fact.value) over (partition by fact.field order by fact.entry_no), '') as before
              from lab.item_fact as fact where fact.item_code = of_item) as told
        left join lab.history as why on why.object_type = 'item_fact' and why.object_id = of_item || '/' || told.field || '/' || told.entry_no
        where told.entry_no > 1
        union all
        select photo.at, lab.username_of(photo.added_by), 'photo', '', encode(photo.sha256, 'hex'), ''
        from lab.item_photo as photo where photo.item_code = of_item;
end
$$;

-- Of a person, masked; merges stand among them, with the id by which they are undone.
create or replace function lab.person_corrections(of_person uuid)
    returns table (at timestamptz, changed_by text, field text, old_value text, new_value text, reason text, merge_id uuid)
language plpgsql stable as $$
begin
    return query
        select entry.at, entry.actor, one.key, lab.correction_masked(one.key, entry.old_values ->> one.key),
               lab.correction_masked(one.key, one.value), entry.reason, null::uuid
        from lab.person_history as entry cross join lateral jsonb_each_text(entry.new_values) as one
        where entry.person_id = of_person and entry.old_values is not null and one.value is distinct from entry.old_values ->> one.key
        union all
        select paper.merged_at, lab.username_of(paper.merged_by), 'merged', lab.mask_name(gone.name) || ' ' || lab.mask_phone(gone.phone),
               lab.mask_name(kept.name) || ' ' || lab.mask_phone(kept.phone), paper.reason,
               case when paper.undone_at is null then paper.merge_id end
        from lab.person_merge as paper join lab.person as gone on gone.person_id = paper.gone_id
        join lab.person as kept on kept.person_id = paper.kept_id where paper.kept_id = of_person or paper.gone_id = of_person
        union all
        select paper.undone_at, lab.username_of(paper.undone_by), 'merge_undone', lab.mask_name(kept.name),
               lab.mask_name(gone.name), paper.undo_reason, null::uuid
        from lab.person_merge as paper join lab.person as gone on gone.person_id = paper.gone_id
        join lab.person as kept on kept.person_id = paper.kept_id
        where paper.undone_at is not null and (paper.kept_id = of_person or paper.gone_id = of_person);
end
$$;

create or replace function lab.correction_masked(field text, value text) returns text
language plpgsql immutable as $$
begin
    return case field when 'name' then lab.mask_name(value) else lab.mask_phone(value) end;
end
$$;

-- The newest hundred.
create or replace function lab.desk_get_corrections(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    of_item text := coalesce(request ->> 'item_code', '');
    of_person uuid;
begin
    if (of_item = '') = (coalesce(request ->> 'person_id', '') = '') then
        perform lab.refuse_field('item_code', 'or person_id is given: one of both');
    elsif of_item <> '' then
        perform lab.require_seen(who, (select item.laboratory from lab.item where item.item_code = of_item), 'item');
        return json_build_object('corrections', (
            select json_agg(one order by one.at desc) from (select * from lab.item_corrections(of_item) as every
                                                            order by every.at desc limit 100) as one));
    end if;
    of_person := lab.person_now(lab.uuid_of(request, 'person_id'));
    return json_build_object('corrections', (
        select json_agg(one order by one.at desc) from (select * from lab.person_corrections(of_person) as every
                                                        order by every.at desc limit 100) as one));
end
$$;

reset role;
