-- SPDX-License-Identifier: Apache-2.0
-- Fees: what a test or an item costs, as rows; campaigns that waive it, with a quota; and what a receipt was charged. A receipt is
-- void, never deleted: its number stays in the series.
set role touchstone_owner;

-- With a method: for each such test. Without one: for each item. The nearest product above the item's counts, then the rule
-- without a product; of those the one that begins last, and of those the newest. An ended rule charges nothing.
create table lab.fee_rule (
    fee_rule_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    product_id text collate "C" references lab.product,
    method_id text collate "C" references lab.method,
    fee_text lab.decimal_text not null check (fee_text::text::numeric >= 0),
    valid_from date not null,
    ended boolean not null default false,
    set_by uuid not null references lab.staff,
    set_at timestamptz not null,
    reason text not null check (reason <> '')
);
create index fee_rule_of on lab.fee_rule (laboratory, method_id, product_id, valid_from desc, set_at desc);

-- The row that the desks queue for: never one item over the quota.
create table lab.fee_waiver (
    waiver_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    campaign text not null check (campaign <> ''),
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    product_id text collate "C" references lab.product, -- and what is below it; null = every product
    quota integer check (quota >= 0), -- items; null = as many as come
    used integer not null default 0,
    set_by uuid not null references lab.staff,
    set_at timestamptz not null,
    reason text not null check (reason <> ''),
    version bigint not null default 1,
    unique (laboratory, campaign, first_day),
    constraint waiver_quota_holds check (used >= 0 and (quota is null or used <= quota))
) with (fillfactor = 70);

alter table lab.receipt add column fee_rule_cny text not null default ''; -- by the rules; '' = no rule applied
alter table lab.receipt add column fee_reason text not null default ''; -- why it is another
alter table lab.receipt add column waiver_id uuid references lab.fee_waiver;
alter table lab.receipt add column voided_at timestamptz;
alter table lab.receipt add column voided_by uuid references lab.staff;
alter table lab.receipt add column void_reason text not null default '';
alter table lab.receipt add constraint receipt_void_has_reason
    check ((voided_at is null) = (voided_by is null) and (voided_at is null) = (void_reason = ''));
-- By the rules, waived by a campaign, or with a reason.
alter table lab.receipt add constraint receipt_fee_is_explained
    check (fee_rule_cny = '' or waiver_id is not null or fee_reason <> '' or fee_cny::numeric = fee_rule_cny::numeric);
create index receipt_listed on lab.receipt (laboratory, received_at, receipt_no);
create index receipt_waiver on lab.receipt (waiver_id) where waiver_id is not null;

alter table lab.day_close add column receipts_void integer not null default 0;
alter table lab.day_close add column fees_cny text not null default '';
alter table lab.day_close add column items_waived integer not null default 0;

update lab.schema_version set version = greatest(version, 44);
reset role;
