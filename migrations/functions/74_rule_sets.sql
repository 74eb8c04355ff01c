-- SPDX-License-Identifier: Apache-2.0
-- Rule sets of control charts: rows of control_rules.csv in the catalogue. The daemon judges by the rows that are in force,
-- and what it found by others is refused; each control keeps the revision that made the rules what they were.
set role touchstone_owner;

-- The revision in which the set became what it is: a row came, changed or went.
create or replace function lab.control_rules_revision(of_set text) returns bigint
language sql stable as $$
    select coalesce(max(greatest(held.from_revision, coalesce(held.to_revision, 0))), 0) from lab.catalogue_row as held
    where held.file = 'control_rules' and held.cells ->> 'set' = of_set
$$;

-- The rows of a set in their order, as touchstone.internal.v1.ControlRule has them; null when there is no such set.
create or replace function lab.control_rules_of(of_set text) returns jsonb
language sql stable as $$
    select jsonb_agg(jsonb_build_object(
               'name', rule.name, 'kind', rule.kind, 'count', rule.count, 'of', rule.of, 'sigma', rule.sigma,
               'side', rule.side, 'scope', rule.scope, 'effect', rule.effect,
               'confidence', case when rule.confidence = 'check' and lab.catalogue_signed('control_rules', rule.key)
                                  then 'signed' else rule.confidence end)
               order by rule.place::integer)
    from lab.control_rule as rule where rule.set = of_set
$$;

-- Whether the rule is of the chart, with this effect, as the set stands. A chart of ranges has one rule of its own.
create or replace function lab.is_control_rule(of_chart lab.control_chart, named text, rejects boolean) returns boolean
language sql stable as $$
    select case when of_chart.kind = 'moving_range' then named = '1' and rejects
                else exists (select from lab.control_rule as rule where rule.set = of_chart.rule_set and rule.name = named
                             and (rule.effect = 'reject') = rejects) end
$$;

-- What a control of this chart is judged by; 0 when it is not judged by rows.
create or replace function lab.chart_rules_revision(of_chart lab.control_chart) returns bigint
language sql stable as $$
    select case when of_chart.kind = 'individuals' and of_chart.limits_version > 0
                then lab.control_rules_revision(of_chart.rule_set) else 0 end
$$;

-- The rows that the daemon judged by still hold, and hold until this act ends.
create or replace function lab.require_rules_revision(taken lab.control_chart, decision jsonb) returns void
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('catalogue', 0)); -- lab.catalogue_lock
    if lab.chart_rules_revision(taken) not in (0, coalesce((decision ->> 'rules_revision')::bigint, 0)) then
        perform lab.refuse(10, 'CONTROL_STALE', 'The rules of this chart changed in the meantime. Do it again.');
    end if;
end
$$;

create or replace function lab.require_rule_set(of_set text) returns void
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('catalogue', 0)); -- no import takes the set away meanwhile
    if lab.control_rules_of(of_set) is null then
        perform lab.refuse_field('rule_set', 'is no rule set of the catalogue: there are ' || coalesce((
            select string_agg(distinct rule.set, ', ' order by rule.set) from lab.control_rule as rule), 'none'));
    end if;
end
$$;

reset role;
