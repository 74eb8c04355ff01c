-- SPDX-License-Identifier: Apache-2.0
-- What a result without readings was calculated from, as the sheet prints it: each determination with its inputs.
set role touchstone_owner;

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

-- "A = 0.1800; points = 750.1, 750.3; dilutions = 0.01: 232, 244 / 0.001: 33, 35", in the order of the entry.
create or replace function lab.inputs_told(inputs json) returns text
language sql immutable as $$
    select string_agg(format('%s = %s', given.key, case json_typeof(given.value)
        when 'array' then (select string_agg(one, ', ') from json_array_elements_text(given.value) as one)
        when 'object' then (select string_agg(format('%s: %s', list.key, case json_typeof(list.value)
                                when 'array' then (select string_agg(one, ', ') from json_array_elements_text(list.value) as one)
                                else list.value #>> '{}' end), ' / ')
                            from json_each(given.value) as list)
        else given.value #>> '{}' end), '; ')
    from json_each(inputs) as given where given.key <> 'result'
$$;

-- One for each determination. Where an object of inputs came to several values, or several to one, the inputs stand with
-- the first.
create or replace function lab.record_determinations(inputs text, judged lab.judgement) returns jsonb
language plpgsql stable as $$
declare
    objects json[];
    told text[] := array(select jsonb_array_elements_text(judged.trace -> 'determinations'));
begin
    if inputs = '' then
        return '[]';
    end if;
    objects := case json_typeof(inputs::json) when 'array' then array(select json_array_elements(inputs::json))
                    else array[inputs::json] end;
    return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'value', lab.shortened(coalesce(lab.determination_shown(told[n], judged.mean), objects[n] ->> 'result',
                                                judged.mean), 60),
                'inputs', lab.shortened(lab.inputs_told(objects[n]), 400))) order by n), '[]')
            from generate_series(1, least(greatest(cardinality(objects), cardinality(told)), 96)) as n
            where coalesce(told[n], objects[n] ->> 'result', nullif(judged.mean, '')) <> '');
end
$$;

reset role;
