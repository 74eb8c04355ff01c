-- SPDX-License-Identifier: Apache-2.0
-- Documents that are drawn when somebody asks and kept nowhere: card and share of an issued sheet, the slip of what is reviewed.
-- The parts are handed to the renderer by the daemon (server/lab/download.c).
set role touchstone_owner;

drop function if exists lab.sheet_parts(bytea, bytea, bytea, bytea, jsonb);
create or replace function lab.sheet_parts(record bytea, photo bytea, cose bytea, pictures bytea[], facts jsonb, out answer json,
                                           out blob bytea)
language plpgsql immutable as $$
begin
    answer := facts || jsonb_build_object('sizes', jsonb_build_array(
        length(record), coalesce(length(photo), 0), coalesce(length(cose), 0)) || coalesce(
        (select jsonb_agg(coalesce(length(one), 0) order by place) from unnest(pictures) with ordinality as told (one, place)), '[]'));
    blob := record || coalesce(photo, '') || coalesce(cose, '') || coalesce(
        (select string_agg(one, '' order by place) from unnest(pictures) with ordinality as told (one, place)), '');
end
$$;

-- Since when a revision stands as it does: withdrawn, or replaced by the one after it.
create or replace function lab.sheet_standing_since(of_sheet text, of_revision integer, standing text) returns timestamptz
language plpgsql stable as $$
begin
    return case standing
        when 'withdrawn' then (select gone.decided_at from lab.sheet_withdrawal as gone
                               where gone.sheet_no = of_sheet and gone.state = 'confirmed')
        when 'superseded' then (select next.released_at from lab.sheet as next
                                where next.sheet_no = of_sheet and next.revision = of_revision + 1) end;
end
$$;

-- Of one revision; the blob is null while its statement is not in the log. A sheet of before there was a log has none
-- and is drawn without codes.
drop function if exists lab.sheet_document_parts(text);
create or replace function lab.sheet_document_parts(of_sheet text, of_revision integer, out answer json, out blob bytea)
language plpgsql stable as $$
declare
    wanted lab.sheet;
    stated bytea;
    standing text := lab.sheet_standing(of_sheet, of_revision);
begin
    select * into wanted from lab.sheet where sheet.sheet_no = of_sheet and sheet.revision = of_revision;
    select stored.cose into stated from lab.sheet_statement as stored
    where stored.sheet_no = wanted.sheet_no and stored.revision = wanted.revision;
    if stated is null and wanted.record ? 'statement' then
        return;
    end if;
    select made.answer, made.blob into answer, blob
    from lab.sheet_parts(
        wanted.record_bytes,
        (select photo.photo from lab.item_photo as photo where photo.item_code = wanted.item_code
         and encode(photo.sha256, 'hex') = wanted.record #>> '{item,photo_sha256}'), stated,
        array[lab.seal_picture(wanted.record), lab.mark_picture(wanted.record, 'cma'), lab.mark_picture(wanted.record, 'cnas')],
        jsonb_strip_nulls(jsonb_build_object(
            'sheet_no', wanted.sheet_no, 'standing', nullif(standing, 'current'),
            'standing_since', lab.local_date(lab.sheet_standing_since(of_sheet, of_revision, standing))))) as made;
end
$$;

-- It is no report, and does not call itself one.
create or replace function lab.slip_statement(told jsonb) returns jsonb
language sql immutable as $$
    select told || jsonb_build_object('zh', regexp_replace(told ->> 'zh', '本(报告|证书|通知书)', '本结果单'),
                                      'en', regexp_replace(told ->> 'en', 'This (report|certificate|notice)', 'This slip'))
$$;

-- What a slip does not say: signatures and seals that it has not, and what is of the client.
create or replace function lab.slip_record(taken lab.item, number text) returns jsonb
language plpgsql volatile as $$
declare
    made jsonb := lab.record_parts(taken, number, null, '', lab.ts_now(), 0);
begin
    return made - '{marks,seal_sha256,receipt_no}'::text[] || jsonb_build_object(
        'format', 'touchstone/slip/1', 'client', jsonb_build_object('name', '—'), 'sampling', (made -> 'sampling') - 'place',
        'legal_class', case when (made ->> 'specimen')::boolean then 'demonstration' else 'none' end,
        'results', (select jsonb_agg(one - '{signed,said}'::text[] order by place)
                    from jsonb_array_elements(made -> 'results') with ordinality as told (one, place)),
        'signatures', (select jsonb_agg(one order by place)
                       from jsonb_array_elements(made -> 'signatures') with ordinality as told (one, place)
                       where one ->> 'role' <> 'approved'),
        'statements', (select coalesce(jsonb_agg(lab.slip_statement(one) order by place), '[]')
                       from jsonb_array_elements(made -> 'statements') with ordinality as told (one, place)
                       where one ->> 'id' not in ('STM04', 'STM05', 'STM06', 'STM11', 'STM25')));
end
$$;

-- Who measured, reviewed or signs hands it over where the owner waits; reception sees no result before the sheet is issued.
create or replace function lab.sheet_download_slip(who lab.actor, request jsonb, out answer json, out blob bytea)
language plpgsql volatile as $$
declare
    taken lab.item;
begin
    select * into taken from lab.item where item.item_code = request ->> 'item_code';
    perform lab.require_seen(who, taken.laboratory, 'item');
    if taken.state <> 'reviewed' then
        perform lab.refuse(9, case taken.state when 'released' then 'SHEET_ISSUED' else 'ITEM_NOT_REVIEWED' end,
                           case taken.state when 'released' then 'The sheet of this item is issued: fetch the sheet.'
                                else 'Not every test of this item is approved.' end);
    end if;
    select made.answer, made.blob into answer, blob
    from lab.sheet_parts(convert_to(lab.canonical(lab.slip_record(taken, taken.item_code)), 'UTF8'),
                         (select photo.photo from lab.item_photo as photo where photo.item_code = taken.item_code), null, null,
                         jsonb_build_object('sheet_no', taken.item_code)) as made;
end
$$;

reset role;
