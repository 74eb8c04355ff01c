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

-- The judgement once more on numeric, against the requirement itself. The mean is compared without dividing: the sum
-- with n times the limit. Screening methods (GB/T 18043 by its own scope) decide only when |mean - limit| > U and no
-- point contradicts another; "to be confirmed" and "not judged" claim nothing and are refused only where they cannot
-- be meant.
create or replace function lab.judgement_check(judged lab.judgement, of_test lab.test) returns void
language plpgsql volatile as $$
declare
    method lab.method;
    facts record;
    claims boolean := judged.verdict in ('pass', 'fail');
begin
    select * into method from lab.method where lab.method.method_id = of_test.method_id;
    select count(*) as n, sum(reading.value) as sum, min(reading.value) as low, max(reading.value) as high,
           count(*) filter (where reading.qualifier <> '') as qualified,
           (select entry.uncertainty from lab.result_entry as entry
            where entry.test_id = of_test.test_id and entry.entry_no = of_test.entry_no) as u
    into facts from lab.reading
    where reading.test_id = of_test.test_id and reading.entry_no = of_test.entry_no;
    if facts.n < method.min_replicates then
        perform lab.refuse(9, 'READINGS_TOO_FEW', format('This method needs at least %s readings; there are %s.',
                                                         method.min_replicates, facts.n), 'readings');
    end if;
    if judged.verdict is null or judged.verdict = 'to_be_confirmed' and method.role <> 'screening' then
        perform lab.refuse_judgement('This verdict does not belong to this method.');
    end if;
    if judged.verdict = 'not_judged' then
        return;
    end if;
    if facts.qualified > 0 then
        perform lab.refuse_judgement('A reading with a qualifier is not judged.');
    end if;
    perform lab.judgement_check_figures(judged, (select scale(parameter.round_value::numeric) from lab.parameter
                                                 where parameter.parameter_id = of_test.parameter_id
                                                 and parameter.round_rule = 'interval'),
                                        facts.n, facts.sum, facts.low, facts.high);
    perform lab.judgement_check_limit(judged, method.role = 'screening', facts.n, facts.sum, facts.low, facts.high,
                                      facts.u);
end
$$;

-- The printed mean is the true one rounded at its last digit, and that no coarser than the parameter's interval; the
-- range is exact.
create or replace function lab.judgement_check_figures(judged lab.judgement, digits integer, n bigint, total numeric,
                                                       low numeric, high numeric) returns void
language plpgsql volatile as $$
declare
    plain text := regexp_replace(judged.mean, '\([+-]\)$', '');
begin
    if plain !~ '^[+-]?[0-9]+(\.[0-9]+)?$'
       or scale(plain::numeric) < digits
       or abs(plain::numeric * n - total) * 2 > n * (10::numeric ^ -scale(plain::numeric)) then
        perform lab.refuse_judgement('The mean is not that of the readings.');
    end if;
    if judged.range <> '' and (judged.range !~ '^[0-9]+(\.[0-9]+)?$' or judged.range::numeric <> high - low) then
        perform lab.refuse_judgement('The range is not that of the readings.');
    end if;
end
$$;

create or replace function lab.judgement_check_limit(judged lab.judgement, screening boolean, n bigint, total numeric,
                                                     low numeric, high numeric, u numeric) returns void
language plpgsql volatile as $$
declare
    rule lab.requirement;
    mark numeric;
    conforms boolean;
    shown numeric := regexp_replace(judged.mean, '\([+-]\)$', '')::numeric;
    in_doubt boolean;
    may_doubt boolean;
begin
    select * into rule from lab.requirement where requirement.limit_id = judged.limit_id;
    if rule.limit_id is null or rule.operator not in ('ge', 'gt', 'le', 'lt') then
        perform lab.refuse_judgement('There is no single requirement to judge by.');
    end if;
    mark := (case when rule.operator in ('ge', 'gt') then rule.limit_low else rule.limit_high end)::numeric;
    conforms := case rule.operator when 'ge' then total >= n * mark when 'gt' then total > n * mark
                                   when 'le' then total <= n * mark else total < n * mark end;
    if screening and u is null then
        perform lab.refuse_judgement('A screening method decides nothing without its uncertainty.');
    end if;
    in_doubt := screening and (abs(total - n * mark) <= n * u or low < mark and high > mark or high - low > 2 * u);
    may_doubt := screening and (in_doubt or low <= mark and high >= mark and low < high);
    if judged.verdict = 'to_be_confirmed' then
        if not may_doubt then
            perform lab.refuse_judgement('Mean and points are clear of the limit: there is nothing to confirm.');
        end if;
        return;
    end if;
    if in_doubt then
        perform lab.refuse_judgement('So near the limit, or with such points, only the reference method decides.');
    end if;
    if rule.confidence = 'check' and not lab.catalogue_signed('limits', rule.limit_id) then
        perform lab.refuse_judgement('The requirement is not confirmed in the catalogue.');
    end if;
    if (judged.verdict = 'pass') <> conforms then
        perform lab.refuse_judgement('The readings say otherwise.');
    end if;
    if judged.mean !~ '\)$' and (judged.verdict = 'pass')
       <> (case rule.operator when 'ge' then shown >= mark when 'gt' then shown > mark
                              when 'le' then shown <= mark else shown < mark end) then
        perform lab.refuse_judgement('The rounded mean would contradict the verdict.');
    end if;
end
$$;

reset role;
