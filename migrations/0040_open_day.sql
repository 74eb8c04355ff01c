-- SPDX-License-Identifier: Apache-2.0
-- Open days and booking: what a day is, the sessions of a laboratory with their two quotas, and who booked which.
--
-- The quota is a row, not a count: lab.session_slot holds what is taken, the triggers of lab.booking and lab.ticket move it, and
-- the checks of this table are what nobody gets past. Fifty desks that book the last places queue for the row's lock.
set role touchstone_owner;

-- The letter of a laboratory's queue numbers (J012); given at its first ticket.
alter table lab.laboratory add column ticket_letter text not null default '' check (ticket_letter ~ '^[A-Z]?$');
create unique index laboratory_ticket_letter on lab.laboratory (ticket_letter) where ticket_letter <> '';

-- What a caller is told to bring and to prepare, read back with the booking code. A day may say otherwise.
create table lab.visit_advice (
    laboratory text primary key,
    advice_zh text not null check (advice_zh <> ''),
    advice_en text not null check (advice_en <> '')
);
insert into lab.visit_advice (laboratory, advice_zh, advice_en) values
    ('JEW', '请携带样品、购买凭证和标签、本人身份证件；贵重物品请当面称重，检测前请勿清洗或抛光。',
     'Bring the item, its receipt of purchase and label, and your identity card. It is weighed before your eyes; do not clean or polish it before.'),
    ('FUR', '请携带整件衣物、吊牌和购买凭证、本人身份证件；检测前请勿清洗。',
     'Bring the whole garment, its label and receipt of purchase, and your identity card. Do not wash it before.'),
    ('FOOD', '请携带未开封的同一批次样品（保留原包装）、购买凭证、本人身份证件；冷藏食品请用冰袋保温。',
     'Bring unopened packages of one lot in their own wrapping, the receipt of purchase, and your identity card. Keep chilled food on ice.'),
    ('AIR', '上门采样：采样前按所选标准关闭门窗（GB/T 18883 为 12 小时，GB 50325 为 1 小时），家中须有人；请准备房间面积和装修完工日期。',
     'We come to you. Shut doors and windows before sampling as the chosen standard says (12 h by GB/T 18883, 1 h by GB 50325) and be at home; have the rooms'' areas and the day the decoration was finished at hand.');

-- What a day is for a laboratory. A day without a row is a working day from Monday to Friday, by the rule of lab.day_rule.
create table lab.visit_day (
    laboratory text not null references lab.laboratory,
    day date not null,
    kind text not null check (kind in ('working', 'closed', 'open_day')),
    name_zh text not null default '',
    name_en text not null default '',
    -- The published order of calling: so many booked, then so many walk-ins, round and round.
    booked_turns integer not null default 2 check (booked_turns between 0 and 9),
    walk_in_turns integer not null default 1 check (walk_in_turns between 0 and 9),
    elders_first boolean not null default false,
    -- What one ticket takes until the day has measured it.
    ticket_minutes integer not null default 6 check (ticket_minutes between 1 and 240),
    advice_zh text not null default '',
    advice_en text not null default '',
    set_by uuid not null references lab.staff,
    set_at timestamptz not null,
    reason text not null check (reason <> ''),
    version bigint not null default 1,
    primary key (laboratory, day),
    check (booked_turns + walk_in_turns > 0),
    check (kind <> 'open_day' or name_zh <> '')
);

-- A session of a laboratory (lab.session is a log-in). A place is one item, of the air laboratory one home.
create table lab.session_slot (
    slot_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    day date not null,
    begins timestamptz not null,
    ends timestamptz not null,
    booked_quota integer not null check (booked_quota between 0 and 10000),
    walk_in_quota integer not null check (walk_in_quota between 0 and 10000),
    person_cap integer not null check (person_cap between 1 and 100), -- places of one person
    tour_seats integer not null default 0 check (tour_seats between 0 and 1000),
    -- From here on booked places that nobody took and nobody waits for go to walk-ins.
    releases_at timestamptz not null,
    -- Who has not come so long after the beginning may be set down as not coming.
    grace_minutes integer not null default 15 check (grace_minutes between 0 and 240),
    -- Moved by the triggers of booking and ticket alone.
    booked_taken integer not null default 0,
    walk_in_taken integer not null default 0,
    tour_taken integer not null default 0,
    given_to_walk_ins integer not null default 0 check (given_to_walk_ins >= 0),
    made_by uuid not null references lab.staff,
    reason text not null default '',
    version bigint not null default 1,
    check (ends > begins),
    constraint slot_booked_quota check (booked_taken between 0 and booked_quota - given_to_walk_ins),
    constraint slot_walk_in_quota check (walk_in_taken between 0 and walk_in_quota + given_to_walk_ins),
    constraint slot_tour_seats check (tour_taken between 0 and tour_seats),
    unique (laboratory, begins)
) with (fillfactor = 50);
create index session_slot_day on lab.session_slot (laboratory, day, begins);

-- Booking codes: five signs of Crockford's base32 and a check sign over GF(32), the weights powers of 2 modulo x^5 + x^2 + 1. They
-- are distinct and not zero, so that any single wrong sign and any swap of two signs leaves a remainder.
create function lab.booking_code_rest(code text) returns integer
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
declare
    signs constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    rest integer := 0;
begin
    for place in 1..length(code) loop
        rest := case when rest >= 16 then (rest << 1) # 37 else rest << 1 end # (strpos(signs, substr(code, place, 1)) - 1);
    end loop;
    return rest;
end
$$;
create function lab.booking_code_valid(code text) returns boolean
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
begin
    return code ~ '^[0-9A-HJKMNP-TV-Z]{6}$' and lab.booking_code_rest(code) = 0;
end
$$;
create sequence lab.booking_code_seq maxvalue 33554431;

create table lab.booking (
    booking_code text collate "C" primary key check (lab.booking_code_valid(booking_code)),
    slot_id uuid not null references lab.session_slot,
    laboratory text not null references lab.laboratory,
    person_id uuid not null references lab.person,
    places integer not null check (places between 1 and 100),
    tour_seats integer not null default 0 check (tour_seats between 0 and 20),
    state text not null check (state in ('booked', 'waiting', 'arrived', 'served', 'cancelled', 'no_show')),
    note text not null default '', -- may name a person: masked in the history
    booked_at timestamptz not null,
    booked_by uuid not null references lab.staff,
    waiting_since timestamptz, -- set: came from the waiting list
    changed_at timestamptz not null,
    version bigint not null default 1,
    check (state <> 'waiting' or waiting_since is not null)
);
create index booking_slot on lab.booking (slot_id, state, waiting_since, booking_code);
create index booking_person on lab.booking (person_id, slot_id);
create index booking_listed on lab.booking (laboratory, booked_at desc, booking_code desc);

update lab.schema_version set version = greatest(version, 40);
reset role;
