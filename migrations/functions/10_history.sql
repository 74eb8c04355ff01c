-- SPDX-License-Identifier: Apache-2.0
-- The history: one generic statement-level trigger on every business table, with transition tables (a row trigger
-- costs 20 to 40 % of an entry).
--
-- Arguments of the trigger: object type; key columns, comma-separated; columns whose content is masked ("***": only
-- that it changed is told); columns that are left out altogether.
set role touchstone_owner;

-- Who, when, where and why, from the settings that auth_require, replay_begin, require_role and set_reason made; the
-- rest of the row is empty. Without them somebody is at work behind the daemon's back, and the log-in role is named.
create or replace function lab.history_context() returns lab.history
language plpgsql volatile as $$
declare
    who jsonb := coalesce(nullif(current_setting('touchstone.who', true), ''), '{}')::jsonb;
    entry lab.history;
begin
    entry.at := lab.ts_now();
    entry.actor := coalesce(who ->> 'actor', 'database:' || session_user);
    entry.staff_id := (who ->> 'staff_id')::uuid;
    entry.session_id := (who ->> 'session_id')::uuid;
    entry.desk := coalesce(who ->> 'desk', '');
    entry.laboratory := coalesce(current_setting('touchstone.laboratory', true), '');
    entry.reason := coalesce(current_setting('touchstone.reason', true), '');
    entry.method := coalesce(who ->> 'method', '');
    entry.request_id := coalesce(current_setting('touchstone.request_id', true), '');
    return entry;
end
$$;

create or replace function lab.history_add(entry_type text, entry_key text, entry_operation text, entry_laboratory text,
                                           entry_old jsonb, entry_new jsonb) returns void
language plpgsql volatile as $$
declare
    why lab.history := lab.history_context();
begin
    insert into lab.history (at, actor, staff_id, session_id, desk, laboratory, object_type, object_id, operation,
                             old_values, new_values, reason, method, request_id)
    values (why.at, why.actor, why.staff_id, why.session_id, why.desk, coalesce(entry_laboratory, why.laboratory),
            entry_type, entry_key, entry_operation, entry_old, entry_new, why.reason, why.method, why.request_id);
end
$$;

-- Inserted rows whole (without what is empty), updated ones as the fields that differ; one statement per table and act.
create or replace function lab.history_keep() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    keys text[] := string_to_array(tg_argv[1], ',');
    masked text[] := string_to_array(coalesce(tg_argv[2], ''), ',');
    left_out text[] := string_to_array(coalesce(tg_argv[3], ''), ',') || '{version}';
    why lab.history := lab.history_context();
begin
    if tg_op = 'INSERT' then
        insert into lab.history (at, actor, staff_id, session_id, desk, laboratory, object_type, object_id, operation,
                                 new_values, reason, method, request_id)
        select why.at, why.actor, why.staff_id, why.session_id, why.desk,
               coalesce(after ->> 'laboratory', why.laboratory), tg_argv[0],
               (select string_agg(after ->> key, '/') from unnest(keys) as key), 'insert',
               (select jsonb_object_agg(name, case when name = any (masked) then '"***"' else content end)
                from jsonb_each(after) as member (name, content)
                where content <> 'null' and content <> '""' and name <> all (left_out)),
               why.reason, why.method, why.request_id
        from (select to_jsonb(added) as after from new_rows as added) as rows_added;
        return null;
    end if;
    insert into lab.history (at, actor, staff_id, session_id, desk, laboratory, object_type, object_id, operation,
                             old_values, new_values, reason, method, request_id)
    select why.at, why.actor, why.staff_id, why.session_id, why.desk,
           coalesce(after ->> 'laboratory', why.laboratory), tg_argv[0], one.id, 'update', changed.old_values,
           changed.new_values, why.reason, why.method, why.request_id
    from (select to_jsonb(kept) as after,
                 (select string_agg(to_jsonb(kept) ->> key, '/') from unnest(keys) as key) as id from new_rows as kept) as one
    join (select to_jsonb(kept) as before,
                 (select string_agg(to_jsonb(kept) ->> key, '/') from unnest(keys) as key) as id from old_rows as kept) as two
        on one.id = two.id
    cross join lateral (
        select jsonb_object_agg(name, case when name = any (masked) then '"***"' else before -> name end) as old_values,
               jsonb_object_agg(name, case when name = any (masked) then '"***"' else content end) as new_values
        from jsonb_each(after) as member (name, content)
        where content is distinct from before -> name and name <> all (left_out)) as changed
    where changed.new_values is not null;
    return null;
