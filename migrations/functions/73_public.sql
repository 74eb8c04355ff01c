-- SPDX-License-Identifier: Apache-2.0
-- What anybody may ask, without a session: a sheet by its number, a receipt by its code and the last four digits of the
-- owner's phone. No answer here carries a name, a phone or an address.
--
-- A wrong code and an unknown receipt are told apart by nothing: the same row is written, the same rows are read, the same
-- words are answered. Five wrong tries lock the code, known or not, for 15 minutes, and each further five twice as long, up
-- to a day. Reception opens it at once (DeskService.UnlockReceipt).
set role touchstone_owner;

-- Crockford's base32 as people read it: no blanks, O is 0, I and L are 1.
create or replace function lab.code_plain(code text) returns text
language plpgsql immutable as $$
begin
    return translate(upper(translate(coalesce(code, ''), '- ', '')), 'OIL', '011');
end
$$;

-- The first 40 bits of the statement's hash: the code beside the small QR of a sheet.
create or replace function lab.sheet_code(sid bytea) returns text
language plpgsql immutable as $$
declare
    signs constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    bits bigint := 0;
    code text := '';
begin
    for place in 0..4 loop
        bits := bits << 8 | get_byte(sid, place);
    end loop;
    for place in reverse 7..0 loop
        code := code || substr(signs, (bits >> (5 * place) & 31)::integer + 1, 1);
    end loop;
    return code;
end
$$;

-- The newest revision that anybody can have; null when none is sealed.
create or replace function lab.newest_sealed(of_sheet text) returns integer
language plpgsql stable as $$
begin
    return (select max(sheet.revision) from lab.sheet where sheet.sheet_no = of_sheet and sheet.state = 'sealed');
end
$$;

-- How a revision stands. One that is released and not yet sealed supersedes nothing for who asks.
create or replace function lab.sheet_standing(of_sheet text, of_revision integer) returns text
language plpgsql stable as $$
begin
    return case when lab.is_withdrawn(of_sheet) then 'withdrawn'
                when of_revision < lab.newest_sealed(of_sheet) then 'superseded' else 'current' end;
end
$$;

-- Number, date, kind of sample and how it stands: no more, because numbers can be counted through. With a code also
-- whether it is this sheet's, and then of the revision that it is of. A revision that is not sealed is not told of.
create or replace function api.public_look_up_sheet(sheet_no text, code text) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    asked text := lab.code_plain(code);
    newest lab.sheet;
    of_code lab.sheet;
begin
    select * into newest from lab.sheet as one where one.sheet_no = public_look_up_sheet.sheet_no and one.state = 'sealed'
    order by one.revision desc limit 1;
    if newest.sheet_no is null and exists (select from lab.sheet_void as void where void.sheet_no = public_look_up_sheet.sheet_no) then
        perform lab.refuse(5, 'SHEET_LOST', 'This number may have been issued in a time that the database lost. The large code on the '
                           'sheet, or its file, tells whether it is genuine and how it stands.');
    end if;
    if newest.sheet_no is null and lab.sheet_is_void(public_look_up_sheet.sheet_no, 0) then
        perform lab.refuse(5, 'SHEET_VOID', 'This number is void: no sheet was ever issued under it. A paper that bears it is not '
                           'genuine. 该编号已作废，从未据此出具报告。');
    end if;
    if newest.sheet_no is null then
        perform lab.refuse(5, 'SHEET_UNKNOWN', 'No sheet of this number is issued here. Look at the number again.');
    end if;
    if asked <> '' then
        select one.* into of_code from lab.sheet as one join lab.sheet_statement as stated using (sheet_no, revision)
        where one.sheet_no = newest.sheet_no and lab.sheet_code(stated.sid) = asked limit 1;
    end if;
    if of_code.sheet_no is null then
        of_code := newest;
    end if;
    return (select json_build_object('sheet_no', of_code.sheet_no, 'revision', of_code.revision,
            'issued_on', lab.local_date(of_code.released_at), 'kind_zh', kind.name_zh, 'kind_en', kind.name_en,
            'standing', lab.sheet_standing(of_code.sheet_no, of_code.revision), 'newest_revision', newest.revision,
            'specimen', of_code.specimen, 'withdrawn_at', gone.decided_at, 'withdrawn_code', lab.withdrawal_word(gone.code),
            'code_given', asked <> '', 'code_is_right', asked <> '' and exists (
                select from lab.sheet_statement as stated where stated.sheet_no = newest.sheet_no
                and lab.sheet_code(stated.sid) = asked))
        from lab.item cross join lateral lab.product_kind(item.claimed_product_id) as kind
        left join lab.sheet_withdrawal as gone on gone.sheet_no = of_code.sheet_no and gone.state = 'confirmed'
        where item.item_code = of_code.item_code);
