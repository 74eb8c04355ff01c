-- SPDX-License-Identifier: Apache-2.0
-- Proficiency tests and checks against reference materials. The engine of the daemon (server/quality/proficiency.h,
-- control_checks.h) calculates the scores; that they are those of their numbers is guarded in 24_guard_proficiency.sql.
set role touchstone_owner;

-- "Au 金 (%)" for sentences: what was measured.
create or replace function lab.measured_zh(of_parameter text) returns text
language sql stable as $$
    select parameter.name_zh from lab.parameter where parameter.parameter_id = of_parameter
$$;

create or replace function lab.measured_en(of_parameter text) returns text
language sql stable as $$
    select parameter.name_en from lab.parameter where parameter.parameter_id = of_parameter
$$;

create or replace function lab.unit_given(request jsonb) returns text
language plpgsql stable as $$
begin
    return coalesce(nullif(btrim(request ->> 'unit'), ''),
                    (select unit.display from lab.parameter join lab.unit using (unit_ucum)
                     where parameter.parameter_id = request ->> 'parameter_id'), '');
end
$$;

create or replace function lab.score_words(of_kind text) returns text
language sql immutable as $$
    select case of_kind when 'zeta' then 'ζ' when 'en' then 'En' else of_kind end
$$;

create or replace function lab.proficiency_scores(of_id uuid) returns text
language sql stable as $$
    select string_agg(lab.score_words(score.score_kind) || ' = ' || score.score, ', '
                      order by array_position('{z,zeta,en}', score.score_kind))
    from lab.proficiency_score as score where score.proficiency_id = of_id
$$;

create or replace function lab.proficiency_name(seen lab.proficiency) returns text
language sql immutable as $$
    select concat_ws(' ', seen.provider, seen.scheme, seen.round, nullif(seen.sample, ''))
$$;

-- One plain sentence; a questionable result is a warning and says what to do.
create or replace function lab.proficiency_sentence_zh(seen lab.proficiency) returns text
language sql stable as $$
    select format('能力验证 %s %s：%s，%s', lab.proficiency_name(seen), lab.measured_zh(seen.parameter_id),
                  lab.proficiency_scores(seen.proficiency_id),
                  case seen.verdict when 'satisfactory' then '结果满意。'
                  when 'questionable' then '结果可疑（警戒信号），请查找原因。'
                  else '结果不满意（行动信号），须采取纠正措施。' end)
$$;

create or replace function lab.proficiency_sentence_en(seen lab.proficiency) returns text
language sql stable as $$
    select format('Proficiency test %s, %s: %s, %s', lab.proficiency_name(seen), lab.measured_en(seen.parameter_id),
                  lab.proficiency_scores(seen.proficiency_id),
                  case seen.verdict when 'satisfactory' then 'satisfactory.'
                  when 'questionable' then 'questionable (warning signal): look for the cause.'
                  else 'unsatisfactory (action signal): corrective action is due.' end)
$$;

create or replace function lab.proficiency_view(seen lab.proficiency) returns json
language plpgsql stable as $$
begin
    return json_strip_nulls(json_build_object(
        'proficiency_id', seen.proficiency_id, 'laboratory', seen.laboratory, 'provider', seen.provider,
        'scheme', seen.scheme, 'round', seen.round, 'sample', nullif(seen.sample, ''), 'method_id', seen.method_id,
        'parameter_id', seen.parameter_id, 'parameter_zh', lab.measured_zh(seen.parameter_id),
        'parameter_en', lab.measured_en(seen.parameter_id), 'unit', nullif(seen.unit, ''), 'value', seen.value_text,
        'standard_uncertainty', seen.standard_uncertainty, 'expanded_uncertainty', seen.expanded_uncertainty,
        'assigned_value', seen.assigned_value, 'sigma_pt', seen.sigma_pt,
        'assigned_standard_uncertainty', seen.assigned_standard_uncertainty,
        'assigned_expanded_uncertainty', seen.assigned_expanded_uncertainty,
        'participants', case when cardinality(seen.participants) > 0 then array_to_json(seen.participants::text[]) end,
        'scored_against', seen.scored_against, 'scored_sigma', seen.scored_sigma,
        'robust_trace', nullif(seen.robust_trace, ''),
        'scores', (select json_agg(json_build_object('score_kind', score.score_kind, 'score', score.score,
                                                     'verdict', score.verdict, 'trace', score.trace)
                                   order by array_position('{z,zeta,en}', score.score_kind))
                   from lab.proficiency_score as score where score.proficiency_id = seen.proficiency_id),
        'verdict', seen.verdict, 'sentence_zh', lab.proficiency_sentence_zh(seen),
        'sentence_en', lab.proficiency_sentence_en(seen),
        'nonconformity_no', (select opened.nonconformity_no from lab.nonconformity as opened
                             where opened.proficiency_id = seen.proficiency_id),
        'note', nullif(seen.note, ''), 'recorded_by', lab.username_of(seen.recorded_by), 'recorded_at', seen.recorded_at,
        'replaces', seen.replaces,
        'replaced_by', (select later.proficiency_id from lab.proficiency as later
                        where later.replaces = seen.proficiency_id)));