end
$$;

-- A result's entry under its test: old and new readings side by side, although no entry is ever overwritten.
create or replace function lab.history_keep_entry() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    one record;
    shown jsonb;
begin
    for one in select * from (select distinct added.test_id, added.entry_no from new_rows as added) as entry loop
        shown := lab.entry_shown(one.test_id, one.entry_no);
        continue when shown ->> 'inputs' <> ''; -- by history_inputs
        perform lab.history_add('test', one.test_id::text, case one.entry_no when 1 then 'insert' else 'update' end,
                                (select test.laboratory from lab.test where test.test_id = one.test_id),
                                lab.entry_shown(one.test_id, one.entry_no - 1), shown);
    end loop;
    return null;
end
$$;

-- The same for an entry with inputs, which may have no readings: at the end of the act, when all of it is there.
create or replace function lab.history_keep_inputs() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    perform lab.history_add('test', new.test_id::text, case new.entry_no when 1 then 'insert' else 'update' end,
                            new.laboratory, lab.entry_shown(new.test_id, new.entry_no - 1),
                            lab.entry_shown(new.test_id, new.entry_no));
    return null;
end
$$;

-- All readings of an identification side by side, once it is decided; until then the history masks what they found.
create or replace function lab.history_keep_identification() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if (lab.identification_of(new.test_id, new.round)).inputs is not null then
        perform lab.history_add('test', new.test_id::text, 'reveal', new.laboratory, null, jsonb_build_object('readings', (
            select jsonb_agg(to_jsonb(reading) - '{test_id,laboratory,result_key}'::text[] order by reading.place)
            from lab.identification_reading as reading where reading.test_id = new.test_id and reading.round = new.round)));
    end if;
    return null;
end
$$;

create or replace function lab.entry_shown(of_test uuid, of_entry integer) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object(
            'readings', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('value', reading.value_text,
                                'qualifier', nullif(reading.qualifier, ''), 'position', nullif(reading.position, '')))
                                order by reading.place)
                         from lab.reading where reading.test_id = of_test and reading.entry_no = of_entry))
            || (to_jsonb(entry) - '{test_id,entry_no,laboratory,at,reason,uncertainty}'::text[])
        from lab.result_entry as entry where entry.test_id = of_test and entry.entry_no = of_entry);
end
$$;

-- What a person's name and phone were, apart from the technical history.
create or replace function lab.person_history_keep() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    insert into lab.person_history (at, actor, person_id, old_values, new_values, reason)
    values (lab.ts_now(),
            coalesce(nullif(current_setting('touchstone.who', true), '')::jsonb ->> 'actor',
                     'database:' || session_user),
            new.person_id,
            case tg_op when 'UPDATE' then jsonb_build_object('name', old.name, 'phone', old.phone) end,
            jsonb_build_object('name', new.name, 'phone', new.phone),
            coalesce(current_setting('touchstone.reason', true), ''));
    return null;
end
$$;

-- Pictures and documents: their hash, without turning megabytes into JSON first.
create or replace function lab.history_keep_file() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if tg_table_name = 'item_photo' then
        perform lab.history_add('item_photo', added.item_code, 'insert', added.laboratory, null,
                                jsonb_build_object('sha256', encode(added.sha256, 'hex'), 'added_by', added.added_by))
        from new_rows as added;
    elsif tg_table_name = 'instrument_file' then
        perform lab.history_add('instrument_file', encode(added.sha256, 'hex'), 'insert', added.laboratory, null,
                                jsonb_build_object('name', added.name, 'profile', added.profile, 'version',
                                                   added.profile_version, 'values_entered', added.values_entered,
                                                   'values_left_out', added.values_left_out))
        from new_rows as added;
    elsif tg_table_name = 'test_attachment' then
        -- Of an identification the name and the words might tell what was found to who reads next.
        perform lab.history_add('test_attachment', added.attachment_id::text, 'insert', added.laboratory, null,
                                jsonb_build_object('test_id', added.test_id, 'sha256', encode(added.sha256, 'hex'),
                                    'size', added.size, 'media_type', added.media_type, 'attached_by', added.attached_by,
                                    'name', case when test.is_blind then '***' else added.name end,
                                    'caption', case when test.is_blind then '***' else added.caption end))
        from new_rows as added join lab.test using (test_id);
    else
        perform lab.history_add('sheet_file', added.sheet_no || '/' || added.revision, 'insert',
                                (select sheet.laboratory from lab.sheet where sheet.sheet_no = added.sheet_no
                                 and sheet.revision = added.revision), null,
                                jsonb_build_object('sha256', encode(added.sha256, 'hex'), 'bytes', added.pdf_bytes))
        from new_rows as added;
    end if;
    return null;
