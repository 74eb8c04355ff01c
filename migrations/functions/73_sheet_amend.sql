-- SPDX-License-Identifier: Apache-2.0
-- Amending and withdrawing a sheet: acts with a reason and a second person. The guards are in 24_guard_sheet_life.sql.
set role touchstone_owner;

-- The codes of the public log (docs/evidence.md, Log entry) and their words; either way.
create or replace function lab.withdrawal_word(code integer) returns text
language plpgsql immutable as $$
begin
    return (array['wrong_result', 'wrong_sample', 'wrong_client_data', 'method_fault', 'fraud', null, null, null,
                  'other'])[code];
end
$$;

create or replace function lab.withdrawal_code(word text) returns integer
language plpgsql immutable as $$
begin
    return array_position(array['wrong_result', 'wrong_sample', 'wrong_client_data', 'method_fault', 'fraud', '', '', '',
                                'other'], nullif(word, ''));
end
$$;

-- A person in a correction is told masked.
create or replace function lab.correction_value(field text, value text) returns text
language plpgsql stable as $$
begin
    return case when field = 'owner' then (select lab.mask_name(person.name) from lab.person
                                           where person.person_id = value::uuid) else value end;
end
$$;

create or replace function lab.amendment_view(paper lab.sheet_amendment) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'amendment_id', paper.amendment_id, 'sheet_no', paper.sheet_no, 'revision', paper.revision,
        'item_code', paper.item_code, 'laboratory', paper.laboratory, 'what', paper.what, 'reason_zh', paper.reason_zh,
        'reason_en', paper.reason_en, 'opened_by', lab.username_of(paper.opened_by), 'opened_at', paper.opened_at,
        'state', paper.state, 'closed_by', lab.username_of(paper.closed_by), 'closed_at', paper.closed_at,
        'close_reason', nullif(paper.close_reason, ''),
        'item_version', (select item.version from lab.item where item.item_code = paper.item_code),
        'corrections', (select json_agg(json_build_object(
                'field', correction.field, 'old_value', lab.correction_value(correction.field, correction.old_value),
                'new_value', lab.correction_value(correction.field, correction.new_value),
                'corrected_by', lab.username_of(correction.corrected_by), 'at', correction.at) order by correction.correction_no)
            from lab.sheet_correction as correction where correction.amendment_id = paper.amendment_id));
end
$$;

create or replace function lab.withdrawal_view(paper lab.sheet_withdrawal) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'withdrawal_id', paper.withdrawal_id, 'sheet_no', paper.sheet_no, 'revision', paper.revision,
        'laboratory', paper.laboratory, 'code', lab.withdrawal_word(paper.code), 'reason_zh', paper.reason_zh,
        'reason_en', paper.reason_en, 'requested_by', lab.username_of(paper.requested_by), 'requested_at', paper.requested_at,
        'state', paper.state, 'decided_by', lab.username_of(paper.decided_by), 'decided_at', paper.decided_at,
        'meaning', nullif(paper.meaning, ''));
end
$$;

-- The newest revision of the sheet, with its item and tests locked, if the caller may touch it and saw this revision.
create or replace function lab.sheet_taken(who lab.actor, request jsonb) returns lab.sheet
language plpgsql volatile as $$
declare
    taken lab.sheet;
begin
    select * into taken from lab.sheet where sheet.sheet_no = request ->> 'sheet_no' order by sheet.revision desc limit 1;
    perform lab.require_seen(who, taken.laboratory, 'sheet');
    perform lab.item_taken_with_tests(who, jsonb_build_object('item_code', taken.item_code));
    select * into taken from lab.sheet where sheet.sheet_no = taken.sheet_no order by sheet.revision desc limit 1;
    if coalesce((request ->> 'revision')::integer, 0) <> taken.revision then
        perform lab.refuse(10, 'NOT_NEWEST', format('Only the newest revision of a sheet is amended or withdrawn, and that is revision '
                           '%1$s now. Look at it, then ask again for revision %1$s.', taken.revision),
                           'revision', jsonb_build_object('newest_revision', taken.revision::text));
    end if;
    return taken;
end
$$;

-- What the consumer reads stands in both languages; given in one, it stands in both as it is.
create or replace function lab.reason_en(request jsonb) returns text
language plpgsql immutable as $$
begin
    return coalesce(nullif(btrim(coalesce(request ->> 'reason_en', '')), ''), btrim(request ->> 'reason'));
end
$$;

