-- SPDX-License-Identifier: Apache-2.0
-- What the database checks of a judgement by itself, called by the guard of lab.judgement: it does not take the
-- daemon's word for it.
set role touchstone_owner;

create or replace function lab.refuse_judgement(message text) returns void
language plpgsql volatile as $$
begin
    perform lab.refuse(9, 'JUDGEMENT_REFUSED', message);
end
$$;

-- The judgement once more on numeric, against the requirement itself. Where the readings or their plain mean were judged
-- the mean is compared without dividing: the sum with n times the limit. What a formula made of named inputs is the
-- daemon's; that it stands where the verdict says is checked all the same. Screening methods (GB/T 18043 by its own
-- scope) decide only when |mean - limit| > U and no point contradicts another; what is not "pass" or "fail" claims
-- little and is refused only where it cannot be meant.
create or replace function lab.judgement_check(judged lab.judgement, of_test lab.test) returns void
language plpgsql volatile as $$
declare
    method lab.method;
    parameter lab.parameter;
    facts record;
    is_plain boolean;
begin
    if judged.plan_id <> '' then
        perform lab.judgement_check_plan(judged, of_test);
        return;
    end if;
    select * into method from lab.method where lab.method.method_id = of_test.method_id;
    select * into parameter from lab.parameter where lab.parameter.parameter_id = of_test.parameter_id;
    select count(*) as n, count(reading.place) as readings, sum(reading.value) as sum, min(reading.value) as low, max(reading.value) as high,
           max(lab.rounded_side(reading.value_text)) as side, -- of the only one
           count(*) filter (where reading.qualifier <> '') as qualified,
           count(distinct reading.qualifier) as kinds, min(reading.qualifier) as qualifier, entry.inputs,
           entry.confirmation, entry.uncertainty as u
    into facts from lab.result_entry as entry
    left join lab.reading on reading.test_id = entry.test_id and reading.entry_no = entry.entry_no
    where entry.test_id = of_test.test_id and entry.entry_no = of_test.entry_no
    group by entry.inputs, entry.confirmation, entry.uncertainty;
    if facts.inputs = '' and facts.n < method.min_replicates then
        perform lab.refuse(9, 'READINGS_TOO_FEW', format('This method needs at least %s readings; there are %s.',
                                                         method.min_replicates, facts.n), 'readings');
    end if;
    if facts.inputs <> '' and judged.verdict not in ('not_judged') and
       lab.entry_replicates(facts.inputs::jsonb, judged.trace, method.calc_key) < method.min_replicates then
        perform lab.refuse(9, 'READINGS_TOO_FEW', format('This method needs at least %s determinations.',
                                                         method.min_replicates), 'inputs');
    end if;
    if judged.trace ->> 'reason' = 'READERS_DIFFER' and not of_test.is_blind then
        perform lab.refuse_judgement('This result is not read by persons apart: none of them differ.');
    end if;
    if judged.verdict is null or judged.verdict = 'to_be_confirmed' and method.role <> 'screening' then
        perform lab.refuse_judgement('This verdict does not belong to this method.');
    end if;
    if judged.verdict in ('not_judged', 'inconclusive') then
        return;
    end if;
    perform lab.judgement_check_row(judged);
    perform lab.judgement_check_formula(judged, method.calc_key, facts.inputs);
    if judged.verdict = 'fail' and facts.confirmation = ''
       and (select rule.operator from lab.requirement as rule where rule.limit_id = judged.limit_id) = 'not_detected' then
        perform lab.refuse_judgement('A banned substance is not found before the finding is confirmed.');
    end if;
    if facts.inputs = '' and facts.qualified > 0 then
        perform lab.judgement_check_bounds(judged, facts.kinds > 1, facts.qualifier, facts.high);
        return;
    end if;
    if method.role <> 'screening' and lab.calculated(judged) < - nullif(judged.trace ->> 'lod', '')::numeric then
        perform lab.refuse_judgement('A result further below zero than the limit of detection above it is none.');
    end if;
    if facts.inputs <> '' then
        perform lab.judgement_check_inputs(judged, method, facts.inputs::jsonb, facts.readings);
    end if;
    is_plain := facts.inputs = '' and lab.is_plain_mean((
        select formula.cells ->> 'expression' from lab.catalogue_row as formula where formula.file = 'formulas'
        and formula.to_revision is null and formula.key = method.calc_key));
    if is_plain then
        perform lab.judgement_check_figures(judged, case parameter.round_rule
            when 'interval' then scale(parameter.round_value::numeric) end, facts.n, facts.sum, facts.low, facts.high);
    end if;
    if facts.inputs <> '' then -- what the formula made of each object stands in the trace
        select min(one::numeric), max(one::numeric) into facts.low, facts.high
        from jsonb_array_elements_text(judged.trace -> 'determinations') as one
        where one ~ '^[+-]?[0-9]+(\.[0-9]+)?$';
    end if;
    perform lab.judgement_check_agreement(method, case when is_plain then facts.n
        when facts.inputs <> '' then jsonb_array_length(judged.trace -> 'determinations') end, facts.low, facts.high, is_plain);
    perform lab.judgement_check_limit(judged, of_test.decision_rule, method.role = 'screening',
        case when is_plain then facts.n else 1 end,
        case when is_plain then facts.sum else lab.calculated(judged) end,
        coalesce(facts.low, lab.calculated(judged)), coalesce(facts.high, lab.calculated(judged)), facts.u,
        case when is_plain then facts.side else lab.rounded_side(judged.trace ->> 'calculated') end);
