-- SPDX-License-Identifier: Apache-2.0
-- The registry of codes: what the numbers in a signed statement mean. It only grows: who renames a parameter gives it a new
-- code, so what was signed keeps its meaning. The hash of every version is an entry of the public log (kind 4).
set role touchstone_owner;

-- Decision rules as statements name them; a new one gets the next place.
create or replace function lab.rules_known() returns table (place integer, id text, zh text, en text)
language sql immutable as $$
    select place, id, zh, en from (values
        (1, 'simple', '简单接受（w = 0）', 'simple acceptance (w = 0)'),
        (2, 'guard_accept_U', '接受限 = 限值 − U', 'acceptance limit = limit - U'),
        (3, 'guard_1p64u', '接受限 = 限值 − 1.64 u', 'acceptance limit = limit - 1.64 u'),
        (4, 'guard_reject_U', '超出限值 U 以上才判不符合', 'does not conform only beyond the limit + U'),
        (5, 'nonbinary_U', '以 ±U 为界的四种结论', 'four words, by guard bands of U on both sides of the limit'),
        (6, 'prob', '仅报告符合概率', 'the probability of conformity only is reported'),
        (7, 'prob95', '符合概率 ≥ 95 % 判符合，≤ 5 % 判不符合', 'conforms from 95 % probability on, does not up to 5 %'),
        (8, 'screening', '筛选方法：|平均值 − 限值| > U 才判定', 'screening: judged only where |mean - limit| > U')
    ) as one (place, id, zh, en)
$$;

-- What there is to be named now.
create or replace function lab.codes_wanted() returns table (kind text, id text, zh text, en text, standard text)
language sql stable as $$
    select 'analyte', parameter.parameter_id, parameter.name_zh, parameter.name_en, '' from lab.parameter
    where not parameter.withdrawn
    union all
    select 'unit', unit.unit_ucum, unit.display, lab.unit_en(unit.display), '' from lab.unit where not unit.withdrawn
    union all
    select 'method', method.method_id, method.name_zh, method.name_en, concat(standard.number, '-' || nullif(standard.year, ''))
    from lab.method join lab.standard using (standard_id) where not method.withdrawn
    union all
    select 'rule', known.id, known.zh, known.en, '' from lab.rules_known() as known
$$;

-- Gives codes to what has none and makes the next version, when there is any. After every import, at every start.
create or replace function lab.registry_renew() returns integer
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    newest integer;
    content bytea;
begin
    lock table lab.code in share row exclusive mode;
    select coalesce(max(made.version), 0) into newest from lab.code_registry as made;
    insert into lab.code (kind, code, id, zh, en, standard, since)
    select missing.kind, (select coalesce(max(code.code), 0) from lab.code where code.kind = missing.kind)
           + row_number() over (partition by missing.kind order by rule.place, missing.id), missing.id, missing.zh, missing.en,
           missing.standard, newest + 1
    from lab.codes_wanted() as missing left join lab.rules_known() as rule on missing.kind = 'rule' and rule.id = missing.id
    where not exists (select from lab.code as known where known.kind = missing.kind and known.id = missing.id
                      and known.zh = missing.zh and known.en = missing.en and known.standard = missing.standard);
    if not found then
        return newest;
    end if;
    select convert_to(lab.canonical(jsonb_build_object('version', (newest + 1)::text, 'entries', jsonb_agg(
               jsonb_strip_nulls(jsonb_build_object(
                   'kind', one.kind, 'code', one.code::text, 'id', one.id, 'zh', one.zh, 'en', one.en,
                   'standard', nullif(one.standard, ''), 'since', one.since::text)) order by one.kind, one.code))), 'UTF8')
    into content from lab.code as one;
    insert into lab.code_registry (version, bytes, at) values (newest + 1, content, this_moment);
    insert into lab.log_request (kind, digest, requested_at) values (4, sha256(content), this_moment);
    return newest + 1;
end
$$;

create or replace function lab.registry_version() returns integer
language sql stable as $$
    select max(made.version) from lab.code_registry as made
$$;

-- "#12" for what has a code, or the text itself. The code of the words that are in force now: who renames a parameter and then
-- takes the old name back has the old code again, not the one in between. What is withdrawn keeps its newest one.
create or replace function lab.code_of(of_kind text, of_id text) returns text
language plpgsql stable as $$
begin
    return coalesce(
        (select '#' || known.code from lab.codes_wanted() as now join lab.code as known using (kind, id, zh, en, standard)
         where now.kind = of_kind and now.id = of_id),
        (select '#' || max(known.code) from lab.code as known where known.kind = of_kind and known.id = of_id), of_id);
end
$$;

reset role;
