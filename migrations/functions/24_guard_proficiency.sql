-- SPDX-License-Identifier: Apache-2.0
-- The invariants of proficiency tests and reference materials, against plain SQL too: a score is what its numbers come to,
-- the record's verdict is the worst of its scores, and what failed has its nonconformity and holds its batch.
set role touchstone_owner;

create or replace function lab.refuse_score(message text) returns void
language plpgsql volatile as $$
begin
    perform lab.refuse(9, 'SCORE_REFUSED', message);
end
$$;

create or replace function lab.squared(value numeric) returns numeric
language sql immutable strict as $$
    select value * value
$$;

-- Every score is distance / root of `square`, so everything compares as squares, without dividing and without a root:
-- products of numeric are exact (its powers are not). The printed score lies within half a unit of its last digit.
create or replace function lab.guard_proficiency_score() returns trigger
language plpgsql volatile as $$
declare
    of_round lab.proficiency;
    distance numeric;
    square numeric;
    half numeric := format('0.5e-%s', scale(new.score::numeric))::numeric;
    size numeric := abs(new.score::numeric);
    due text;
begin
    select * into of_round from lab.proficiency where proficiency.proficiency_id = new.proficiency_id;
    distance := of_round.value_text::text::numeric - of_round.scored_against::numeric;
    square := case new.score_kind
        when 'z' then lab.squared(of_round.scored_sigma::numeric)
        when 'zeta' then lab.squared(of_round.standard_uncertainty::text::numeric)
                         + lab.squared(of_round.assigned_standard_uncertainty::text::numeric)
        else lab.squared(of_round.expanded_uncertainty::text::numeric)
             + lab.squared(of_round.assigned_expanded_uncertainty::text::numeric) end;
    if square is null or square = 0 then
        perform lab.refuse_score('There is nothing to make this score of.');
    end if;
    due := case when lab.squared(distance) <= square * case new.score_kind when 'en' then 1 else 4 end then 'satisfactory'
                when new.score_kind = 'en' or lab.squared(distance) >= square * 9 then 'unsatisfactory'
                else 'questionable' end;
    if new.verdict <> due then
        perform lab.refuse_score(format('A score of these numbers is %s.', due));
    end if;
    if sign(distance) * sign(new.score::numeric) < 0 or lab.squared(distance) > lab.squared(size + half) * square
       or size > half and lab.squared(distance) < lab.squared(size - half) * square then
        perform lab.refuse_score('The score is not that of its numbers.');
    end if;
    return new;
end
$$;

-- At the end of the act, when the scores and what follows from them are there: that is after the rights of the act's
-- function, so these have their owner's.
create or replace function lab.guard_proficiency_whole() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    worst text;
begin
    select score.verdict into worst from lab.proficiency_score as score where score.proficiency_id = new.proficiency_id
    order by array_position('{unsatisfactory,questionable,satisfactory}', score.verdict) limit 1;
    if worst is distinct from new.verdict then
        perform lab.refuse_score('The verdict of a round is that of its worst score, and it has at least one.');
    end if;
    if worst = 'unsatisfactory' and not exists (select from lab.nonconformity as opened
                                                where opened.proficiency_id = new.proficiency_id) then
        perform lab.refuse_score('An unsatisfactory round opens a nonconformity.');
    end if;
    return null;
end
$$;

create or replace function lab.guard_crm_whole() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if not exists (select from lab.nonconformity as opened where opened.crm_check_id = new.crm_check_id)
       or new.batch_no <> '' and not exists (select from lab.batch_hold as held
                                             where held.crm_check_id = new.crm_check_id) then
        perform lab.refuse(9, 'CRM_UNANSWERED', 'A failed reference material opens a nonconformity and holds its batch.');
    end if;
    return null;
end
$$;

-- Named before the record that it names was there, a correction would be of another laboratory or of something else.
create or replace function lab.guard_proficiency() returns trigger
language plpgsql volatile as $$
begin
    if new.replaces is not null and not exists (
            select from lab.proficiency as earlier where earlier.proficiency_id = new.replaces
            and earlier.laboratory = new.laboratory and earlier.method_id = new.method_id
            and earlier.parameter_id = new.parameter_id) then
        perform lab.refuse_score('A record corrects one of the same laboratory, method and parameter.');
    end if;
    return new;
end
$$;

call lab.put_guard('{proficiency,proficiency_score}', 'before insert');
drop trigger if exists guard_whole on lab.proficiency;
create constraint trigger guard_whole after insert on lab.proficiency deferrable initially deferred
    for each row execute function lab.guard_proficiency_whole();
alter table lab.proficiency enable always trigger guard_whole;
drop trigger if exists guard_whole on lab.crm_check;
create constraint trigger guard_whole after insert on lab.crm_check deferrable initially deferred
    for each row when (not new.accepted) execute function lab.guard_crm_whole();
alter table lab.crm_check enable always trigger guard_whole;

reset role;