end
$$;

-- Inputs say a result by themselves: readings beside them are the points of a formula that asks for these, and the points of
-- a screening method are readings, so that each is looked at.
create or replace function lab.judgement_check_inputs(judged lab.judgement, method lab.method, inputs jsonb, readings bigint)
    returns void
language plpgsql volatile as $$
declare
    has_points boolean := exists (
        select from jsonb_array_elements(case jsonb_typeof(inputs) when 'array' then inputs else jsonb_build_array(inputs) end)
            as one where one ? 'points');
    asks_points boolean := exists (
        select from lab.catalogue_row as formula where formula.file = 'formulas' and formula.to_revision is null
        and formula.key = method.calc_key and formula.cells ->> 'expression' ~ '\mpoints\M');
begin
    if has_points and method.role = 'screening' or readings > 0 and (has_points or not asks_points) then
        perform lab.refuse_judgement('Readings and inputs do not stand beside each other, and points of a screening method are readings.');
    end if;
end
$$;

-- Two determinations that are further apart than the method allows have no mean: they are repeated. An absolute difference is
-- looked at where the readings are in the unit of the result.
create or replace function lab.judgement_check_agreement(method lab.method, n bigint, low numeric, high numeric, is_plain boolean)
    returns void
language plpgsql volatile as $$
declare
    allowed jsonb := lab.agreement_facts(method.agreement_rule);
    bound numeric := (allowed ->> 'agreement_limit')::numeric;
begin
    if n = 2 and bound is not null and (case when allowed ? 'agreement_is_percent' then (high - low) * 200 > bound * abs(high + low)
                                             else is_plain and high - low > bound end) then
        perform lab.refuse_judgement('The two determinations are further apart than the method allows: they are repeated.');
    end if;
end
$$;

-- How many times it was determined: the values of the inputs that the formula names as replicates, else what it came to.
-- A formula that counts them itself is believed: without enough it has no value.
create or replace function lab.entry_replicates(inputs jsonb, trace jsonb, of_formula text) returns bigint
language plpgsql stable as $$
declare
    names text := (select lab.formula_replicates(held.cells) from lab.catalogue_row as held where held.file = 'formulas'
                   and held.to_revision is null and held.key = of_formula);
    objects jsonb := case jsonb_typeof(inputs) when 'array' then inputs else jsonb_build_array(inputs) end;
begin
    if names = '*' then
        return 1000000;
    end if;
    return greatest(jsonb_array_length(objects), jsonb_array_length(trace -> 'determinations'),
        (select sum(greatest(1, (
            select max(case jsonb_typeof(given.value) when 'array' then jsonb_array_length(given.value)
                       when 'object' then (select max(jsonb_array_length(plates.value)) from jsonb_each(given.value) as plates
                                           where jsonb_typeof(plates.value) = 'array') end)
            from jsonb_each(one) as given where given.key = any (string_to_array(names, '|')))))
         from jsonb_array_elements(objects) as one));
