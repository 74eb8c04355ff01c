-- SPDX-License-Identifier: Apache-2.0
-- The books: institute, staff, sessions, persons, receipts, items, custody, tests, results, reviews, sheets.
--
-- Names are the field's (product.md, "Words"). Decimals stand twice: as typed and as numeric. Nothing is ever
-- deleted; what is typed is never overwritten (result_entry). Triggers are in functions/guard.sql.
set role touchstone_owner;

create table lab.institute (
    only_row boolean primary key default true check (only_row),
    name_zh text not null,
    name_en text not null,
    address_zh text not null,
    address_en text not null,
    phone text not null,
    time_zone text not null default 'Asia/Shanghai',
    -- False: every sheet is a specimen and says so.
    production boolean not null default false
);

create table lab.laboratory (
    laboratory text primary key check (laboratory ~ '^[A-Z0-9_]{1,10}$'),
    name_zh text not null,
    name_en text not null,
    -- Weigh-in and weigh-out agree within this; null = not weighed.
    mass_tolerance_g numeric
);

create table lab.desk (
    desk text primary key check (desk ~ '^[A-Z0-9]{1,10}$'),
    name text not null
);

create table lab.staff (
    staff_id uuid primary key default lab.new_id(),
    username text collate "C" not null unique check (username ~ '^[a-z][a-z0-9._-]{1,39}$'),
    name text not null check (name <> ''),
    home_laboratory text not null references lab.laboratory,
    password_hash text not null,
    password_version integer not null default 1,
    enabled boolean not null default true,
    created_at timestamptz not null default lab.ts_now(),
    version bigint not null default 1
);

create table lab.staff_role (
    staff_id uuid not null references lab.staff,
    laboratory text not null references lab.laboratory,
    role text not null check (role in ('reception', 'technician', 'reviewer', 'signatory', 'manager', 'quality',
                                       'auditor', 'administrator')),
    held boolean not null default true,
    primary key (staff_id, laboratory, role)
);
create index staff_role_laboratory on lab.staff_role (laboratory, staff_id);

-- Sessions are known by the SHA-256 of their 128-bit token; the token itself is nowhere.
create table lab.session (
    token_hash bytea primary key check (length(token_hash) = 32),
    session_id uuid not null unique default lab.new_id(),
    staff_id uuid not null references lab.staff,
    desk text references lab.desk,
    address text not null,
    created_at timestamptz not null,
    idle_expires_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
) with (fillfactor = 70);
create index session_open on lab.session (staff_id) where revoked_at is null;

-- Brute force: when the next attempt of a name, an address or a pair of both may be answered.
create table lab.login_throttle (
    key text collate "C" primary key,
    failures integer not null,
    last_at timestamptz not null,
    next_at timestamptz not null
) with (fillfactor = 70);

-- Where a person has logged in with success: attempts by others elsewhere do not slow this pair down.
create table lab.login_known (
    username text collate "C" not null,
    address text collate "C" not null,
    last_at timestamptz not null,
    primary key (username, address)
);

-- The days on which the daemons looked for what has served its time. A key is forgotten after so many of these, not only
-- by the clock: one that is wrong for an hour forgets nothing.
create table lab.housekeeping_day (
    day date primary key
);

-- Idempotency (hold.md 1): unique per method whoever sends it.
create table lab.replay (
    method text collate "C" not null,
    request_id text collate "C" not null,
    staff_id uuid not null,
    request_hash bytea not null,
    laboratory text not null,
    answer jsonb,
    refusal jsonb,
    at timestamptz not null,
    primary key (method, request_id)
);
create index replay_at on lab.replay using brin (at);

-- Personal data stands here and in person_history only.
create table lab.person (
    person_id uuid primary key default lab.new_id(),
    name text collate "C" not null check (name <> ''),
    phone text collate "C" not null check (phone ~ '^\+?[0-9]{5,20}$'),
    phone_last4 text collate "C" not null generated always as (right(phone, 4)) stored,
    created_at timestamptz not null default lab.ts_now(),
    version bigint not null default 1
);
-- One person per name and phone; a family shares a phone. Serves equality, prefix and order by phone.
create unique index person_phone on lab.person (phone, name);
create index person_last4 on lab.person (phone_last4);
create index person_name on lab.person (name);