create or replace function lab.sheet_request_amendment(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.sheet := lab.sheet_taken(who, request);
    paper lab.sheet_amendment;
    why text := lab.words_of(request, 'reason');
    what text := coalesce(request ->> 'what', '');
begin
    if what not in ('client_data', 'item_data', 'result', 'other') then
        perform lab.refuse_field('what', 'is required');
    elsif lab.is_amended(taken.item_code) then
        perform lab.refuse(9, 'AMENDMENT_OPEN', 'This sheet is being amended already.');
    end if;
    perform lab.require_version(request, (select item.version from lab.item where item.item_code = taken.item_code));
    perform lab.set_reason(why);
    insert into lab.sheet_amendment (sheet_no, revision, item_code, laboratory, what, reason_zh, reason_en, opened_by,
                                     opened_at, tests_before)
    values (taken.sheet_no, taken.revision, taken.item_code, taken.laboratory, what, why, lab.reason_en(request),
            who.staff_id, lab.ts_now(), lab.amended_tests(taken.item_code))
    returning * into paper;
    update lab.test set state = 'approved' where test.item_code = taken.item_code and test.state = 'released';
    update lab.item set state = 'reviewed' where item.item_code = taken.item_code;
    return json_build_object('amendment', lab.amendment_view(paper), 'sheet', lab.sheet_view(taken.sheet_no));
end
$$;

-- The open amendment of the item, locked with it.
create or replace function lab.amendment_taken(of_item text) returns lab.sheet_amendment
language plpgsql volatile as $$
declare
    paper lab.sheet_amendment;
begin
    select * into paper from lab.sheet_amendment as every where every.item_code = of_item and every.state = 'open'
    for no key update;
    if not found then
        perform lab.refuse(9, 'NOT_AMENDED', 'No amendment is open: begin one first (sheet amend).');
    end if;
    return paper;
end
$$;

-- The columns that may be corrected, by the names of the request; what is not given stays.
create or replace function lab.item_correct(of_item text, wanted jsonb) returns void
language plpgsql volatile as $$
begin
    update lab.item
    set name = coalesce(wanted ->> 'name', item.name), pieces = coalesce((wanted ->> 'pieces')::integer, item.pieces),
        claim_text = coalesce(wanted ->> 'claim_text', item.claim_text), hallmark = coalesce(wanted ->> 'hallmark', item.hallmark),
        mass_text = coalesce(wanted ->> 'mass_g', item.mass_text), condition = coalesce(wanted ->> 'condition', item.condition),
        declared_value_cny = coalesce(wanted ->> 'declared_value_cny', item.declared_value_cny),
        stones = coalesce(wanted ->> 'stones', item.stones), seal_no = coalesce(wanted ->> 'seal_no', item.seal_no)
    where item.item_code = of_item;
end
$$;

-- The same columns as they are.
create or replace function lab.item_correctable(taken lab.item) returns jsonb
language plpgsql stable as $$
begin
    return jsonb_build_object('name', taken.name, 'pieces', taken.pieces::text, 'claim_text', taken.claim_text,
        'hallmark', taken.hallmark, 'mass_g', taken.mass_text, 'condition', taken.condition, 'stones', taken.stones,
        'seal_no', taken.seal_no, 'declared_value_cny', taken.declared_value_cny,
        'owner', (select receipt.owner_id::text from lab.receipt where receipt.receipt_no = taken.receipt_no));
end
$$;

-- What of the request differs from what is there.
create or replace function lab.corrections_wanted(taken lab.item, request jsonb, standing jsonb) returns jsonb
language plpgsql volatile as $$
declare
    wanted jsonb := '{}';
    field text;
    cleared text[] := array(select jsonb_array_elements_text(coalesce(nullif(request -> 'clear', 'null'), '[]')));
begin
    foreach field in array array['name', 'claim_text', 'hallmark', 'mass_g', 'condition', 'stones', 'seal_no',
                                    'declared_value_cny'] loop
        if lab.shows(coalesce(request ->> field, '')) then
            wanted := wanted || jsonb_build_object(field, lab.trimmed(request ->> field));
        end if;
    end loop;
    if coalesce((request ->> 'pieces')::integer, 0) > 0 then
        wanted := wanted || jsonb_build_object('pieces', request ->> 'pieces');
    end if;
    foreach field in array cleared loop
        if field not in ('claim_text', 'hallmark', 'stones', 'seal_no') or wanted ? field then
            perform lab.refuse_field('clear', 'names what can be emptied: claim_text, hallmark, stones, seal_no');
        end if;
        wanted := wanted || jsonb_build_object(field, '');
    end loop;
    if wanted ? 'mass_g' and lab.decimal_of(wanted ->> 'mass_g', 'mass_g')::text::numeric <= 0 then
        perform lab.refuse_field('mass_g', 'must be more than 0 g');
    end if;
    if coalesce(request -> 'owner', 'null') not in ('null', '{}') then
        wanted := wanted || jsonb_build_object('owner', lab.person_of(request -> 'owner', 'owner')::text);
    end if;
    return (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(wanted)
            where wanted -> key is distinct from standing -> key);
end
$$;

create or replace function lab.sheet_correct_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    paper lab.sheet_amendment := lab.amendment_taken(taken.item_code);
    standing jsonb := lab.item_correctable(taken);
    wanted jsonb;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    wanted := lab.corrections_wanted(taken, request, standing);
    if wanted = '{}' then
        perform lab.refuse(9, 'NOTHING_CORRECTED', 'This says what is there already. Name what differs.');
    end if;
    if wanted ? 'owner' then
        perform from lab.receipt where receipt.receipt_no = taken.receipt_no for no key update;
        perform lab.require_owner_free(taken.item_code);
    end if;
    perform lab.set_reason(paper.reason_zh);
    insert into lab.sheet_correction (amendment_id, correction_no, laboratory, field, old_value, new_value, corrected_by, at)
    select paper.amendment_id, row_number() over (order by found.key) + coalesce((select max(one.correction_no)
               from lab.sheet_correction as one where one.amendment_id = paper.amendment_id), 0),
           paper.laboratory, found.key, standing ->> found.key, found.value, who.staff_id, lab.ts_now()
    from jsonb_each_text(wanted) as found;
    perform lab.item_correct(taken.item_code, wanted);
    update lab.receipt set owner_id = (wanted ->> 'owner')::uuid
    where receipt.receipt_no = taken.receipt_no and wanted ? 'owner';
    return json_build_object('amendment', lab.amendment_view(paper));
end
$$;

-- Everything as it was when the amendment was opened. A result that was changed under it is not taken back silently: then
-- the sheet is amended or withdrawn.
create or replace function lab.sheet_cancel_amendment(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.sheet := lab.sheet_taken(who, request);
    paper lab.sheet_amendment := lab.amendment_taken(taken.item_code);
    why text := lab.words_of(request, 'reason');
    before jsonb;
begin
    if paper.tests_before <> lab.amended_tests(taken.item_code) then
        perform lab.refuse(9, 'RESULTS_CHANGED', 'Results were changed under this amendment and are not taken back: finish it '
                           '(review, sheet release), or withdraw the sheet (sheet withdraw).');
    end if;
    perform lab.set_reason(why);
    select jsonb_object_agg(first.field, first.old_value) into before
    from (select distinct on (correction.field) correction.field, correction.old_value from lab.sheet_correction as correction
          where correction.amendment_id = paper.amendment_id order by correction.field, correction.correction_no) as first;
    if before is not null then
        perform lab.item_correct(taken.item_code, before);
        update lab.receipt set owner_id = (before ->> 'owner')::uuid
        where receipt.receipt_no = (select item.receipt_no from lab.item where item.item_code = taken.item_code)
        and before ? 'owner' and receipt.owner_id <> (before ->> 'owner')::uuid;
    end if;
    update lab.sheet_amendment as open set state = 'cancelled', closed_by = who.staff_id, closed_at = lab.ts_now(),
        close_reason = why where open.amendment_id = paper.amendment_id returning * into paper;
    update lab.test set state = 'released' where test.item_code = taken.item_code and test.state = 'approved';
    update lab.item set state = 'released' where item.item_code = taken.item_code;
    return json_build_object('amendment', lab.amendment_view(paper), 'sheet', lab.sheet_view(taken.sheet_no));
end
$$;

-- ---------------------------------------------------------------- withdrawal

create or replace function lab.sheet_request_withdrawal(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.sheet := lab.sheet_taken(who, request);
    paper lab.sheet_withdrawal;
    asked integer := lab.withdrawal_code(request ->> 'withdrawal_code');
begin
    if asked is null then
        perform lab.refuse_field('withdrawal_code', 'is required');
    end if;
    select * into paper from lab.sheet_withdrawal as every where every.sheet_no = taken.sheet_no and every.state <> 'cancelled';
    if found then
        perform lab.refuse(9, case paper.state when 'confirmed' then 'SHEET_WITHDRAWN' else 'WITHDRAWAL_REQUESTED' end,
                           case paper.state when 'confirmed' then 'This sheet is withdrawn.'
                                else 'The withdrawal of this sheet is asked for already: another signatory confirms it.' end);
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.sheet_withdrawal (sheet_no, revision, laboratory, code, reason_zh, reason_en, requested_by, requested_at)
    values (taken.sheet_no, taken.revision, taken.laboratory, asked, lab.words_of(request, 'reason'), lab.reason_en(request),
            who.staff_id, lab.ts_now()) returning * into paper;
    return json_build_object('withdrawal', lab.withdrawal_view(paper), 'sheet', lab.sheet_view(taken.sheet_no));
end
$$;

create or replace function lab.withdrawal_taken(of_sheet text) returns lab.sheet_withdrawal
language plpgsql volatile as $$
declare
    paper lab.sheet_withdrawal;
begin
    select * into paper from lab.sheet_withdrawal as every where every.sheet_no = of_sheet and every.state = 'requested'
    for no key update;
    if not found then
        perform lab.refuse(9, 'NO_WITHDRAWAL', 'No withdrawal of this sheet is asked for (sheet withdraw).');
    end if;
    return paper;
end
$$;

-- What was open under an amendment ends with the sheet: what is not approved is not done any more.
create or replace function lab.amendment_overtaken(who lab.actor, of_item text, this_moment timestamptz) returns void
language plpgsql volatile as $$
begin
    update lab.sheet_amendment as open set state = 'overtaken', closed_by = who.staff_id, closed_at = this_moment
    where open.item_code = of_item and open.state = 'open';
    if not found then
        return;
    end if;
    update lab.test set state = 'cancelled' where test.item_code = of_item
    and test.state in ('unassigned', 'assigned', 'in_progress', 'submitted');
    update lab.test set state = 'released' where test.item_code = of_item and test.state = 'approved';
    update lab.item set state = 'released' where item.item_code = of_item;
end
$$;

-- Of the public log: kind 3 (docs/evidence.md). A sheet of before there was a log has no index.
create or replace function lab.log_withdrawal(of_sheet text, of_revision integer, code integer) returns void
language plpgsql volatile as $$
declare
    withdrawn bigint := lab.sheet_index(of_sheet, of_revision);
begin
    if withdrawn is not null then
        insert into lab.log_request (kind, ref, reason, requested_at) values (3, withdrawn, code, lab.ts_now());
    end if;
end
$$;

-- The second person, a signatory, signs for it with the password: the daemon has checked it.
create or replace function lab.sheet_confirm_withdrawal(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    taken lab.sheet := lab.sheet_taken(who, request);
    signed text := lab.require_signed(who, request);
    paper lab.sheet_withdrawal := lab.withdrawal_taken(taken.sheet_no);
begin
    perform lab.set_reason(paper.reason_zh);
    update lab.sheet_withdrawal as asked set state = 'confirmed', decided_by = who.staff_id, decided_at = this_moment,
        meaning = signed where asked.withdrawal_id = paper.withdrawal_id returning * into paper;
    perform lab.amendment_overtaken(who, taken.item_code, this_moment);
    if taken.state <> 'sealed' then
        perform lab.sheet_make_void(taken.sheet_no, taken.revision);
    end if;
    -- Of a revision that is void the log knows the one before, which ends with it.
    perform lab.log_withdrawal(taken.sheet_no, coalesce(lab.newest_sealed(taken.sheet_no), taken.revision), paper.code);
    if lab.newest_sealed(taken.sheet_no) is not null then
        perform lab.delivery_begin(taken.sheet_no, taken.revision, 'withdrawn');
    end if;
    return json_build_object('withdrawal', lab.withdrawal_view(paper), 'sheet', lab.sheet_view(taken.sheet_no));
end
$$;

create or replace function lab.sheet_cancel_withdrawal(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.sheet := lab.sheet_taken(who, request);
    paper lab.sheet_withdrawal := lab.withdrawal_taken(taken.sheet_no);
    why text := lab.words_of(request, 'reason');
begin
    perform lab.set_reason(why);
    update lab.sheet_withdrawal as asked set state = 'cancelled', decided_by = who.staff_id, decided_at = lab.ts_now(),
        meaning = why where asked.withdrawal_id = paper.withdrawal_id returning * into paper;
    return json_build_object('withdrawal', lab.withdrawal_view(paper), 'sheet', lab.sheet_view(taken.sheet_no));
end
$$;

-- What waits for somebody: amendments that are open and withdrawals that are asked for, the oldest 200 of each.
create or replace function lab.sheet_list_sheet_changes(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
begin
    perform lab.require_role(who, here);
    return json_build_object(
        'amendments', (select json_agg(lab.amendment_view(page) order by page.opened_at, page.amendment_id)
                       from (select * from lab.sheet_amendment as paper where paper.laboratory = here and paper.state = 'open'
                             order by paper.opened_at, paper.amendment_id limit 200) as page),
        'withdrawals', (select json_agg(lab.withdrawal_view(page) order by page.requested_at, page.withdrawal_id)
                        from (select * from lab.sheet_withdrawal as paper where paper.laboratory = here
                              and paper.state = 'requested'
                              order by paper.requested_at, paper.withdrawal_id limit 200) as page),
        'stuck', (select json_agg(lab.sheet_view(page.sheet_no, page.revision) order by page.request_no)
                  from (select waiting.* from lab.log_request as waiting join lab.sheet using (sheet_no, revision)
                        where waiting.idx is null and waiting.void_at is null and sheet.laboratory = here
                        and lab.log_is_stuck(waiting, lab.ts_now()) order by waiting.request_no limit 200) as page));
end
$$;

reset role;
