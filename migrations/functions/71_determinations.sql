-- SPDX-License-Identifier: Apache-2.0
-- What a result without readings was calculated from, as the sheet prints it: each determination with its inputs.
set role touchstone_owner;

drop function if exists lab.inputs_told(json);

-- Half to even (GB/T 8170), for what is only shown: a determination has all its digits, the sheet as many as are of use.
create or replace function lab.round_even(number numeric, places integer) returns numeric
language sql immutable as $$
    select case when mod(abs(shifted.by), 1) = 0.5 and mod(trunc(shifted.by), 2) = 0 then trunc(shifted.by) else round(shifted.by) end
           * ('1e' || -places)::numeric -- a power would be cut at 16 places
    from (select number * 10::numeric ^ places as by) as shifted
$$;

-- What a record takes of a text (server/render/record_rules.c): a longer one would never be drawn.
create or replace function lab.shortened(told text, most integer) returns text
language sql immutable as $$
    select case when length(told) > most then left(told, most - 1) || '…' else told end
$$;

-- Two places more than the result has, or as it is when it is shorter or no number.
create or replace function lab.determination_shown(told text, mean text) returns text
language plpgsql immutable as $$
declare
    places integer := case when mean ~ '^-?[0-9]+(\.[0-9]+)?$' then scale(mean::numeric) + 2 end;
begin
    if places is null or told !~ '^-?[0-9]+\.[0-9]+$' or scale(told::numeric) <= places then
        return left(told, 60);
    end if;
    return round(lab.round_even(told::numeric, places), places)::text;
end
$$;

-- "750.1, 750.3", "0.01: 232, 244 / 0.001: 33, 35" or "0.1800", as they were entered.
create or replace function lab.input_values(given json) returns text
language sql immutable as $$
    select case json_typeof(given)
        when 'array' then (select string_agg(one, ', ') from json_array_elements_text(given) as one)
        when 'object' then (select string_agg(format('%s: %s', list.key, case json_typeof(list.value)
                                when 'array' then (select string_agg(one, ', ') from json_array_elements_text(list.value) as one)
                                else list.value #>> '{}' end), ' / ')
                            from json_each(given) as list)
        else given #>> '{}' end
$$;

-- "A = 0.1800; points = 750.1, 750.3", by the names of the entry: what an original record says.
create or replace function lab.inputs_entered(inputs json) returns text
language sql immutable as $$
    select string_agg(format('%s = %s', given.key, lab.input_values(given.value)), '; ')
    from json_each(inputs) as given where given.key <> 'result'
$$;

-- "样品质量 = 250.00, 251.00 mg；金卷质量 = 187.40, 188.20 mg" and the same in English, in the order of the entry: what each input
-- is and its unit stand in inputs_zh and inputs_en of formulas.csv. One that is not told of there keeps its name.
create or replace function lab.inputs_told(inputs json, formula jsonb, out zh text, out en text)
language sql immutable as $$
    select string_agg(concat_ws(' ', coalesce(chinese.name, given.key), '=', lab.input_values(given.value), nullif(chinese.unit, '')),
                      '；' order by given.place),
           string_agg(concat_ws(' ', coalesce(english.name, given.key), '=', lab.input_values(given.value),
                                nullif(lab.unit_en(coalesce(nullif(english.unit, ''), chinese.unit)), '')), '; ' order by given.place)
    from json_each(inputs) with ordinality as given (key, value, place)
    cross join lateral lab.input_told('batch 批次；' || (formula ->> 'inputs_zh'), given.key) as chinese
    cross join lateral lab.input_told('batch batch; ' || (formula ->> 'inputs_en'), given.key) as english
    where given.key <> 'result'
$$;

-- The words of the row that made the result; those of today where it still has the same expression.
create or replace function lab.formula_words(judged lab.judgement) returns jsonb
language sql stable as $$
    select coalesce(held.cells, made.cells, '{"inputs_zh": "", "inputs_en": ""}')
    from (select lab.catalogue_row_at('formulas', judged.trace ->> 'calc_key', judged.catalogue_revision) as cells) as made
    left join lab.catalogue_row as held on held.file = 'formulas' and held.key = judged.trace ->> 'calc_key'
        and held.to_revision is null and held.cells ->> 'expression' = made.cells ->> 'expression'
$$;

-- One for each determination. Where an object of inputs came to several values, or several to one, the inputs stand with
-- the first.
create or replace function lab.record_determinations(inputs text, judged lab.judgement) returns jsonb
language plpgsql stable as $$
declare
    objects json[];
    told text[] := array(select jsonb_array_elements_text(judged.trace -> 'determinations'));
    words jsonb := lab.formula_words(judged);
begin
    if inputs = '' then
        return '[]';
    end if;
    objects := case json_typeof(inputs::json) when 'array' then array(select json_array_elements(inputs::json))
                    else array[inputs::json] end;
    return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'value', lab.shortened(coalesce(lab.determination_shown(told[n], judged.mean), objects[n] ->> 'result',
                                                judged.mean), 60),
                'inputs', lab.shortened(inputs.zh, 500), 'inputs_en', lab.shortened(inputs.en, 800))) order by n), '[]')
            from generate_series(1, least(greatest(cardinality(objects), cardinality(told)), 96)) as n
            cross join lateral lab.inputs_told(objects[n], words) as inputs
            where coalesce(told[n], objects[n] ->> 'result', nullif(judged.mean, '')) <> '');
end
$$;

reset role;