create table lab.receipt_counter (
    desk text not null references lab.desk,
    year integer not null,
    last integer not null,
    primary key (desk, year)
) with (fillfactor = 50);

create table lab.receipt (
    receipt_no text collate "C" primary key check (receipt_no ~ '^[A-Z0-9]{1,10}-[0-9]{2}-[0-9]{6,}$'),
    laboratory text not null references lab.laboratory,
    desk text not null references lab.desk,
    received_at timestamptz not null,
    received_by uuid not null references lab.staff,
    owner_id uuid not null references lab.person,
    bringer_id uuid not null references lab.person,
    purpose text not null,
    return_choice text not null check (return_choice in ('return', 'retain', 'discard')),
    fee_cny text not null default '' check (fee_cny = '' or fee_cny::lab.decimal_text::numeric >= 0),
    waiver text not null default '',
    collected_at timestamptz,
    collected_desk text,
    collected_by text not null default '', -- may name a person: masked in the history
    version bigint not null default 1,
    check (collected_at is null or collected_at >= received_at)
);
create index receipt_owner on lab.receipt (owner_id);
create index receipt_bringer on lab.receipt (bringer_id) where bringer_id <> owner_id;

create table lab.consent (
    receipt_no text collate "C" not null references lab.receipt,
    kind text not null check (kind in ('privacy', 'agreement', 'destructive')),
    laboratory text not null references lab.laboratory,
    given_by_owner boolean not null,
    authorisation text not null default '',
    at timestamptz not null,
    primary key (receipt_no, kind),
    check (given_by_owner or authorisation <> '')
);

create table lab.sheet_counter (
    laboratory text not null references lab.laboratory,
    year integer not null,
    last integer not null,
    primary key (laboratory, year)
) with (fillfactor = 50);

create table lab.incident_counter (
    laboratory text not null references lab.laboratory,
    year integer not null,
    last integer not null,
    primary key (laboratory, year)
) with (fillfactor = 50);

-- The catalogue; its facts are seeded by later migrations and keep their own confidence.
create table lab.catalogue_head (
    only_row boolean primary key default true check (only_row),
    revision bigint not null
);
insert into lab.catalogue_head (revision) values (1);

create table lab.unit (
    unit_ucum text primary key,
    display text not null,
    dimension text not null,
    base_unit text not null,
    factor_to_base text not null,
    note text not null
);

create table lab.standard (
    standard_id text primary key,
    number text not null,
    year text not null,
    title_zh text not null,
    title_en text not null,
    type text not null,
    mandatory text not null,
    effective_from text not null,
    effective_to text not null,
    replaced_by text not null,
    domain_id text not null,
    confidence text not null check (confidence in ('verified', 'certain', 'check')),
    source text not null,
    note text not null
);

create table lab.product (
    product_id text collate "C" primary key,
    laboratory text not null references lab.laboratory,
    parent_id text references lab.product,
    name_zh text not null,
    name_en text not null,
    class_code text not null,
    min_sample text not null,
    min_sample_unit text not null,
    destructive text not null,
    retain_days_typical text not null,
    attributes_to_record text not null,
    hazards text not null,
    confidence text not null check (confidence in ('verified', 'certain', 'check')),
    source text not null
);
create index product_laboratory on lab.product (laboratory, product_id);

create table lab.parameter (
    parameter_id text collate "C" primary key,
    laboratory text not null references lab.laboratory,
    name_zh text not null,
    name_en text not null,
    cas text not null,
    value_type text not null,
    unit_ucum text references lab.unit,
    round_rule text not null,
    round_value text not null,
    lod_typical text not null,
    loq_typical text not null,
    lod_unit text not null,
    nd_text_zh text not null,
    expressed_as text not null,
    confidence text not null check (confidence in ('verified', 'certain', 'check')),
    source text not null
);