end
$$;

-- One line per business table; a table of the schema without one fails a test.
do $history$
declare
    one record;
begin
    for one in select * from (values
        ('institute', 'only_row', '', ''), ('laboratory', 'laboratory', '', ''), ('desk', 'desk', '', ''),
        ('policy', 'only_row', '', ''),
        ('staff', 'username', 'password_hash', ''), ('staff_role', 'staff_id,laboratory,role', '', ''),
        ('qualification', 'staff_id,method_id', '', ''), ('signatory', 'staff_id,laboratory', '', ''),
        ('session', 'session_id', '', 'token_hash,idle_expires_at'),
        ('person', 'person_id', 'name,phone', 'phone_last4'),
        ('receipt', 'receipt_no', 'collected_by,receipt_code', ''), ('consent', 'receipt_no,kind', 'authorisation', ''),
        ('item', 'item_code', '', 'mass,mass_out'),
        ('custody_event', 'item_code,event_id', 'returned_to', ''), ('incident', 'incident_no', '', ''),
        ('test', 'test_id', '', ''), ('judgement', 'test_id,submission_no', '', 'trace'),
        ('review', 'test_id,submission_no', '', ''),
        ('sheet', 'sheet_no,revision', '', 'record,record_bytes'),
        ('sheet_amendment', 'amendment_id', '', 'tests_before'), ('sheet_correction', 'amendment_id,correction_no', '', ''),
        ('sheet_withdrawal', 'withdrawal_id', '', ''), ('sheet_recipient', 'recipient_id', 'address', ''),
        ('sheet_delivery', 'delivery_id', 'last_error', 'leased_until,attempts,next_at'),
        ('unit', 'unit_ucum', '', ''), ('standard', 'standard_id', '', ''), ('product', 'product_id', '', ''),
        ('parameter', 'parameter_id', '', ''), ('method', 'method_id', '', ''),
        ('param_method', 'method_id,parameter_id', '', ''), ('requirement', 'limit_id', '', ''),
        ('statement', 'statement_id', '', ''), ('item_class', 'item_code,product_id', '', ''),
        ('item_fact', 'item_code,field,entry_no', 'value,reason', ''), ('institute_seal', 'sha256', '', 'picture'),
        ('institute_mark', 'kind,sha256', '', 'picture'),
        ('catalogue_sign_off', 'file,key,from_revision,sign_no', '', ''), ('control_chart', 'laboratory,chart', '', ''),
        ('control_limits', 'laboratory,chart,limits_version', '', ''),
        ('control_result', 'laboratory,chart,point', '', 'value'),
        ('control_alarm', 'laboratory,chart,point,rule', '', ''),
        ('batch_test', 'laboratory,batch_no,test_id', '', ''), ('batch_hold', 'hold_id', '', ''),
        ('nonconformity', 'nonconformity_no', '', ''), ('proficiency', 'proficiency_id', '', ''),
        ('proficiency_score', 'proficiency_id,score_kind', '', ''), ('crm_check', 'crm_check_id', '', ''),
        ('control_plan', 'laboratory,method_id,parameter_id,plan_no', '', ''), ('worksheet', 'worksheet_no', '', ''),
        ('worksheet_position', 'worksheet_no,position', '', ''), ('worksheet_result', 'worksheet_no,position', '', ''), ('worksheet_file', 'worksheet_no', '', ''),
        ('instrument_profile', 'laboratory,profile,version', '', ''),
        ('method_check', 'laboratory,method_id,check_no', '', ''), ('fitness', 'fitness_no', '', ''),
        ('reagent_use', 'test_id,entry_no,use_no', '', ''),
        ('identification_reading', 'test_id,round,place', 'result,observations,instrument,temperature_c,humidity_percent,deviation,reason',
         'result_key,term'),
        ('result_reopening', 'test_id,submission_no', 'reason', ''), ('retest', 'test_id', '', ''),
        ('work_span', 'test_id,span_no', '', ''), ('record_form', 'form_entry', '', ''),
        ('attachment_strike', 'attachment_id', 'reason', ''), ('record_print', 'test_id,print_no', '', 'record_bytes'),
        ('visit_advice', 'laboratory', '', ''), ('visit_day', 'laboratory,day', '', 'set_at'),
        ('session_slot', 'slot_id', '', 'booked_taken,walk_in_taken,tour_taken'),
        ('booking', 'booking_code', 'note', 'changed_at'), ('ticket', 'laboratory,day,ticket_no', 'priority_reason,ticket_code', ''),
        ('air_visit', 'booking_code', 'address', 'planned_at'),
        ('walk_in_lease', 'lease_id', '', ''), ('reserved_code', 'item_code', '', ''),
        ('journal_key', 'key_id', '', 'key_bytes'), ('intake_set_aside', 'entry_request_id', '', ''),
        ('storage_place', 'laboratory,storage', '', ''), ('hand_over', 'hand_over_id', '', ''),
        ('retained_portion', 'portion_id', '', ''), ('day_close', 'laboratory,day,act_no', '', ''),
        ('notice', 'notice_id', 'address,last_error', 'secret,leased_until,attempts,next_at'),
        ('proxy_code', 'proxy_code_id', '', 'code_hash'),
        ('fee_rule', 'fee_rule_id', '', ''), ('fee_waiver', 'waiver_id', '', 'used'),
        ('statistics_publication', 'laboratory,first_day', '', 'tables'),
        ('complaint', 'complaint_no', 'statement,finding', ''), ('complaint_item', 'complaint_no,item_code', '', ''),
        ('complaint_retest', 'complaint_no,retest_id', '', ''), ('print_event', 'print_id', '', ''),
        ('item_rejection', 'item_code', 'words', ''), ('person_merge', 'merge_id', '', '')
    ) as tables (name, keys, masked, left_out) loop
        execute format('create or replace trigger history_insert after insert on lab.%I referencing new table as '
                       'new_rows for each statement execute function lab.history_keep(%L, %L, %L, %L)',
                       one.name, one.name, one.keys, one.masked, one.left_out);
        execute format('create or replace trigger history_update after update on lab.%I referencing old table as '
                       'old_rows new table as new_rows for each statement execute function '
                       'lab.history_keep(%L, %L, %L, %L)', one.name, one.name, one.keys, one.masked, one.left_out);
        execute format('alter table lab.%I enable always trigger history_insert', one.name);
        execute format('alter table lab.%I enable always trigger history_update', one.name);
    end loop;
