-- SPDX-License-Identifier: Apache-2.0
-- Fees: the rules as rows, campaigns that waive, what an intake is charged, and receipts that are void. A laboratory without a
-- rule that fits charges what reception types, as it always did.
set role touchstone_owner;

-- The product and what stands above it, nearest first.
create or replace function lab.product_line(of_product text) returns table (product_id text, depth integer)
language plpgsql stable as $$
begin
    return query with recursive line as (
        select product.product_id, product.parent_id, 0 as depth from lab.product where product.product_id = of_product
        union all
        select above.product_id, above.parent_id, line.depth + 1 from line join lab.product as above
        on above.product_id = line.parent_id where line.depth < 20)
    select line.product_id, line.depth from line;
end
$$;

-- What one test of a product costs, or with no method one item; null = no rule.
create or replace function lab.fee_by_rule(here text, of_product text, of_method text, day date) returns numeric
language plpgsql stable as $$
begin
    return (select case when not standing.ended then standing.fee_text::text::numeric end
            from (select rule.ended, rule.fee_text, coalesce(line.depth, 99) as depth, rule.valid_from, rule.set_at
                  from lab.fee_rule as rule left join lab.product_line(of_product) as line on line.product_id = rule.product_id
                  where rule.laboratory = here and rule.method_id is not distinct from of_method and rule.valid_from <= day
                  and (rule.product_id is null or line.product_id is not null)) as standing
            order by standing.depth, standing.valid_from desc, standing.set_at desc limit 1);
end
$$;

create or replace function lab.fee_of_item(here text, of_product text, tests jsonb, day date) returns numeric
language plpgsql stable as $$
begin
    return (select sum(lab.fee_by_rule(here, of_product, method, day))
            from (select null::text as method union all select one ->> 'method_id' from jsonb_array_elements(
                  coalesce(nullif(tests, 'null'), '[]')) as one) as parts);
end
$$;

create or replace function lab.waiver_of_day(here text, named text, day date) returns lab.fee_waiver
language plpgsql stable as $$
declare
    found lab.fee_waiver;
begin
    select * into found from lab.fee_waiver as known where known.laboratory = here and known.campaign = named
    and day between known.first_day and known.last_day order by known.first_day desc limit 1;
    return found;
end
$$;

-- What is charged: by the rules, waived by a campaign of the day, or otherwise with a reason. Answers as the columns of a receipt.
create or replace function lab.intake_fee(request jsonb, this_moment timestamptz) returns lab.receipt
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    day date := lab.local_time(this_moment)::date;
    given text := coalesce(request ->> 'fee_cny', '');
    charged lab.receipt;
    campaign lab.fee_waiver;
    by_rule numeric := (select sum(lab.fee_of_item(here, item ->> 'claimed_product_id', item -> 'tests', day))
                        from jsonb_array_elements(request -> 'items') as item);
begin
    charged.fee_rule_cny := coalesce(by_rule::text, '');
    charged.fee_reason := btrim(coalesce(request ->> 'fee_reason', ''));
    charged.waiver := btrim(coalesce(request ->> 'waiver', ''));
    campaign := lab.waiver_of_day(here, charged.waiver, day);
    if campaign.waiver_id is null and exists (select from lab.fee_waiver as known where known.laboratory = here
                                              and known.campaign = charged.waiver) then
        perform lab.refuse_field('waiver', 'is a campaign of other days (fee waivers): it waives nothing today');
    end if;
    charged.waiver_id := campaign.waiver_id;
    charged.fee_cny := case when given <> '' then given when campaign.waiver_id is not null and by_rule is not null then '0'
                            else coalesce(by_rule::text, '') end;
    if campaign.product_id is not null and exists (
            select from jsonb_array_elements(request -> 'items') as item where not exists (
                select from lab.product_line(item ->> 'claimed_product_id') as line where line.product_id = campaign.product_id)) then
        perform lab.refuse_field('waiver', 'does not cover every item: take the others in by themselves');
    elsif by_rule is null or campaign.waiver_id is not null or charged.fee_reason <> '' then
        return charged;
    elsif charged.waiver <> '' then
        perform lab.refuse_field('waiver', 'is no campaign of today (fee waivers); otherwise say why (fee_reason)');
    elsif charged.fee_cny::numeric <> by_rule then
        perform lab.refuse(9, 'FEE_DIFFERS', 'The rules say another fee. Leave it out, or say why it is another (fee_reason).',
                           'fee_cny', jsonb_build_object('fee_rule_cny', by_rule::text));
    end if;
    return charged;