create table lab.method (
    method_id text collate "C" primary key,
    standard_id text not null references lab.standard,
    laboratory text not null references lab.laboratory,
    name_zh text not null,
    name_en text not null,
    technique text not null,
    principle text not null,
    destructive text not null,
    tat_days_typical text not null,
    sample_amount text not null,
    sample_unit text not null,
    min_replicates integer not null check (min_replicates >= 1),
    agreement_rule text not null,
    calc_key text not null,
    role text not null check (role in ('screening', 'routine', 'reference', 'arbitration')),
    confidence text not null check (confidence in ('verified', 'certain', 'check')),
    source text not null
);
create index method_laboratory on lab.method (laboratory, method_id);

create table lab.param_method (
    parameter_id text collate "C" not null references lab.parameter,
    method_id text collate "C" not null references lab.method,
    preference integer not null,
    primary key (method_id, parameter_id)
);

-- One requirement of one standard (limits.csv).
create table lab.requirement (
    limit_id text primary key,
    standard_id text not null references lab.standard,
    clause text not null,
    product_id text collate "C" not null references lab.product,
    parameter_id text collate "C" not null references lab.parameter,
    operator text not null check (operator in ('le', 'lt', 'ge', 'gt', 'between', 'abs_le', 'grade_ge', 'eq',
                                               'not_permitted', 'not_detected')),
    limit_low text not null,
    limit_high text not null,
    unit_ucum text not null references lab.unit,
    condition text not null,
    comparison text not null check (comparison in ('full', 'default-full', 'rounded')),
    confidence text not null check (confidence in ('verified', 'certain', 'check')),
    source text not null,
    note text not null
);

