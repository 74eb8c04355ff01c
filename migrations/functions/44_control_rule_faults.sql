-- SPDX-License-Identifier: Apache-2.0
-- What is wrong with rows of control_rules.csv beyond their cells: whatever is accepted here the engine can evaluate
-- (server/quality/control_rule_rows.c checks the same). Called by lab.catalogue_faults.
set role touchstone_owner;

-- Points of a pattern: 1 to 64 (CONTROL_RULE_WINDOW).
create or replace function lab.control_points_of(cell text) returns integer
language sql immutable as $$
    select case when cell ~ '^[0-9]{1,2}$' and cell::integer between 1 and 64 then cell::integer end
$$;

create or replace function lab.catalogue_control_rule_faults(whole boolean) returns setof lab.catalogue_finding
language sql volatile as $$
    select (lab.catalogue_fault(draft, fault.cell, fault.told)).*
    from lab.catalogue_draft as draft
    cross join lateral (select draft.cells, draft.cells ->> 'kind', lab.control_points_of(draft.cells ->> 'count'))
        as row (c, kind, points)
    cross join lateral (
        select 'set', format('''%s'' is no name of a set: 1 to 20 letters, digits, _ or -', left(c ->> 'set', 80))
        where c ->> 'set' !~ '^[A-Za-z0-9_-]{1,20}$'
        union all
        select 'name', format('''%s'' is no name of a rule: 1 to 15 letters, digits, -, _ or .', left(c ->> 'name', 80))
        where c ->> 'name' !~ '^[A-Za-z0-9_.-]{1,15}$'
        union all
        select 'place', format('''%s'' is also the place of rule %s: each rule of a set has a place of its own', c ->> 'place',
                               other.cells ->> 'name')
        from lab.catalogue_coming as other
        where other.file = 'control_rules' and other.cells ->> 'set' = c ->> 'set' and other.key < draft.key
        and lab.catalogue_number(other.cells ->> 'place') = lab.catalogue_number(c ->> 'place')
        union all
        select 'set', format('''%s'' has more than 24 rules: leave some out', c ->> 'set')
        where (select count(*) from lab.catalogue_coming as other
               where other.file = 'control_rules' and other.cells ->> 'set' = c ->> 'set') > 24
        union all
        select 'count', format('''%s'' is not a number of points: write %s to 64', c ->> 'count', least.points)
        from (values ('beyond', 1), ('within', 1), ('trend', 2), ('alternating', 3)) as least (kind, points)
        where least.kind = row.kind and coalesce(row.points < least.points, true)
        union all
        select 'of', 'must be a number of points from count to 64, or all'
        where row.kind = 'beyond' and c ->> 'of' <> 'all' and coalesce(lab.control_points_of(c ->> 'of') < row.points, true)
        union all
        select 'side', 'must be any, same or both where kind is beyond' where row.kind = 'beyond' and c ->> 'side' = ''
        union all
        select 'side', '''both'' needs a count of two or more: one point lies on one side'
        where row.kind = 'beyond' and c ->> 'side' = 'both' and row.points < 2
        union all
        select 'sigma', format('is empty: kind ''%s'' needs it', row.kind)
        where row.kind in ('beyond', 'within') and c ->> 'sigma' = ''
        union all
        select 'sigma', 'is 0: no point lies within it' where row.kind = 'within' and lab.catalogue_number(c ->> 'sigma') = 0
        union all
        select named.cell, format('''%s'' means nothing with kind ''%s'': leave it empty', c ->> named.cell, row.kind)
        from (values ('of', '{beyond}'::text[]), ('side', '{beyond}'), ('sigma', '{beyond,within}')) as named (cell, kinds)
        where row.kind in ('beyond', 'within', 'trend', 'alternating') and row.kind <> all (named.kinds)
        and c ->> named.cell <> ''
        ) as fault (cell, told)
    where draft.file = 'control_rules'
    union all -- a chart without rules would judge nothing
    select distinct 'error', 'control_rules.csv', 1, 1, format('set ''%s'' has no rule left, but chart %s of laboratory %s is '
           'judged by it: leave its rules in', chart.rule_set, chart.chart, chart.laboratory)
    from lab.control_chart as chart
    where whole and exists (select from lab.catalogue_draft_head as head where head.file = 'control_rules')
    and not exists (select from lab.catalogue_coming as coming
                    where coming.file = 'control_rules' and coming.cells ->> 'set' = chart.rule_set)
$$;

reset role;