end
$$;

-- What the formula came to; null when that is no number.
create or replace function lab.calculated(judged lab.judgement) returns numeric
language plpgsql immutable as $$
begin
    return substring(judged.trace ->> 'calculated' from '^([+-]?[0-9]+(?:\.[0-9]+)?)(?:\([+-]\))?$')::numeric;
end
$$;

-- Nothing is stated without a row of the catalogue, nor by one that nobody has confirmed.
create or replace function lab.judgement_check_row(judged lab.judgement) returns void
language plpgsql volatile as $$
declare
    rule lab.requirement;
begin
    select * into rule from lab.requirement where requirement.limit_id = judged.limit_id;
    if rule.limit_id is null then
        perform lab.refuse_judgement('There is no single requirement to judge by.');
    elsif judged.verdict <> 'to_be_confirmed'
          and lab.rows_unconfirmed('limits', rule.limit_id, rule.confidence, rule.standard_id) is not null then
        perform lab.refuse_judgement('The requirement is not confirmed in the catalogue.');
    end if;
end
$$;

-- Nor by a value that such a formula made. Results that were calculated already are not made by it.
create or replace function lab.judgement_check_formula(judged lab.judgement, of_formula text, inputs text) returns void
language plpgsql volatile as $$
begin
    if judged.verdict <> 'to_be_confirmed' and exists (
           select from lab.catalogue_row as formula where formula.file = 'formulas' and formula.to_revision is null
           and formula.key = of_formula and formula.cells ->> 'confidence' = 'check'
           and (inputs <> '' or formula.cells ->> 'expression' ~ '\mpoints\M')
           and not lab.catalogue_signed('formulas', of_formula)) then
        perform lab.refuse_judgement('The formula is not confirmed in the catalogue.');
    end if;
end
$$;

-- "Less than" and "not detected" are never averaged with numbers, and say that an upper limit is kept only when they
-- reach no further than it.
create or replace function lab.judgement_check_bounds(judged lab.judgement, is_mixed boolean, qualifier text, high numeric)
    returns void
language plpgsql volatile as $$
declare
    rule lab.requirement;
begin
    select * into rule from lab.requirement where requirement.limit_id = judged.limit_id;
    if is_mixed then
        perform lab.refuse_judgement('A reading with a qualifier is not averaged with others.');
    elsif rule.operator in ('le', 'lt') and (judged.verdict = 'pass' and qualifier = 'greater_than'
                                             or judged.verdict = 'fail' and qualifier <> 'greater_than'
                                             or judged.verdict = 'pass' and high > rule.limit_high::numeric) then
        perform lab.refuse_judgement('The readings do not say so.');
    end if;
end
$$;

-- The printed mean is the true one rounded at its last digit, and that no coarser than the parameter's interval; the
-- range is exact.
create or replace function lab.judgement_check_figures(judged lab.judgement, digits integer, n bigint, total numeric,
                                                       low numeric, high numeric) returns void
language plpgsql volatile as $$
declare
    plain text := regexp_replace(judged.mean, '\([+-]\)$', '');
    unit numeric;
begin
    if judged.mean like 'ND%' then
        return;
    end if;
    if judged.range <> '' and (judged.range !~ '^[0-9]+(\.[0-9]+)?$' or judged.range::numeric <> high - low) then
        perform lab.refuse_judgement('The range is not that of the readings.');
    end if;
    if plain = '' and judged.verdict = 'to_be_confirmed' then -- points that do not agree have no mean
        return;
    end if;
    if plain !~ '^[+-]?[0-9]+(\.[0-9]+)?$' then
        perform lab.refuse_judgement('The mean is not that of the readings.');
    end if;
    unit := case when digits is null and plain !~ '\.' then 10::numeric ^ length(substring(plain from '0*$'))
                 else ('1e-' || scale(plain::numeric))::numeric end; -- a power would be cut at 16 places
    if scale(plain::numeric) < digits or abs(plain::numeric * n - total) * 2 > n * unit then
        perform lab.refuse_judgement('The mean is not that of the readings.');
    end if;