-- Which requirement holds for a product and parameter after inheritance; limit_id is null when more than one
-- would (the catalogue's rule: never take the first). Rebuilt by lab.catalogue_resolve.
create table lab.resolved_requirement (
    product_id text collate "C" not null references lab.product,
    parameter_id text collate "C" not null references lab.parameter,
    limit_id text references lab.requirement,
    candidates integer not null,
    primary key (product_id, parameter_id)
);

-- A sentence for sheets; applies is the machine's form of its "when".
create table lab.statement (
    statement_id text primary key,
    domain_id text not null,
    text_zh text not null,
    text_en text not null,
    when_text text not null,
    applies text not null,
    confidence text not null check (confidence in ('verified', 'certain', 'check')),
    source text not null
);

create table lab.qualification (
    staff_id uuid not null references lab.staff,
    laboratory text not null references lab.laboratory,
    method_id text collate "C" not null references lab.method,
    held boolean not null default true,
    primary key (staff_id, method_id)
);
create index qualification_method on lab.qualification (method_id, staff_id) where held;

create table lab.signatory (
    staff_id uuid not null references lab.staff,
    laboratory text not null references lab.laboratory,
    held boolean not null default true,
    primary key (staff_id, laboratory)
);

create table lab.item (
    item_code lab.item_code primary key,
    receipt_no text collate "C" not null references lab.receipt,
    place integer not null, -- on the receipt
    laboratory text not null references lab.laboratory,
    received_at timestamptz not null,
    name text not null check (name <> ''),
    pieces integer not null check (pieces between 1 and 1000),
    -- The consumer's claim, apart from what the laboratory finds.
    claimed_product_id text collate "C" not null references lab.product,
    claim_text text not null,
    hallmark text not null,
    mass_text lab.decimal_text not null,
    mass numeric not null generated always as (mass_text::text::numeric) stored check (mass > 0),
    condition text not null,
    stones text not null,
    declared_value_cny text not null check (declared_value_cny = '' or declared_value_cny::lab.decimal_text::numeric >= 0),
    seal_no text not null,
    state text not null default 'received' check (state in ('received', 'reviewed', 'released')),
    custody_state text not null default 'held' check (custody_state in ('held', 'returned', 'frozen')),
    holder_id uuid references lab.staff, -- null once returned
    mass_out_text lab.decimal_text,
    mass_out numeric generated always as (mass_out_text::text::numeric) stored,
    sheet_no text collate "C",
    version bigint not null default 1,
    check ((custody_state = 'returned') = (holder_id is null)),
    check ((state = 'released') = (sheet_no is not null)),
    unique (receipt_no, place)
) with (fillfactor = 85);
create index item_listed on lab.item (laboratory, received_at desc, item_code desc);
create index item_by_state on lab.item (laboratory, state, received_at desc, item_code desc);
create index item_not_returned on lab.item (laboratory, custody_state, received_at desc, item_code desc)
    where custody_state <> 'returned';

create table lab.item_photo (
    item_code lab.item_code primary key references lab.item,
    laboratory text not null references lab.laboratory,
    -- JPEG or PNG by its first bytes; drawn only by the sandboxed renderer.
    photo bytea not null check (length(photo) between 8 and 2097152
                                and (substr(photo, 1, 3) = '\xffd8ff' or substr(photo, 1, 4) = '\x89504e47')),
    sha256 bytea not null generated always as (sha256(photo)) stored,
    added_by uuid not null references lab.staff,
    at timestamptz not null
);
alter table lab.item_photo alter column photo set storage external;

create table lab.custody_event (
    event_id bigint generated always as identity primary key,
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    at timestamptz not null,
    kind text not null check (kind in ('received', 'handed_over', 'returned', 'frozen', 'released_from_freeze')),
    from_staff uuid references lab.staff,
    to_staff uuid references lab.staff,
    mass_text lab.decimal_text,
    returned_to text not null default '', -- may name a person: masked in the history
    note text not null default ''
);
create index custody_event_item on lab.custody_event (item_code, event_id);

create table lab.incident (
    incident_no text collate "C" primary key,
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    kind text not null check (kind in ('mass_difference')),
    description text not null,
    opened_at timestamptz not null,
    opened_by uuid not null references lab.staff,
    closed_at timestamptz,
    closed_by uuid references lab.staff,
    resolution text not null default '',
    version bigint not null default 1,
    check ((closed_at is null) = (closed_by is null))
);
create index incident_open on lab.incident (item_code) where closed_at is null;

create table lab.test (
    test_id uuid primary key default lab.new_id(),
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    method_id text collate "C" not null references lab.method,
    parameter_id text collate "C" not null references lab.parameter,
    state text not null default 'unassigned' check (state in ('unassigned', 'assigned', 'in_progress', 'submitted',
                                                              'approved', 'released', 'cancelled')),
    assigned_to uuid references lab.staff,
    due_at timestamptz not null,
    entry_no integer not null default 0, -- newest result_entry
    submission_no integer not null default 0, -- newest judgement
    sent_back_reason text not null default '',
    version bigint not null default 1,
    foreign key (method_id, parameter_id) references lab.param_method (method_id, parameter_id),
    check (state = 'cancelled' or (state = 'unassigned') = (assigned_to is null))
) with (fillfactor = 80);
create unique index test_ordered_once on lab.test (item_code, method_id, parameter_id) where state <> 'cancelled';
create index test_open on lab.test (laboratory, due_at, test_id) where state not in ('released', 'cancelled');
create index test_open_assigned on lab.test (assigned_to, due_at, test_id) where state not in ('released', 'cancelled');
create index test_by_state on lab.test (laboratory, state, due_at, test_id);

-- What a technician typed, each time: a later entry never overwrites an earlier one.
create table lab.result_entry (
    test_id uuid not null references lab.test,
    entry_no integer not null check (entry_no >= 1),
    laboratory text not null references lab.laboratory,
    entered_by uuid not null references lab.staff,
    at timestamptz not null,
    expanded_uncertainty lab.decimal_text,
    uncertainty numeric generated always as (expanded_uncertainty::text::numeric) stored check (uncertainty > 0),
    coverage_factor lab.decimal_text not null,
    instrument text not null,
    temperature_c lab.decimal_text,
    humidity_percent lab.decimal_text,
    deviation text not null default '', -- from the method; '' = none
    reason text not null check (entry_no = 1 or reason <> ''),
    primary key (test_id, entry_no)
);

-- One reading: as typed and as the exact number it means.
create table lab.reading (
    test_id uuid not null,
    entry_no integer not null,
    place integer not null check (place between 1 and 96),
    value_text lab.decimal_text not null,
    value numeric not null generated always as (value_text::text::numeric) stored,
    qualifier text not null default '' check (qualifier in ('', 'less_than', 'greater_than', 'not_detected')),
    position text not null default '',
    primary key (test_id, entry_no, place),
    foreign key (test_id, entry_no) references lab.result_entry (test_id, entry_no)
);

-- What the judgement engine found at one submission, and who submitted.
create table lab.judgement (
    test_id uuid not null references lab.test,
    submission_no integer not null check (submission_no >= 1),
    entry_no integer not null,
    laboratory text not null references lab.laboratory,
    submitted_by uuid not null references lab.staff,
    at timestamptz not null,
    verdict text not null check (verdict in ('pass', 'fail', 'to_be_confirmed', 'not_judged')),
    mean text not null,
    range text not null,
    expanded_uncertainty text not null,
    unit text not null,
    requirement text not null,
    standard text not null,
    sentence_zh text not null,
    sentence_en text not null,
    limit_id text references lab.requirement,
    catalogue_revision bigint not null,
    primary key (test_id, submission_no),
    foreign key (test_id, entry_no) references lab.result_entry (test_id, entry_no)
);

create table lab.review (
    test_id uuid not null,
    submission_no integer not null,
    laboratory text not null references lab.laboratory,
    reviewer uuid not null references lab.staff,
    decision text not null check (decision in ('approve', 'send_back')),
    comment text not null check (decision = 'approve' or comment <> ''),
    at timestamptz not null,
    primary key (test_id, submission_no),
    foreign key (test_id, submission_no) references lab.judgement (test_id, submission_no)
);

create table lab.sheet (
    sheet_no text collate "C" not null check (sheet_no ~ '^[A-Z0-9_]{1,10}-[0-9]{4}-[0-9]{6,}$'),
    revision integer not null default 0 check (revision >= 0),
    item_code lab.item_code not null references lab.item,
    laboratory text not null references lab.laboratory,
    state text not null default 'frozen' check (state in ('frozen', 'sealed')),
    specimen boolean not null,
    signatory uuid not null references lab.staff,
    meaning text not null check (meaning <> ''),
    released_at timestamptz not null,
    record jsonb not null,
    record_bytes bytea not null,
    record_sha256 bytea not null generated always as (sha256(record_bytes)) stored,
    primary key (sheet_no, revision),
    unique (item_code, revision)
);

-- The sealed document: written once, never changed by one byte.
create table lab.sheet_file (
    sheet_no text collate "C" not null,
    revision integer not null,
    pdf bytea not null check (substr(pdf, 1, 5) = '\x255044462d'),
    pdf_bytes bigint not null generated always as (length(pdf)) stored,
    sha256 bytea not null check (length(sha256) = 32),
    at timestamptz not null,
    primary key (sheet_no, revision),
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision)
);
alter table lab.sheet_file alter column pdf set storage external;

-- Sheets to be drawn and sealed. A lease, so that two daemons do not draw the same one; no business row.
create table lab.sheet_work (
    sheet_no text collate "C" not null,
    revision integer not null,
    leased_until timestamptz,
    attempts integer not null default 0,
    last_error text not null default '',
    done boolean not null default false,
    primary key (sheet_no, revision),
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision)
);
create index sheet_work_waiting on lab.sheet_work (sheet_no, revision) where not done;

update lab.schema_version set version = 2;
reset role;