end
$$;

-- ---------------------------------------------------------------- a receipt's two secrets

create or replace function lab.refusal_of(status integer, reason text, message text, metadata jsonb default '{}') returns jsonb
language plpgsql immutable as $$
begin
    return jsonb_build_object('status', status, 'reason', reason, 'message', message, 'field', '', 'metadata', metadata::text);
end
$$;

-- The receipt, or why not. What is counted here stays counted: a refusal is answered, not raised.
create or replace function lab.receipt_opened(code text, last4 text, out number text, out refusal jsonb)
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    asked text := lab.code_plain(code);
    known lab.public_lock;
    owner uuid;
    fits boolean;
begin
    insert into lab.public_lock as one (receipt_code, failures, last_at) values (asked, 1, this_moment)
    on conflict (receipt_code) do update set last_at = this_moment,
        failures = case when one.locked_until is null or one.locked_until <= this_moment
                             or one.locked_until > this_moment + interval '2 days' -- from before the clock was set back
                        then case when one.failures >= 5 then 1 else one.failures + 1 end else one.failures end
    returning * into known;
    select receipt.receipt_no, receipt.owner_id into number, owner from lab.receipt where receipt.receipt_code = asked;
    select bool_or(person.phone_last4 = last4) into fits from lab.person -- looked for in vain as well
    where person.person_id in (coalesce(owner, '00000000-0000-0000-0000-000000000000'),
                               lab.person_now(coalesce(owner, '00000000-0000-0000-0000-000000000000')));
    if known.locked_until > this_moment and known.locked_until <= this_moment + interval '2 days' then
        number := null;
        refusal := lab.refusal_of(8, 'RECEIPT_LOCKED', 'Too many wrong tries. Wait, or have it opened at the desk where you '
            'handed the item in: bring the receipt. 尝试次数过多，请稍后再试，或持回执到受理窗口解锁。',
            jsonb_build_object('retry_after_s', ceil(extract(epoch from known.locked_until - this_moment))::text));
    elsif coalesce(fits, false) then
        delete from lab.public_lock as one where one.receipt_code = asked;
    else
        number := null;
        if known.failures >= 5 then
            update lab.public_lock as one set locks = one.locks + 1,
                locked_until = this_moment + least(interval '15 minutes' * 2 ^ least(one.locks, 10), interval '1 day')
            where one.receipt_code = asked;
        end if;
        refusal := lab.refusal_of(5, 'RECEIPT_UNKNOWN', 'The code of the receipt or the last four digits of the phone are '
            'wrong. After five wrong tries it is locked. 回执查询码或手机号后四位有误，连续五次错误将被锁定。');
    end if;
end
$$;

-- One item's way, step by step; what has not happened yet has no time.
create or replace function lab.tracked_item(of_item lab.item, of_receipt lab.receipt) returns json
language plpgsql stable as $$
declare
    newest integer := coalesce(lab.newest_sealed(of_item.sheet_no), lab.newest_revision(of_item.sheet_no));
begin
    return (select json_build_object('place', of_item.place, 'kind_zh', product.name_zh, 'kind_en', product.name_en,
            'sheet_no', case when file.at is not null then of_item.sheet_no end, 'revision', newest,
            'standing', case when file.at is not null or lab.is_withdrawn(of_item.sheet_no)
                             then lab.sheet_standing(of_item.sheet_no, newest) end,
            'amendment_open', nullif(of_item.sheet_no is not null and lab.is_amended(of_item.item_code), false),
            'withdrawn_at', (select gone.decided_at from lab.sheet_withdrawal as gone
                             where gone.sheet_no = of_item.sheet_no and gone.state = 'confirmed'),
            'steps', json_build_array(
                json_build_object('step', 'received', 'at', of_item.received_at),
                json_build_object('step', 'testing', 'at', (select min(entry.at) from lab.test
                    join lab.result_entry as entry using (test_id) where test.item_code = of_item.item_code)),
                -- Not while a test of the item is still at the bench: until then it is being tested.
                json_build_object('step', 'review', 'at', (select max(judged.at) from lab.test
                    join lab.judgement as judged using (test_id) where test.item_code = of_item.item_code
                    having not exists (select from lab.test as open
                        where open.item_code = of_item.item_code and open.state in ('unassigned', 'assigned', 'in_progress')))),
                json_build_object('step', 'released', 'at', sheet.released_at),
                json_build_object('step', 'ready', 'at', file.at),
                json_build_object('step', 'collected', 'at', of_receipt.collected_at)))
        from lab.product left join lab.sheet on sheet.sheet_no = of_item.sheet_no and sheet.revision = newest
        left join lab.sheet_file as file on file.sheet_no = sheet.sheet_no and file.revision = sheet.revision
        where product.product_id = of_item.claimed_product_id);
