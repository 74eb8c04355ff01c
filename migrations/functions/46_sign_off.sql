-- SPDX-License-Identifier: Apache-2.0
-- Rows marked "check" and their sign-offs. What states conformity is a requirement or a sampling plan, the edition it stands
-- in, and the formula that made the value: none of them does so in doubt. A sign-off is a record of one wording of a row; the
-- newest holds, and what was judged before stays as it is.
set role touchstone_owner;

create or replace function lab.sign_off_of(of_file text, of_key text, of_revision bigint) returns lab.catalogue_sign_off
language sql stable as $$
    select signed from lab.catalogue_sign_off as signed where signed.file = of_file and signed.key = of_key
    and signed.from_revision = of_revision order by signed.sign_no desc limit 1
$$;

-- Doubtful rows that this laboratory judges by.
create or replace function lab.doubtful_rows(here text) returns setof lab.catalogue_row
language sql stable as $$
    select held.* from lab.catalogue_row as held
    where held.to_revision is null and held.cells ->> 'confidence' = 'check' and case held.file
        when 'limits' then exists (select from lab.product where product.product_id = held.cells ->> 'product_id'
                                   and product.laboratory = here)
        when 'micro_plans' then exists (select from lab.product where product.product_id = held.cells ->> 'product_id'
                                        and product.laboratory = here)
        when 'standards' then exists (
            select from lab.requirement join lab.product using (product_id) where product.laboratory = here
            and requirement.standard_id = held.key and not requirement.withdrawn
            union all
            select from lab.micro_plan as plan join lab.product using (product_id) where product.laboratory = here
            and plan.standard_id = held.key)
        when 'formulas' then exists (select from lab.method where method.laboratory = here and method.calc_key = held.key
                                     and not method.withdrawn)
        when 'control_rules' then exists (select from lab.control_chart as chart where chart.laboratory = here
                                          and chart.rule_set = held.cells ->> 'set')
        else false end
$$;

-- What the row says, in one line.
create or replace function lab.doubtful_text(held lab.catalogue_row) returns text
language sql stable as $$
    select left(case held.file
        when 'limits' then concat_ws(' ', held.cells ->> 'product_id', held.cells ->> 'param_id', lab.requirement_text(
            held.cells ->> 'operator', held.cells ->> 'limit_low', held.cells ->> 'limit_high'),
            nullif(held.cells ->> 'unit_ucum', ''), nullif(held.cells ->> 'condition', ''))
        when 'micro_plans' then concat_ws(' ', held.cells ->> 'product_id', held.cells ->> 'param_id', format('n = %s, c = %s, m = %s%s',
            held.cells ->> 'n', held.cells ->> 'c', held.cells ->> 'm', ', M = ' || nullif(held.cells ->> 'M', '')),
            held.cells ->> 'unit_ucum')
        when 'standards' then concat_ws(' ', held.cells ->> 'title_zh', 'from ' || nullif(held.cells ->> 'effective_from', ''),
            'to ' || nullif(held.cells ->> 'effective_to', ''))
        when 'control_rules' then concat_ws(' ', held.cells ->> 'kind', held.cells ->> 'count', 'of ' || nullif(held.cells ->> 'of', ''),
            nullif(held.cells ->> 'sigma', '') || 's', nullif(held.cells ->> 'side', ''), nullif(held.cells ->> 'scope', ''),
            held.cells ->> 'effect')
        else held.cells ->> 'expression' end, 500)
$$;

create or replace function lab.doubtful_view(held lab.catalogue_row) returns json
language plpgsql stable as $$
declare
    signed lab.catalogue_sign_off := lab.sign_off_of(held.file, held.key, held.from_revision);
begin
    return json_build_object(
        'file', held.file, 'key', held.key, 'says', lab.doubtful_text(held),
        'standard', (select standard.number || '-' || standard.year from lab.standard
                     where standard.standard_id = case held.file when 'standards' then held.key
                                                  else held.cells ->> 'standard_id' end),
        'clause', nullif(held.cells ->> 'clause', ''), 'source', nullif(held.cells ->> 'source', ''),
        'note', nullif(held.cells ->> 'note', ''),
        'confidence', case when coalesce(signed.withdrawn, true) then 'check' else 'signed' end,
        'signed_by', lab.username_of(signed.signed_by), 'signed_at', signed.at, 'signed_reason', signed.reason,
        'withdrawn', case when signed.withdrawn then true end);
end
$$;

create or replace function lab.catalogue_list_doubtful_rows(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.doubtful_view(page) order by page.file, page.key) into found
    from (select held.* from lab.doubtful_rows(here) as held
          where (held.file, held.key) > (coalesce(keys[1], ''), coalesce(keys[2], ''))
          and not (coalesce((request ->> 'only_check')::boolean, false) and lab.catalogue_signed(held.file, held.key))
          order by held.file, held.key limit size + 1) as page;
    return (lab.page_answer(who, 'doubtful', found, size, 'file', 'key')::jsonb
            || jsonb_build_object('catalogue_revision', (select head.revision from lab.catalogue_head as head)))::json;
end
$$;

-- The manager or the quality manager has read the standard, or takes that back. It makes a revision: what is judged from here
-- on is judged by it, and a judgement under way is refused.
create or replace function lab.sign_off_add(who lab.actor, request jsonb, ends boolean) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    held lab.catalogue_row;
    signed lab.catalogue_sign_off;
begin
    perform lab.require_role(who, here);
    perform lab.catalogue_lock();
    select * into held from lab.doubtful_rows(here) as known
    where known.file = request ->> 'file' and known.key = request ->> 'key';
    if held.key is null then
        perform lab.refuse(9, 'NOT_IN_DOUBT', 'This row is not marked "check", or this laboratory judges nothing by it: it needs '
                           'no sign-off.', 'key');
    end if;
    if (request ->> 'catalogue_revision')::bigint is distinct from (select head.revision from lab.catalogue_head as head) then
        perform lab.refuse(10, 'CATALOGUE_MOVED', 'The catalogue moved since you read the row. Read it again.',
                           'catalogue_revision');
    end if;
    signed := lab.sign_off_of(held.file, held.key, held.from_revision);
    if coalesce(signed.withdrawn, true) = ends then
        perform lab.refuse(case when ends then 9 else 6 end, case when ends then 'NOT_SIGNED_OFF' else 'SIGNED_OFF_ALREADY' end,
                           case when ends then 'This row is not signed off.' else 'This row is signed off.' end, 'key');
    end if;
    insert into lab.catalogue_sign_off (file, key, from_revision, sign_no, laboratory, signed_by, at, reason, withdrawn)
    values (held.file, held.key, held.from_revision, coalesce(signed.sign_no, 0) + 1, here, who.staff_id, lab.ts_now(),
            lab.words_of(request, 'reason'), ends);
    perform lab.catalogue_next_revision(who.username, format('%s %s %s', held.file, held.key, case when ends
                                        then 'no longer signed off' else 'signed off' end));
    perform lab.catalogue_resolve();
    return json_build_object('file', held.file, 'key', held.key, 'catalogue_revision',
                             (select head.revision from lab.catalogue_head as head));
end
$$;

create or replace function lab.catalogue_sign_off_row(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.sign_off_add(who, request, false);
end
$$;

create or replace function lab.catalogue_withdraw_sign_off(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.sign_off_add(who, request, true);
end
$$;

reset role;