end
$$;

-- The first stage of RecordProficiency: who may not, or names what is not measured here, costs no calculation.
create or replace function api.quality_proficiency_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'QualityService.RecordProficiency', '{manager,quality}');
begin
    perform lab.require_role(who, request ->> 'laboratory');
    perform lab.require_measured(request ->> 'laboratory', request ->> 'method_id', request ->> 'parameter_id');
    return '{}';
end
$$;

create or replace function lab.proficiency_replaced(who lab.actor, request jsonb) returns uuid
language plpgsql volatile as $$
declare
    replaced lab.proficiency;
begin
    if coalesce(request ->> 'replaces', '') = '' then
        return null;
    end if;
    select * into replaced from lab.proficiency as earlier
    where earlier.proficiency_id = lab.uuid_of(request, 'replaces') for no key update;
    perform lab.require_seen(who, replaced.laboratory, 'proficiency test');
    if (replaced.laboratory, replaced.method_id, replaced.parameter_id)
       is distinct from (request ->> 'laboratory', request ->> 'method_id', request ->> 'parameter_id') then
        perform lab.refuse_field('replaces', 'is of another laboratory, method or parameter');
    end if;
    if exists (select from lab.proficiency as later where later.replaces = replaced.proficiency_id) then
        perform lab.refuse(9, 'PROFICIENCY_REPLACED', 'This record is corrected already: correct the newer one.', 'replaces');
    end if;
    perform lab.words_of(request, 'note');
    return replaced.proficiency_id;
end
$$;