end
$history$;

create or replace trigger history_entry after insert on lab.reading referencing new table as new_rows
    for each statement execute function lab.history_keep_entry();
alter table lab.reading enable always trigger history_entry;
drop trigger if exists history_inputs on lab.result_entry;
create constraint trigger history_inputs after insert on lab.result_entry deferrable initially deferred
    for each row when (new.inputs <> '') execute function lab.history_keep_inputs();
alter table lab.result_entry enable always trigger history_inputs;
create or replace trigger history_reveal after insert on lab.identification_reading
    for each row execute function lab.history_keep_identification();
alter table lab.identification_reading enable always trigger history_reveal;
create or replace trigger history_file after insert on lab.item_photo referencing new table as new_rows
    for each statement execute function lab.history_keep_file();
alter table lab.item_photo enable always trigger history_file;
create or replace trigger history_file after insert on lab.instrument_file referencing new table as new_rows
    for each statement execute function lab.history_keep_file();
alter table lab.instrument_file enable always trigger history_file;
create or replace trigger history_file after insert on lab.test_attachment referencing new table as new_rows
    for each statement execute function lab.history_keep_file();
alter table lab.test_attachment enable always trigger history_file;
create or replace trigger history_file after insert on lab.sheet_file referencing new table as new_rows
    for each statement execute function lab.history_keep_file();
alter table lab.sheet_file enable always trigger history_file;
create or replace trigger person_history after insert or update on lab.person
    for each row execute function lab.person_history_keep();
alter table lab.person enable always trigger person_history;

reset role;
