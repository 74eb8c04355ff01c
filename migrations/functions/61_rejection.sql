-- SPDX-License-Identifier: Apache-2.0
-- Rejecting an item at acceptance: a reason of the catalogue and words, told on a notice that the owner keeps. The guards are in
-- 28_guard_rejection.sql.
set role touchstone_owner;

-- Null when it was not rejected.
create or replace function lab.rejection_view(of_item text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'reason_id', paper.reason_id, 'reason_zh', paper.reason_zh, 'reason_en', paper.reason_en, 'words', paper.words,
            'fee_off_cny', paper.fee_off::text, 'rejected_by', lab.username_of(paper.rejected_by),
            'rejected_at', paper.rejected_at, 'owner', lab.person_masked(receipt.owner_id), 'fee_left_cny', nullif(receipt.fee_cny, ''))
        from lab.item_rejection as paper join lab.item using (item_code) join lab.receipt using (receipt_no)
        where paper.item_code = of_item);
end
$$;

-- For CatalogueService.GetIntakeForm.
create or replace function lab.rejection_reasons(here text) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object('reason_id', known.reason_id, 'name_zh', known.name_zh, 'name_en', known.name_en)
                            order by known.domain_id = 'ALL', known.reason_id)
            from lab.rejection_reason as known where known.domain_id in ('ALL', here));
end
$$;

-- What the rules say that this item costs, on the day it was taken in; null = no rule.
create or replace function lab.fee_rule_part(taken lab.item) returns numeric
language plpgsql stable as $$
begin
    return lab.fee_of_item(taken.laboratory, taken.claimed_product_id,
        (select jsonb_agg(jsonb_build_object('method_id', test.method_id)) from lab.test where test.item_code = taken.item_code
         and test.retest_of is null), lab.local_time(taken.received_at)::date);
end
$$;

-- How much less the receipt charges: all of it with the last item; what the rules say of this one; else what reception says.
create or replace function lab.fee_off(taken lab.item, request jsonb, out fee_off numeric, out rule_off numeric)
language plpgsql volatile as $$
declare
    agreed lab.receipt;
    charged numeric;
    by_rule numeric;
    left_over lab.decimal_text := lab.decimal_of(request ->> 'fee_cny', 'fee_cny');
    is_last boolean := not exists (select from lab.item as other where other.receipt_no = taken.receipt_no
                                   and other.item_code <> taken.item_code and other.state <> 'rejected');
begin
    select * into agreed from lab.receipt where receipt.receipt_no = taken.receipt_no;
    charged := coalesce(nullif(agreed.fee_cny, ''), '0')::numeric;
    by_rule := coalesce(nullif(agreed.fee_rule_cny, ''), '0')::numeric;
    rule_off := case when is_last then by_rule else least(coalesce(lab.fee_rule_part(taken), 0), by_rule) end;
    fee_off := case when is_last then charged when charged = 0 then 0
                    when agreed.fee_rule_cny <> '' and charged = by_rule then rule_off
                    when left_over is not null then charged - left_over::text::numeric end;
    if fee_off is null then
        perform lab.refuse(9, 'FEE_UNDECIDED', 'The fee of this receipt was not made by the rules: say what the other items cost '
                           '(fee_cny).', 'fee_cny', jsonb_build_object('charged_cny', charged::text));
    elsif fee_off not between 0 and charged then
        perform lab.refuse_field('fee_cny', 'is more than the receipt charges');
    end if;
end
$$;

create or replace function lab.desk_reject_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    said text := lab.words_of(request, 'words');
    why lab.rejection_reason;
    off record;
begin
    perform lab.require_version(request, taken.version);
    if taken.state = 'rejected' then
        perform lab.refuse(9, 'ALREADY_REJECTED', 'This item was rejected before.');
    end if;
    select * into why from lab.rejection_reason as known where known.reason_id = request ->> 'reason_id'
    and known.domain_id in ('ALL', taken.laboratory);
    if why.reason_id is null then
        perform lab.refuse_field('reason_id', 'is no reason of the catalogue for this laboratory (catalogue intake-form)');
    end if;
    perform from lab.receipt where receipt.receipt_no = taken.receipt_no for no key update;
    select * into off from lab.fee_off(taken, request);
    perform lab.set_reason(why.name_zh || ' ' || said);
    insert into lab.item_rejection (item_code, laboratory, reason_id, reason_zh, reason_en, words, fee_off, rule_off, rejected_by,
                                    rejected_at)
    values (taken.item_code, taken.laboratory, why.reason_id, why.name_zh, why.name_en, said, off.fee_off, off.rule_off,
            who.staff_id, lab.ts_now());
    return json_build_object('item', lab.item_view(taken.item_code));
end
$$;

reset role;