create or replace function lab.quality_record_proficiency(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    found jsonb := request -> 'daemon';
    made lab.proficiency;
begin
    perform lab.require_role(who, here);
    perform lab.require_measured(here, request ->> 'method_id', request ->> 'parameter_id');
    insert into lab.proficiency (
        laboratory, provider, scheme, round, sample, method_id, parameter_id, unit, value_text, standard_uncertainty,
        expanded_uncertainty, assigned_value, sigma_pt, assigned_standard_uncertainty, assigned_expanded_uncertainty,
        participants, scored_against, scored_sigma, robust_trace, verdict, note, recorded_by, recorded_at, replaces)
    values (here, lab.words_of(request, 'provider'), lab.words_of(request, 'scheme'), lab.words_of(request, 'round'),
            btrim(coalesce(request ->> 'sample', '')), request ->> 'method_id', request ->> 'parameter_id',
            lab.unit_given(request), lab.decimal_of(request ->> 'value', 'value'),
            lab.decimal_of(request ->> 'standard_uncertainty', 'standard_uncertainty'),
            lab.decimal_of(request ->> 'expanded_uncertainty', 'expanded_uncertainty'),
            lab.decimal_of(request ->> 'assigned_value', 'assigned_value'),
            lab.decimal_of(request ->> 'sigma_pt', 'sigma_pt'),
            lab.decimal_of(request ->> 'assigned_standard_uncertainty', 'assigned_standard_uncertainty'),
            lab.decimal_of(request ->> 'assigned_expanded_uncertainty', 'assigned_expanded_uncertainty'),
            array(select jsonb_array_elements_text(coalesce(nullif(request -> 'participants', 'null'), '[]'))),
            found ->> 'scored_against', nullif(found ->> 'scored_sigma', ''), coalesce(found ->> 'robust_trace', ''),
            (select score ->> 'verdict' from jsonb_array_elements(found -> 'scores') as score
             order by array_position('{unsatisfactory,questionable,satisfactory}', score ->> 'verdict') limit 1),
            btrim(coalesce(request ->> 'note', '')), who.staff_id, lab.ts_now(), lab.proficiency_replaced(who, request))
    returning * into made;
    insert into lab.proficiency_score (proficiency_id, score_kind, laboratory, score, verdict, trace)
    select made.proficiency_id, score ->> 'score_kind', here, score ->> 'score', score ->> 'verdict', score ->> 'trace'
    from jsonb_array_elements(found -> 'scores') as score;
    if made.verdict = 'unsatisfactory' then
        perform lab.nonconformity_add(who, here, lab.proficiency_sentence_zh(made) || ' '
                                      || lab.proficiency_sentence_en(made), of_proficiency => made.proficiency_id);
    end if;
    return json_build_object('proficiency', lab.proficiency_view(made));
end
$$;

-- (moment, id) that a page begins behind, of two keys of a token.
create or replace function lab.page_before(keys text[], out before timestamptz, out before_id uuid)
language plpgsql volatile as $$
begin
    before := coalesce(lab.page_key_at(keys[1]), 'infinity');
    before_id := lab.uuid_of(jsonb_build_object('page.page_token', coalesce(keys[2],
                             'ffffffff-ffff-ffff-ffff-ffffffffffff')), 'page.page_token');
end
$$;

create or replace function lab.quality_list_proficiency(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    place record := lab.page_before(lab.page_keys(who, request, 2));
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.proficiency_view(page) order by page.recorded_at desc, page.proficiency_id desc) into found
    from (select * from lab.proficiency as known
          where known.laboratory = here and (known.recorded_at, known.proficiency_id) < (place.before, place.before_id)
          and known.method_id = coalesce(nullif(request ->> 'method_id', ''), known.method_id)
          and known.parameter_id = coalesce(nullif(request ->> 'parameter_id', ''), known.parameter_id)
          order by known.recorded_at desc, known.proficiency_id desc limit size + 1) as page;
    return lab.page_answer(who, 'proficiency', found, size, 'recorded_at', 'proficiency_id');
end
$$;

create or replace function lab.quality_get_proficiency(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.proficiency;
begin
    select * into seen from lab.proficiency as known
    where known.proficiency_id = lab.uuid_of(request, 'proficiency_id');
    perform lab.require_seen(who, seen.laboratory, 'proficiency test');
    return json_build_object('proficiency', lab.proficiency_view(seen));
end
$$;

-- What was noted with a round, and what became of a result that failed.
create or replace function lab.proficiency_remark(of_id uuid, note text) returns text
language plpgsql stable as $$
begin
    return nullif(concat_ws(E'\n', '备注 Note: ' || nullif(lab.told(note, 300), ''), (
        select concat_ws(E'\n', lab.nonconformity_told(opened), '原因 Cause: ' || nullif(lab.told(opened.cause, 300), ''),
                         '纠正 Correction: ' || nullif(lab.told(opened.correction, 300), ''),
                         '纠正措施 Corrective action: ' || nullif(lab.told(opened.corrective_action, 300), ''))
        from lab.nonconformity as opened where opened.proficiency_id = of_id)), '');
end
$$;

-- The z-scores over the rounds as touchstone.internal.v1.ControlContext has them; what was corrected is not drawn.
create or replace function lab.quality_draw_proficiency(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    newest integer := coalesce(nullif((request ->> 'newest')::integer, 0), 100);
    drawn jsonb;
    providers text;
    unit text;
begin
    perform lab.require_role(who, here);
    perform lab.require_measured(here, request ->> 'method_id', request ->> 'parameter_id');
    select jsonb_agg(jsonb_build_object(
               'value', one.score, 'label', one.round, 'verdict', one.verdict,
               'day', to_char(lab.local_time(one.recorded_at), 'YYYY-MM-DD'),
               'measured', regexp_replace(one.value_text, '^-', '−') || one.own_unit,
               'assigned', regexp_replace(one.scored_against, '^-', '−') || one.own_unit,
               'sigma_pt', one.scored_sigma || one.own_unit,
               'remark', lab.proficiency_remark(one.proficiency_id, one.note))
               order by one.recorded_at, one.proficiency_id),
           string_agg(distinct one.provider, '、'), max(one.one_unit)
    into drawn, providers, unit
    from (select known.recorded_at, known.proficiency_id, score.score, score.verdict, known.round, known.note,
                 known.value_text, known.scored_against, known.scored_sigma, units.one_unit,
                 case when units.one_unit is null and known.unit <> '' then ' ' || known.unit else '' end as own_unit,
                 concat_ws(' · ', known.provider, known.scheme) as provider
          from lab.proficiency as known join lab.proficiency_score as score using (proficiency_id)
          -- One unit stands above the table, several beside their numbers.
          cross join (select case when min(every.unit) = max(every.unit) then min(every.unit) end as one_unit
                      from lab.proficiency as every where every.laboratory = here
                      and every.method_id = request ->> 'method_id' and every.parameter_id = request ->> 'parameter_id') as units
          where known.laboratory = here and known.method_id = request ->> 'method_id'
          and known.parameter_id = request ->> 'parameter_id' and score.score_kind = 'z'
          and not exists (select from lab.proficiency as later where later.replaces = known.proficiency_id)
          order by known.recorded_at desc, known.proficiency_id desc limit newest) as one;
    if drawn is null then
        perform lab.refuse(9, 'CHART_EMPTY', 'No round of this method and parameter has a z-score.');
    end if;
    return (select json_strip_nulls((jsonb_build_object(
            'values', drawn, 'kind', 'z_scores', 'providers', providers, 'unit', unit, 'title_zh', format('能力验证 z 值 · %s · %s', parameter.name_zh, method.name_zh),
            'title_en', format('z-scores of proficiency tests · %s · %s', parameter.name_en, method.name_en))
            || lab.chart_paper(who, here, 'proficiency_chart', request ->> 'method_id'))::json)
        from lab.parameter, lab.method
        where parameter.parameter_id = request ->> 'parameter_id' and method.method_id = request ->> 'method_id');
end
$$;

-- ---- reference materials

create or replace function lab.crm_view(seen lab.crm_check) returns json
language plpgsql stable as $$
begin
    return json_strip_nulls(json_build_object(
        'crm_check_id', seen.crm_check_id, 'laboratory', seen.laboratory, 'material', seen.material,
        'method_id', seen.method_id, 'parameter_id', seen.parameter_id, 'parameter_zh', lab.measured_zh(seen.parameter_id),
        'parameter_en', lab.measured_en(seen.parameter_id), 'instrument', nullif(seen.instrument, ''),
        'unit', nullif(seen.unit, ''), 'certified_value', seen.certified_value,
        'certified_uncertainty', seen.certified_uncertainty, 'certified_coverage', seen.certified_coverage,
        'value', seen.value_text, 'expanded_uncertainty', seen.expanded_uncertainty,
        'coverage_factor', seen.coverage_factor, 'accepted', seen.accepted, 'trace', seen.trace,
        'sentence_zh', lab.crm_sentence_zh(seen), 'sentence_en', lab.crm_sentence_en(seen),
        'batch_no', nullif(seen.batch_no, ''),
        'hold_id', (select held.hold_id from lab.batch_hold as held where held.crm_check_id = seen.crm_check_id),
        'nonconformity_no', (select opened.nonconformity_no from lab.nonconformity as opened
                             where opened.crm_check_id = seen.crm_check_id),
        'note', nullif(seen.note, ''), 'recorded_by', lab.username_of(seen.recorded_by),
        'recorded_at', seen.recorded_at));
end
$$;

create or replace function lab.crm_sentence_zh(seen lab.crm_check) returns text
language sql stable as $$
    select format('标准物质 %s %s：测得 %s，标准值 %s，%s', seen.material, lab.measured_zh(seen.parameter_id), seen.value_text,
                  seen.certified_value, case when seen.accepted then '两者在不确定度范围内一致。'
                  else '两者之差超出合成的扩展不确定度，须采取纠正措施。' end)
$$;

create or replace function lab.crm_sentence_en(seen lab.crm_check) returns text
language sql stable as $$
    select format('Reference material %s, %s: %s was measured, %s is certified: %s', seen.material,
                  lab.measured_en(seen.parameter_id), seen.value_text, seen.certified_value,
                  case when seen.accepted then 'they agree within their uncertainties.'
                  else 'they differ by more than their uncertainties allow; corrective action is due.' end)
$$;

create or replace function api.quality_crm_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'QualityService.RecordCrmCheck', '{technician,quality}');
begin
    perform lab.require_role(who, request ->> 'laboratory');
    perform lab.require_measured(request ->> 'laboratory', request ->> 'method_id', request ->> 'parameter_id');
    return '{}';
end
$$;

-- What is typed of a coverage factor; 2 where nothing is.
create or replace function lab.coverage_given(request jsonb, field text) returns lab.decimal_text
language plpgsql volatile as $$
declare
    given lab.decimal_text := coalesce(lab.decimal_of(request ->> field, field), '2');
begin
    if given::text::numeric = 0 then
        perform lab.refuse_field(field, 'must be above zero');
    end if;
    return given;
end
$$;

create or replace function lab.quality_record_crm_check(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    found jsonb := request -> 'daemon';
    batch text := coalesce(request ->> 'batch_no', '');
    made lab.crm_check;
begin
    perform lab.require_role(who, here);
    perform lab.require_measured(here, request ->> 'method_id', request ->> 'parameter_id');
    if batch = '' and jsonb_array_length(coalesce(nullif(request -> 'test_ids', 'null'), '[]')) > 0 then
        perform lab.refuse_field('batch_no', 'is required when tests are named');
    end if;
    perform lab.batch_add(who, here, batch, request);
    perform lab.batch_taken(here, batch);
    insert into lab.crm_check (
        laboratory, material, method_id, parameter_id, instrument, unit, certified_value, certified_uncertainty,
        certified_coverage, value_text, expanded_uncertainty, coverage_factor, accepted, trace, batch_no, note,
        recorded_by, recorded_at)
    values (here, lab.words_of(request, 'material'), request ->> 'method_id', request ->> 'parameter_id',
            btrim(coalesce(request ->> 'instrument', '')), lab.unit_given(request),
            lab.decimal_of(request ->> 'certified_value', 'certified_value'),
            lab.decimal_of(request ->> 'certified_uncertainty', 'certified_uncertainty'),
            lab.coverage_given(request, 'certified_coverage'), lab.decimal_of(request ->> 'value', 'value'),
            lab.decimal_of(request ->> 'expanded_uncertainty', 'expanded_uncertainty'),
            lab.coverage_given(request, 'coverage_factor'), coalesce((found ->> 'accepted')::boolean, false),
            found ->> 'trace', batch, btrim(coalesce(request ->> 'note', '')), who.staff_id, lab.ts_now())
    returning * into made;
    if not made.accepted and batch <> '' then
        insert into lab.batch_hold (laboratory, batch_no, crm_check_id, held_at)
        values (here, batch, made.crm_check_id, made.recorded_at);
    end if;
    if not made.accepted then
        perform lab.nonconformity_add(who, here, lab.crm_sentence_zh(made) || ' ' || lab.crm_sentence_en(made),
                                      of_hold => (select held.hold_id from lab.batch_hold as held
                                                  where held.crm_check_id = made.crm_check_id),
                                      of_crm_check => made.crm_check_id);
    end if;
    return json_build_object('crm_check', lab.crm_view(made));
end
$$;

create or replace function lab.quality_list_crm_checks(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    place record := lab.page_before(lab.page_keys(who, request, 2));
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.crm_view(page) order by page.recorded_at desc, page.crm_check_id desc) into found
    from (select * from lab.crm_check as known
          where known.laboratory = here and (known.recorded_at, known.crm_check_id) < (place.before, place.before_id)
          and known.method_id = coalesce(nullif(request ->> 'method_id', ''), known.method_id)
          and known.parameter_id = coalesce(nullif(request ->> 'parameter_id', ''), known.parameter_id)
          and known.instrument = coalesce(nullif(btrim(request ->> 'instrument'), ''), known.instrument)
          order by known.recorded_at desc, known.crm_check_id desc limit size + 1) as page;
    return lab.page_answer(who, 'crm_checks', found, size, 'recorded_at', 'crm_check_id');
end
$$;

create or replace function lab.quality_get_crm_check(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.crm_check;
begin
    select * into seen from lab.crm_check as known where known.crm_check_id = lab.uuid_of(request, 'crm_check_id');
    perform lab.require_seen(who, seen.laboratory, 'check');
    return json_build_object('crm_check', lab.crm_view(seen));
end
$$;

reset role;