end
$$;

-- The side on which the actual value lies of one that was rounded already: 15.5(-) is below 15.5.
create or replace function lab.rounded_side(number text) returns numeric
language sql immutable as $$
    select case right(number, 3) when '(+)' then 1 when '(-)' then -1 else 0 end
        * case when number like '-%' then -1 else 1 end
$$;

-- Whether n times the value conforms; null for an operator that compares no numbers. The actual value lies by less than any
-- number above (1) or below (-1) what a rounded reading says: only where both are equal the side decides.
create or replace function lab.conforms(rule lab.requirement, n bigint, total numeric, side numeric default 0) returns boolean
language plpgsql immutable as $$
declare
    value numeric[] := array[total, side]; -- compared part by part
    low numeric[];
    high numeric[];
begin
    if total is null or rule.operator not in ('ge', 'gt', 'le', 'lt', 'between', 'abs_le') then
        return null;
    end if;
    low := array[n * nullif(rule.limit_low, '')::numeric, 0];
    high := array[n * nullif(rule.limit_high, '')::numeric, 0];
    return case rule.operator
        when 'ge' then value >= low when 'gt' then value > low when 'le' then value <= high when 'lt' then value < high
        when 'between' then value between low and high
        when 'abs_le' then array[abs(total), side * sign(total)] <= high end;
end
$$;

create or replace function lab.judgement_check_limit(judged lab.judgement, decision_rule text, screening boolean, n bigint,
                                                     total numeric, low numeric, high numeric, u numeric, side numeric)
    returns void
language plpgsql volatile as $$
declare
    rule lab.requirement;
    mark numeric;
    conforms boolean;
    shown numeric := substring(judged.mean from '^([+-]?[0-9]+(?:\.[0-9]+)?)(?:\([+-]\))?$')::numeric;
    in_doubt boolean;
    may_doubt boolean;
begin
    select * into rule from lab.requirement where requirement.limit_id = judged.limit_id;
    if rule.comparison = 'rounded' or judged.mean ~ '^(ND|<|>)' then -- to the limit's digits, or bounds: the daemon's
        return;
    end if;
    conforms := lab.conforms(rule, n, total, side);
    if conforms is null and rule.operator in ('ge', 'gt', 'le', 'lt', 'between', 'abs_le') then
        perform lab.refuse_judgement('There is no value to judge.');
    end if;
    mark := (case when rule.operator in ('ge', 'gt') then rule.limit_low when rule.operator in ('le', 'lt') then
             rule.limit_high end)::numeric;
    if screening and u is null then
        perform lab.refuse_judgement('A screening method decides nothing without its uncertainty.');
    end if;
    in_doubt := screening and (abs(total - n * mark) <= n * u or low < mark and high > mark or high - low > 2 * u);
    may_doubt := screening and (mark is null or in_doubt or low <= mark and high >= mark and low < high);
    if judged.verdict = 'to_be_confirmed' then
        if not may_doubt then
            perform lab.refuse_judgement('Mean and points are clear of the limit: there is nothing to confirm.');
        end if;
        return;
    end if;
    if in_doubt then
        perform lab.refuse_judgement('So near the limit, or with such points, only the reference method decides.');
    end if;
    -- A guard band inside the limit may fail what conforms, one outside may pass what does not; no rule does both.
    if judged.verdict in ('pass', 'conditional_pass') and not conforms and decision_rule <> 'guard_reject_U'
       or judged.verdict in ('fail', 'conditional_fail') and conforms
          and decision_rule not in ('guard_accept_U', 'guard_1p64u') then
        perform lab.refuse_judgement('The readings say otherwise.');
    end if;
    if decision_rule in ('', 'simple') and (judged.verdict = 'pass') <> lab.conforms(rule, 1, shown, lab.rounded_side(judged.mean)) then
        perform lab.refuse_judgement('The rounded mean would contradict the verdict.');
    end if;
end
$$;

reset role;