end
$$;

create or replace function api.public_track(receipt_code text, phone_last4 text) returns table (answer json, refusal jsonb)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    opened record;
begin
    perform lab.act_as('{"actor": "public", "method": "PublicService.Track"}');
    opened := lab.receipt_opened(public_track.receipt_code, phone_last4);
    return query select json_strip_nulls((
        select json_build_object('received_at', receipt.received_at, 'collected_at', receipt.collected_at,
            'items', (select json_agg(lab.tracked_item(item, receipt) order by item.place) from lab.item
                      where item.receipt_no = receipt.receipt_no))
        from lab.receipt where receipt.receipt_no = opened.number)), opened.refusal;
end
$$;

-- The newest sealed sheet of the receipt: the one that is named, or the only one. Of it the file, or for card and share the
-- parts that the daemon has drawn.
drop function if exists api.public_fetch_sheet(text, text, text);
create or replace function api.public_fetch_sheet(receipt_code text, phone_last4 text, sheet_no text, document text)
    returns table (answer json, refusal jsonb, blob bytea)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    opened record;
    numbers text[];
    wanted text := coalesce(public_fetch_sheet.sheet_no, '');
begin
    perform lab.act_as('{"actor": "public", "method": "PublicService.FetchSheet"}');
    opened := lab.receipt_opened(public_fetch_sheet.receipt_code, phone_last4);
    refusal := opened.refusal;
    if refusal is null then
        numbers := array(select item.sheet_no from lab.item where item.receipt_no = opened.number and item.sheet_no is not null
                         and (wanted = '' or item.sheet_no = wanted) and exists (select from lab.sheet_file as file
                              where file.sheet_no = item.sheet_no) order by item.place);
        refusal := case when cardinality(numbers) = 0 then lab.refusal_of(5, 'SHEET_NOT_READY',
                        'No such sheet of this receipt is ready yet. 报告尚未出具。')
                    when cardinality(numbers) > 1 then lab.refusal_of(3, 'SHEET_NOT_NAMED',
                        'This receipt has several sheets: say which (sheet_no). 该回执有多份报告，请指定报告编号。')
                    when lab.is_withdrawn(numbers[1]) then lab.refusal_of(9, 'SHEET_WITHDRAWN', 'This sheet is withdrawn and '
                        'is not handed out any more. Ask at the desk. 该报告已撤回，请到受理窗口咨询。') end;
    end if;
    if refusal is null and coalesce(document, '') in ('card', 'share') then
        select made.answer, made.blob into answer, blob
        from lab.sheet_document_parts(numbers[1], lab.newest_sealed(numbers[1])) as made;
    elsif refusal is null then
        select json_build_object('sheet', json_build_object('sheet_no', file.sheet_no, 'revision', file.revision,
                   'pdf_bytes', file.pdf_bytes, 'pdf_sha256', encode(file.sha256, 'hex'))), file.pdf
        into answer, blob from lab.sheet_file as file where file.sheet_no = numbers[1] order by file.revision desc limit 1;
    end if;
    return next;
end
$$;

-- The way out of a lock.
create or replace function lab.desk_unlock_receipt(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.receipt := lab.receipt_taken(who, request);
begin
    perform lab.set_reason(lab.words_of(request, 'reason'));
    delete from lab.public_lock where public_lock.receipt_code = taken.receipt_code;
    perform lab.history_add('receipt', taken.receipt_no, 'update', taken.laboratory, '{"tracking": "locked"}',
                            '{"tracking": "open"}');
    return json_build_object('receipt', lab.receipt_view(taken.receipt_no));
end
$$;

reset role;