end
$$;

-- ---------------------------------------------------------------- rules and campaigns

create or replace function lab.fee_rule_view(rule lab.fee_rule) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'fee_rule_id', rule.fee_rule_id, 'laboratory', rule.laboratory, 'product_id', rule.product_id, 'method_id', rule.method_id,
        'fee_cny', rule.fee_text, 'valid_from', rule.valid_from, 'ended', rule.ended, 'set_by', lab.username_of(rule.set_by),
        'set_at', rule.set_at, 'reason', rule.reason);
end
$$;

create or replace function lab.fee_product(request jsonb, here text) returns text
language plpgsql volatile as $$
declare
    named text := nullif(request ->> 'product_id', '');
begin
    if named is not null and not exists (select from lab.product where product.product_id = named and product.laboratory = here) then
        perform lab.refuse_field('product_id', 'is not a product of this laboratory');
    end if;
    return named;
end
$$;

create or replace function lab.desk_set_fee_rule(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    method_named text := nullif(request ->> 'method_id', '');
    made lab.fee_rule;
begin
    perform lab.require_role(who, here);
    if method_named is not null and not exists (select from lab.method where method.method_id = method_named
                                                and method.laboratory = here) then
        perform lab.refuse_field('method_id', 'is not a method of this laboratory');
    end if;
    insert into lab.fee_rule (laboratory, product_id, method_id, fee_text, valid_from, ended, set_by, set_at, reason)
    values (here, lab.fee_product(request, here), method_named,
            coalesce(lab.decimal_of(request ->> 'fee_cny', 'fee_cny'), '0'), lab.day_of(request, 'valid_from'),
            coalesce((request ->> 'ended')::boolean, false), who.staff_id, lab.ts_now(), lab.words_of(request, 'reason'))
    returning * into made;
    return json_build_object('fee_rule', lab.fee_rule_view(made));
end
$$;

create or replace function lab.desk_list_fee_rules(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.fee_rule_view(page) order by page.set_at, page.fee_rule_id) into found
    from (select * from lab.fee_rule as rule where rule.laboratory = here and (rule.set_at, rule.fee_rule_id::text)
              > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by rule.set_at, rule.fee_rule_id limit size + 1) as page;
    return lab.page_answer(who, 'fee_rules', found, size, 'set_at', 'fee_rule_id');
end
$$;

create or replace function lab.fee_waiver_view(known lab.fee_waiver) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'waiver_id', known.waiver_id, 'laboratory', known.laboratory, 'campaign', known.campaign, 'first_day', known.first_day,
        'last_day', known.last_day, 'product_id', known.product_id, 'has_quota', known.quota is not null, 'quota', known.quota,
        'used', known.used, 'set_by', lab.username_of(known.set_by), 'set_at', known.set_at, 'reason', known.reason,
        'version', known.version);
end
$$;

