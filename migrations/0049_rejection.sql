-- SPDX-License-Identifier: Apache-2.0
-- An item that is refused at acceptance (ISO/IEC 17025 7.4.3), by a reason of the catalogue and in words; and typing mistakes of
-- reception: persons that are one and the same, and why a person's name or phone was changed.
set role touchstone_owner;

do $find$
declare
    one record;
begin
    for one in select conname from pg_constraint where contype = 'c' and conrelid = 'lab.item'::regclass
               and pg_get_constraintdef(oid) ~ 'reviewed' loop
        execute format('alter table lab.item drop constraint %I', one.conname);
    end loop;
end
$find$;
alter table lab.item add constraint item_state check (state in ('received', 'reviewed', 'released', 'rejected'));

-- The paper of a rejection. What follows from it (its tests, its fee, its state) follows by triggers: 28_guard_rejection.sql.
create table lab.item_rejection (
    item_code lab.item_code primary key references lab.item,
    laboratory text not null references lab.laboratory,
    reason_id text collate "C" not null,
    reason_zh text not null check (reason_zh <> ''), -- as the catalogue said it then
    reason_en text not null check (reason_en <> ''),
    words text not null check (words <> ''),
    fee_off numeric not null default 0 check (fee_off >= 0), -- taken from what the receipt charges
    rule_off numeric not null default 0 check (rule_off >= 0), -- taken from what the rules say of the receipt
    rejected_by uuid not null references lab.staff,
    rejected_at timestamptz not null
);

-- The reasons that come with the program, as rejection_reasons.csv has them.
insert into lab.catalogue_row (file, key, cells, from_revision)
select 'rejection_reasons', found.cells ->> 'reason_id', found.cells, 0
from jsonb_array_elements($reasons$[
{"reason_id": "AMOUNT", "domain_id": "ALL", "name_zh": "样品量不足", "name_en": "not enough of it for the tests", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4"},
{"reason_id": "DAMAGED", "domain_id": "ALL", "name_zh": "样品破损或污染", "name_en": "damaged or soiled", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4"},
{"reason_id": "MISMATCH", "domain_id": "ALL", "name_zh": "样品与委托描述不符", "name_en": "not what the order says it is", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4.3"},
{"reason_id": "SEAL", "domain_id": "ALL", "name_zh": "封签破损或编号不符", "name_en": "seal broken or with another number", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4"},
{"reason_id": "UNSUITABLE", "domain_id": "ALL", "name_zh": "不适于所委托的检测", "name_en": "unfit for the tests ordered", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4.3"},
{"reason_id": "NO_CONSENT", "domain_id": "ALL", "name_zh": "未同意必要的破坏性检测", "name_en": "no consent to the destructive work that is needed", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.1.1"},
{"reason_id": "OUT_OF_SCOPE", "domain_id": "ALL", "name_zh": "超出本实验室能力范围", "name_en": "beyond what this laboratory can do", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.1.1"},
{"reason_id": "HAZARD", "domain_id": "ALL", "name_zh": "有安全风险", "name_en": "unsafe to handle", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4"},
{"reason_id": "OTHER", "domain_id": "ALL", "name_zh": "其他（见说明）", "name_en": "other (see the words)", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4.3"},
{"reason_id": "FIXED_STONES", "domain_id": "JEW", "name_zh": "镶嵌或结构妨碍检测", "name_en": "stones or build keep the method from its place", "confidence": "certain", "source": "ISO/IEC 17025:2017 7.4.3"}
]$reasons$) as found (cells)
where not exists (select from lab.catalogue_row as held where held.file = 'rejection_reasons');

-- Two entries of one person. The one that is gone stays where papers name it and shows as the one that is kept, until the merge
-- is undone.
create table lab.person_merge (
    merge_id uuid primary key default lab.new_id(),
    kept_id uuid not null references lab.person,
    gone_id uuid not null references lab.person,
    reason text not null check (reason <> ''),
    merged_by uuid not null references lab.staff,
    merged_at timestamptz not null,
    undone_by uuid references lab.staff,
    undone_at timestamptz,
    undo_reason text not null default '',
    check (kept_id <> gone_id),
    check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undo_reason = ''))
);
create unique index person_merge_standing on lab.person_merge (gone_id) where undone_at is null;
create index person_merge_kept on lab.person_merge (kept_id) where undone_at is null;

alter table lab.person_history add column reason text not null default '';

update lab.schema_version set version = greatest(version, 49);
reset role;
