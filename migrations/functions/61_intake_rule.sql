-- SPDX-License-Identifier: Apache-2.0
-- Which decision rules may be agreed at contract review (ISO/IEC 17025 7.1.3): a rule that the judgement would refuse is told at
-- the desk, before anybody measures. Called by lab.intake_check_item.
set role touchstone_owner;

-- Whether every requirement of today's catalogue that could judge the ordered test is of a mandatory standard, by the same
-- facts that the judgement is told: of the item's classes, of its day (of every day, where the day that chooses the edition
-- is not told yet), and of every condition that may still be chosen. False where nothing is required.
create or replace function lab.is_decided_by_law(item jsonb, ordered jsonb) returns boolean
language plpgsql stable as $$
declare
    claimed text := item ->> 'claimed_product_id';
    classes text[] := array(select claimed union all select jsonb_array_elements_text(
                                coalesce(nullif(item -> 'further_product_ids', 'null'), '[]')));
    day date := (select case product.date_basis when 'sampling' then nullif(item ->> 'sampled_on', '')
                             when 'production' then nullif(item ->> 'produced_on', '')
                             else lab.ts_now()::date::text end::date
                 from lab.product where product.product_id = claimed);
begin
    return coalesce((
        select bool_and(coalesce((fact.facts ->> 'mandatory')::boolean, false)) from lab.judge_fact as fact
        where fact.product_id = any (classes) and fact.method_id = ordered ->> 'method_id'
        and fact.parameter_id = ordered ->> 'parameter_id' and fact.facts ? 'limit_id'
        and (day is null or fact.valid_from <= day and fact.valid_to > day)), false);
end
$$;

reset role;