-- A campaign that is there already gets another last day or quota.
create or replace function lab.desk_set_fee_waiver(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    from_day date;
    until_day date;
    asked integer := (request ->> 'quota')::integer;
    made lab.fee_waiver;
begin
    perform lab.require_role(who, here);
    from_day := lab.day_of(request, 'first_day');
    until_day := lab.day_of(request, 'last_day');
    if until_day < from_day then
        perform lab.refuse_field('last_day', 'lies before first_day');
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.fee_waiver as known (laboratory, campaign, first_day, last_day, product_id, quota, set_by, set_at, reason)
    values (here, lab.words_of(request, 'campaign'), from_day, until_day, lab.fee_product(request, here), nullif(asked, 0),
            who.staff_id, lab.ts_now(), lab.words_of(request, 'reason'))
    on conflict (laboratory, campaign, first_day) do update set last_day = excluded.last_day, quota = excluded.quota
    returning * into made;
    return json_build_object('waiver', lab.fee_waiver_view(made));
exception when check_violation then
    perform lab.refuse_field('quota', 'is less than what is used already');
    return null;
end
$$;

create or replace function lab.desk_list_fee_waivers(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.fee_waiver_view(page) order by page.set_at, page.waiver_id) into found
    from (select * from lab.fee_waiver as known where known.laboratory = here and (known.set_at, known.waiver_id::text)
              > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by known.set_at, known.waiver_id limit size + 1) as page;
    return lab.page_answer(who, 'waivers', found, size, 'set_at', 'waiver_id');
end
$$;

-- What it would cost today, for the desk before the intake.
create or replace function lab.desk_quote_fee(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    day date := lab.local_time(lab.ts_now())::date;
begin
    perform lab.require_role(who, here);
    return json_build_object(
        'fee_cny', (select sum(lab.fee_by_rule(here, request ->> 'product_id', method, day))::text
                    from (select null::text as method union all
                          select * from jsonb_array_elements_text(coalesce(nullif(request -> 'method_ids', 'null'), '[]'))) as parts),
        'waivers', (select json_agg(lab.fee_waiver_view(known) order by known.campaign) from lab.fee_waiver as known
                    where known.laboratory = here and day between known.first_day and known.last_day
                    and (known.quota is null or known.used < known.quota)
                    and (known.product_id is null or exists (select from lab.product_line(request ->> 'product_id') as line
                                                             where line.product_id = known.product_id))));
end
$$;

-- ---------------------------------------------------------------- receipts

-- Made by mistake: nothing of it is tested, its tests are cancelled, its items go back. The number stays.
create or replace function lab.desk_void_receipt(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.receipt := lab.receipt_taken(who, request);
    said text := lab.words_of(request, 'reason');
begin
    perform lab.require_version(request, taken.version);
    if taken.voided_at is not null then
        perform lab.refuse(9, 'ALREADY_VOID', 'This receipt is void.');
    elsif taken.collected_at is not null or exists (
            select from lab.item join lab.test using (item_code) where item.receipt_no = taken.receipt_no
            and (test.state not in ('unassigned', 'assigned', 'cancelled') or test.entry_no > 0)) then
        perform lab.refuse(9, 'TESTS_BEGUN', 'Something of this receipt was tested already: it cannot be void.');
    end if;
    perform lab.set_reason(said);
    update lab.test set state = 'cancelled' from lab.item where item.item_code = test.item_code
    and item.receipt_no = taken.receipt_no and test.state <> 'cancelled';
    update lab.receipt set voided_at = lab.ts_now(), voided_by = who.staff_id, void_reason = said
    where receipt.receipt_no = taken.receipt_no;
    return json_build_object('receipt', lab.receipt_view(taken.receipt_no));
end
$$;

-- The series of a day as the cashier sees it: every number, void or not. No person.
create or replace function lab.desk_list_receipts(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    of_day date := lab.day_of(request, 'day');
    zone text := (select institute.time_zone from lab.institute);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(json_build_object(
               'receipt_no', page.receipt_no, 'desk', page.desk, 'received_at', page.received_at, 'fee_cny', nullif(page.fee_cny, ''),
               'fee_rule_cny', nullif(page.fee_rule_cny, ''), 'fee_reason', nullif(page.fee_reason, ''),
               'waiver', nullif(page.waiver, ''), 'voided_at', page.voided_at, 'voided_by', lab.username_of(page.voided_by),
               'void_reason', nullif(page.void_reason, ''), 'item_count', (
                   select count(*) from lab.item where item.receipt_no = page.receipt_no))
           order by page.received_at, page.receipt_no) into found
    from (select * from lab.receipt where receipt.laboratory = here
          and receipt.received_at >= of_day::timestamp at time zone zone
          and receipt.received_at < (of_day + 1)::timestamp at time zone zone
          and (receipt.received_at, receipt.receipt_no)
              > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by receipt.received_at, receipt.receipt_no limit size + 1) as page;
    return lab.page_answer(who, 'receipts', found, size, 'received_at', 'receipt_no');
end
$$;

reset role;
