-- SPDX-License-Identifier: Apache-2.0
-- The release of a sheet: what may be released, the signature, the number, a batch of up to 50, and how a sheet is seen.
set role touchstone_owner;

drop function if exists lab.sheet_view(text);
-- A sheet as staff sees it: this revision, or the newest.
create or replace function lab.sheet_view(of_sheet text, of_revision integer default null) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'sheet_no', sheet.sheet_no, 'revision', sheet.revision, 'item_code', sheet.item_code,
            'laboratory', sheet.laboratory, 'state', sheet.state, 'specimen', sheet.specimen,
            'signatory', lab.username_of(sheet.signatory), 'meaning', sheet.meaning, 'released_at', sheet.released_at,
            'record_sha256', encode(sheet.record_sha256, 'hex'), 'pdf_bytes', file.pdf_bytes,
            'pdf_sha256', encode(file.sha256, 'hex'), 'item_version', item.version,
            'superseded_by', case when newest.revision > sheet.revision then sheet.revision + 1 end,
            'amendment_open', case when newest.revision = sheet.revision then nullif(lab.is_amended(sheet.item_code), false) end,
            'withdrawn_at', gone.decided_at, 'withdrawn_by', lab.username_of(gone.decided_by),
            'withdrawn_code', lab.withdrawal_word(gone.code), 'withdrawn_reason_zh', gone.reason_zh,
            'withdrawn_reason_en', gone.reason_en)
        from lab.sheet left join lab.sheet_file as file using (sheet_no, revision)
        join lab.item on item.item_code = sheet.item_code
        cross join lateral (select lab.newest_revision(of_sheet) as revision) as newest
        left join lab.sheet_withdrawal as gone on gone.sheet_no = sheet.sheet_no and gone.state = 'confirmed'
        where sheet.sheet_no = of_sheet and sheet.revision = coalesce(of_revision, newest.revision));
end
$$;

