-- SPDX-License-Identifier: Apache-2.0
-- What a sheet says in two languages of what the catalogue has in one: units, editions, clauses, words of limits and the inputs
-- of a formula. The Chinese half of a sheet is Chinese and the English one English.
set role touchstone_owner;

-- "级" is "grade", "m³/(h·人)" is "m³/(h·person)"; a unit without Chinese is the same in both.
create or replace function lab.unit_en(unit text) returns text
language sql immutable as $$
    select case unit when '级' then 'grade' when '周' then 'week'
        else replace(replace(replace(replace(unit, '体积分数', 'volume fraction'), '(体积)', '(volume)'), '周', 'week'), '人', 'person') end
$$;

-- As it stands behind a figure: a pH is "6.9", a refractive index "1.66".
create or replace function lab.unit_printed(unit text) returns text
language sql immutable as $$
    select case when unit in ('pH', '—') then '' else unit end
$$;

-- "GB 11887-2012"; the number of an announcement has its year in it (五部门公告2011年第10号).
create or replace function lab.standard_cited(number text, year text) returns text
language sql immutable as $$
    select case when number ~ '[0-9]{4}年' or coalesce(year, '') = '' then number else number || '-' || year end
$$;

-- The same in an English sentence: "Announcement No. 10 of 2011".
create or replace function lab.standard_cited_en(number text, year text) returns text
language sql immutable as $$
    select case when number !~ '[^\u0001-\u2fff]' then lab.standard_cited(number, year)
                else concat(case when number ~ '令' then 'Order' else 'Announcement' end, ' No. ', substring(number from '第([0-9]+)号'),
                            ' of ' || coalesce(substring(number from '([0-9]{4})年'), nullif(year, ''))) end
$$;

-- What limits.csv has for a clause: a table, a clause, or the part of the standard in a word.
create or replace function lab.clause_told(clause text) returns text
language plpgsql immutable as $$
declare
    word text := ('{"total": "总量 total content", "soluble": "可溶性元素 soluble elements", "label": "标识 labelling", "nickel": "镍释放 nickel",
                    "formaldehyde": "甲醛 formaldehyde", "boron": "硼 boron", "Table": "表 Table",
                    "Table 1 / enterprise std": "表1或企业标准 Table 1 or enterprise standard"}'::jsonb) ->> clause;
begin
    return coalesce(word, regexp_replace(regexp_replace(regexp_replace(clause, '^Table (\S+)$', '表\1 Table \1'),
                                                        '^([0-9]+([.][0-9]+)*)$', '第\1条 Clause \1'),
                                         '^entry (\S+)$', '第\1项 Entry \1'));
end
$$;

-- A word that stands in limits and results ("none").
create or replace function lab.word_told(word text, out zh text, out en text)
language sql immutable as $$
    select case word when 'none' then '无' when 'declared species' then '标称的种类' else word end, word
$$;

-- A whole requirement as a sentence says it, with its unit.
create or replace function lab.need_told(operator text, limit_low text, limit_high text, unit text, out zh text, out en text)
language plpgsql immutable as $$
declare
    figure text := lab.requirement_text(operator, limit_low, limit_high);
    word text := concat(limit_low, limit_high);
begin
    zh := case operator when 'not_detected' then '不得检出' when 'not_permitted' then '不得使用' when 'eq' then (lab.word_told(word)).zh
                        else concat_ws(' ', figure, nullif(lab.unit_printed(unit), '')) end;
    en := case operator when 'not_detected' then 'not detected' when 'not_permitted' then 'not permitted' when 'eq' then word
                        when 'grade_ge' then 'not below grade ' || limit_low
                        else concat_ws(' ', figure, nullif(lab.unit_en(lab.unit_printed(unit)), '')) end;
end
$$;

-- Of "sample_mg 样品质量 [mg]；blank_mg 空白 [mg]（0）" what is told of one input: its name and its unit; null when nothing is.
create or replace function lab.input_told(told text, input text, out name text, out unit text)
language plpgsql immutable as $$
declare
    entry text := (select btrim(one) from regexp_split_to_table(told, '；|; ') with ordinality as list (one, place)
                   where starts_with(btrim(one), input || ' ') order by place limit 1);
    words text := substr(entry, length(input) + 2);
begin
    unit := coalesce(substring(words from '\[([^]]*)\]'), '');
    name := case when unit <> '' then split_part(words, ' [', 1)
                 else nullif(regexp_replace(words, '(（[^（）]*）| \([^()]*\))$', ''), '') end;
end
$$;

reset role;