create or replace function lab.sheet_list_releasable_items(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    after_at timestamptz := coalesce(lab.page_key_at(keys[1]), '-infinity');
    after_code text := coalesce(keys[2], '');
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(json_build_object(
               'item_code', page.item_code, 'laboratory', page.laboratory, 'name', page.name, 'version', page.version,
               'received_at', page.received_at, -- for the page token only: no field of the message
               'amends_sheet_no', page.sheet_no,
               'tests', (select coalesce(json_agg(one), '[]')
                         from lab.test_rows(array(select test.test_id from lab.test
                                                  where test.item_code = page.item_code
                                                  order by test.method_id, test.parameter_id), 'bench') as one))
               order by page.received_at, page.item_code)
    into found
    from (select * from lab.item where item.laboratory = here and item.state = 'reviewed'
          and (item.received_at, item.item_code) > (after_at, after_code)
          order by item.received_at, item.item_code limit size + 1) as page;
    return lab.page_answer(who, 'items', found, size, 'received_at', 'item_code');
end
$$;

-- Rows are locked in one order by every act: tests (of several, by their ids), then their item. Late changes, retests and
-- approvals begin with a test; this begins with all of them.
create or replace function lab.item_taken_with_tests(who lab.actor, request jsonb) returns lab.item
language plpgsql volatile as $$
begin
    perform from lab.test where test.item_code = request ->> 'item_code' order by test.test_id for no key update;
    return lab.item_taken(who, request);
end
$$;

-- A second signature: the daemon has checked the password and says of which version. Answers what it means.
create or replace function lab.require_signed(who lab.actor, request jsonb) returns text
language plpgsql volatile as $$
declare
    meaning text := btrim(coalesce(request ->> 'meaning', ''));
begin
    if meaning = '' then
        perform lab.refuse_field('meaning', 'is required');
    end if;
    if (request -> 'daemon' ->> 'password_version')::integer is distinct from
       (select staff.password_version from lab.staff where staff.staff_id = who.staff_id) then
        perform lab.refuse(16, 'PASSWORD_CHANGED', 'Your password was changed meanwhile. Sign again.', 'password');
    end if;
    return meaning;
end
$$;

-- What the record of a revision says of the one that it replaces: which, why and when (ISO/IEC 17025 7.8.8.3), and its index
-- in the log, which is signed.
create or replace function lab.record_amends(paper lab.sheet_amendment) returns jsonb
language plpgsql stable as $$
declare
    replaced bigint := lab.sheet_index(paper.sheet_no, paper.revision);
begin
    if paper.amendment_id is null then
        return null;
    elsif replaced is null then
        perform lab.refuse(9, 'NOT_IN_LOG', 'The revision that this would replace is of before the public log. Withdraw it, and '
                           'take the item in anew.');
    end if;
    return (select jsonb_build_object('sheet_no', sheet.sheet_no, 'revision', sheet.revision::text,
                                      'issued', lab.local_date(sheet.released_at), 'reason_zh', paper.reason_zh,
                                      'reason_en', paper.reason_en, 'log_index', replaced::text)
            from lab.sheet where sheet.sheet_no = paper.sheet_no and sheet.revision = paper.revision);
end
$$;

-- Freezes the record of one item, numbers it and hands it to be drawn; everything but the password is checked here and by
-- guard_sheet. Of an item that is amended: the next revision under the same number.
create or replace function lab.release_one(who lab.actor, request jsonb, meaning text, this_moment timestamptz) returns text
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken_with_tests(who, request);
    paper lab.sheet_amendment;
    number text := taken.sheet_no;
    record jsonb;
    next_revision integer;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    if taken.state <> 'reviewed' then
        perform lab.refuse(9, case taken.state when 'released' then 'SHEET_ISSUED' else 'ITEM_NOT_REVIEWED' end,
                           case taken.state when 'released' then 'The sheet of this item is issued.'
                                else 'Not every test of this item is approved.' end);
    end if;
    select * into paper from lab.sheet_amendment as every where every.item_code = taken.item_code and every.state = 'open'
    for no key update;
    -- Nobody corrects the owner, or takes that back, between the record and its end.
    perform from lab.receipt where receipt.receipt_no = taken.receipt_no for share;
    perform lab.require_owner_free(taken.item_code);
    number := coalesce(number, lab.number_next('sheet', taken.laboratory, this_moment));
    next_revision := coalesce(paper.revision + 1, 0);
    record := lab.record_build(taken, number, who, meaning, this_moment, next_revision, lab.record_amends(paper));
    perform lab.set_reason(meaning);
    insert into lab.sheet (sheet_no, revision, item_code, laboratory, specimen, signatory, meaning, released_at, record,
                           record_bytes)
    values (number, next_revision, taken.item_code, taken.laboratory, (record ->> 'specimen')::boolean, who.staff_id, meaning,
            this_moment, record, convert_to(lab.canonical(record), 'UTF8'));
    update lab.sheet_amendment as open set state = 'issued', closed_by = who.staff_id, closed_at = this_moment
    where open.amendment_id = paper.amendment_id;
    update lab.test set state = 'released' where test.item_code = taken.item_code and test.state = 'approved';
    update lab.item set state = 'released', sheet_no = number where item.item_code = taken.item_code;
    insert into lab.sheet_work (sheet_no, revision) values (number, next_revision);
    return number;
end
$$;

create or replace function lab.sheet_release_sheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken_with_tests(who, request);
    number text;
begin
    -- What is wrong with the item is told before what is wrong with the signature.
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    number := lab.release_one(who, request, lab.require_signed(who, request), lab.ts_now());
    return json_build_object('sheet', lab.sheet_view(number));
end
$$;

-- All of them or none, under one signature. Every item that cannot be released is named with its reason.
create or replace function lab.sheet_release_sheets(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    meaning text := lab.require_signed(who, request);
    this_moment timestamptz := lab.ts_now();
    releases jsonb := coalesce(nullif(request -> 'releases', 'null'), '[]');
    total integer := jsonb_array_length(releases);
    one jsonb;
    numbers text[] := '{}';
    refused jsonb := '{}';
    first_refused text;
    status integer;
    code text;
    reason text;
    told text;
begin
    if total not between 1 and 50 then
        perform lab.refuse_field('releases', 'needs between 1 and 50 items');
    elsif total <> (select count(distinct item ->> 'item_code') from jsonb_array_elements(releases) as item) then
        perform lab.refuse_field('releases', 'names an item twice');
    end if;
    -- All tests, then all items, before the first number is taken: or a release of one of the later items would hold its
    -- tests and wait for the number, while this one holds the number and waits for the tests.
    perform from lab.test where test.item_code in (select item ->> 'item_code' from jsonb_array_elements(releases) as item)
    order by test.test_id for no key update;
    perform from lab.item where item.item_code in (select item ->> 'item_code' from jsonb_array_elements(releases) as item)
    order by item.item_code for no key update;
    for one in select item from jsonb_array_elements(releases) as item order by item ->> 'item_code' loop
        begin
            numbers := numbers || lab.release_one(who, one, meaning, this_moment);
        exception when others then
            get stacked diagnostics code = returned_sqlstate, reason = constraint_name, told = message_text;
            if code not like 'TS0%' then
                raise;
            end if;
            status := coalesce(status, right(code, 2)::integer);
            first_refused := coalesce(first_refused, (one ->> 'item_code') || ': ' || told);
            refused := refused || jsonb_build_object(one ->> 'item_code', reason);
        end;
    end loop;
    if refused <> '{}' then
        perform lab.refuse(status, 'BATCH_REFUSED', format('%s of %s cannot be released, so none was. %s',
            (select count(*) from jsonb_object_keys(refused)), total, first_refused), '', lab.refused_shortly(refused));
    end if;
    return json_build_object('sheets', (select json_agg(lab.sheet_view(number) order by place)
                                        from unnest(numbers) with ordinality as made (number, place)));
end
$$;

-- As many as an error has room for (wire/error.h: 512 bytes), and how many more.
create or replace function lab.refused_shortly(refused jsonb) returns jsonb
language plpgsql immutable as $$
declare
    most constant integer := 12;
    total integer := (select count(*) from jsonb_object_keys(refused));
begin
    return (select jsonb_object_agg(code, left(reason, 24))
            from (select * from jsonb_each_text(refused) as each_one (code, reason) order by code limit most) as shown)
        || case when total > most then jsonb_build_object('and_more', (total - most)::text) else '{}' end;
end
$$;

-- The newest revision, and what became of the sheet: its earlier revisions, amendments and withdrawals.
create or replace function lab.sheet_get_sheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    number text := request ->> 'sheet_no';
begin
    perform lab.require_seen(who, (select sheet.laboratory from lab.sheet where sheet.sheet_no = number limit 1), 'sheet');
    return json_build_object(
        'sheet', lab.sheet_view(number),
        'earlier', (select json_agg(lab.sheet_view(number, sheet.revision) order by sheet.revision desc) from lab.sheet
                    where sheet.sheet_no = number and sheet.revision < lab.newest_revision(number)),
        'amendments', (select json_agg(lab.amendment_view(paper) order by paper.opened_at, paper.amendment_id)
                       from lab.sheet_amendment as paper where paper.sheet_no = number),
        'withdrawals', (select json_agg(lab.withdrawal_view(paper) order by paper.requested_at, paper.withdrawal_id)
                        from lab.sheet_withdrawal as paper where paper.sheet_no = number));
end
$$;

-- The revision that a request names, else the newest.
create or replace function lab.sheet_revision_wanted(of_sheet text, request jsonb) returns integer
language plpgsql stable as $$
declare
    newest integer := lab.newest_revision(of_sheet);
    wanted integer := coalesce((request ->> 'revision')::integer, newest);
begin
    if not exists (select from lab.sheet where sheet.sheet_no = of_sheet and sheet.revision = wanted) then
        perform lab.refuse(5, 'REVISION_UNKNOWN', format('This sheet has no revision %s: its newest is %s.', wanted, newest),
                           'revision', jsonb_build_object('newest_revision', newest::text));
    end if;
    return wanted;
end
$$;

-- The sheet, and its document once it is sealed (blob is null while it is being drawn). Both in one statement: the
-- sealing must not come between them.
create or replace function lab.sheet_download_sheet(who lab.actor, request jsonb, out answer json, out blob bytea)
language plpgsql volatile as $$
declare
    number text := request ->> 'sheet_no';
    wanted integer;
begin
    perform lab.require_seen(who, (select sheet.laboratory from lab.sheet where sheet.sheet_no = number limit 1), 'sheet');
    wanted := lab.sheet_revision_wanted(number, request);
    if lab.sheet_is_void(number, wanted) then
        perform lab.refuse_void(number);
    end if;
    if coalesce(request ->> 'document', '') in ('card', 'share') then
        select made.answer, made.blob into answer, blob from lab.sheet_document_parts(number, wanted) as made;
        return;
    end if;
    select json_build_object('sheet', lab.sheet_view(sheet.sheet_no, sheet.revision)), file.pdf into answer, blob
    from lab.sheet left join lab.sheet_file as file using (sheet_no, revision)
    where sheet.sheet_no = number and sheet.revision = wanted;
end
$$;

reset role;
