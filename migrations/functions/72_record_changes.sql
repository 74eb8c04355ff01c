-- SPDX-License-Identifier: Apache-2.0
-- What an amended sheet says of its changes (ISO/IEC 17025 7.8.8.1): every printed word of the item and every result that is
-- not as it was. Of a person only that the name was changed, since the page may be shown to others.
set role touchstone_owner;

-- Of the item in the order of the page.
create or replace function lab.change_labels() returns table (place integer, key text, zh text, en text)
language sql immutable as $$
    values (1, 'name', '样品名称', 'sample name'), (2, 'model', '型号规格', 'model'), (3, 'grade', '标称等级', 'grade'),
           (4, 'producer', '标称生产单位', 'producer'), (5, 'batch', '批号', 'batch'), (6, 'produced_on', '生产日期', 'produced on'),
           (7, 'pieces', '数量', 'pieces'), (8, 'mass_g', '收样质量（g）', 'mass (g)'), (9, 'hallmark', '印记', 'mark on it'),
           (10, 'stones', '镶嵌物', 'stones'), (11, 'seal_no', '封签编号', 'seal no.'), (12, 'claim', '委托方声称', 'claim'),
           (13, 'condition', '样品状态', 'condition')
$$;

-- "金含量 GB/T 18043-2013" and its figure with unit and verdict.
create or replace function lab.change_results(record jsonb) returns table (place bigint, zh text, en text, told_zh text, told_en text)
language sql immutable as $$
    select found.place, concat_ws(' ', one ->> 'parameter_zh', one ->> 'method_standard'),
           concat_ws(' ', lab.in_sentence(one ->> 'parameter_en'), one ->> 'method_standard'),
           concat_ws(' ', one ->> 'mean', nullif(one ->> 'unit', '')) || '，' || (one ->> 'verdict_zh'),
           concat_ws(' ', coalesce(one ->> 'mean_en', one ->> 'mean'), coalesce(one ->> 'unit_en', nullif(one ->> 'unit', '')))
           || ', ' || lower(one ->> 'verdict_en')
    from jsonb_array_elements(record -> 'results') with ordinality as found (one, place)
$$;

create or replace function lab.record_changes(before jsonb, made jsonb) returns jsonb
language sql stable as $$
    with changed (part, place, zh, en) as (
        select 1, 0::bigint, '委托方名称', 'name of the client' where before #>> '{client,name}' <> made #>> '{client,name}'
        union all
        select 2, label.place, format('%s %s → %s', label.zh, coalesce(nullif(was.told, ''), '（无）'), coalesce(nullif(now.told, ''), '（无）')),
               format('%s %s → %s', label.en, coalesce(nullif(was.told, ''), '(none)'), coalesce(nullif(now.told, ''), '(none)'))
        from lab.change_labels() as label
        cross join lateral (select before -> 'item' ->> label.key as told) as was
        cross join lateral (select made -> 'item' ->> label.key as told) as now
        where coalesce(was.told, '') <> coalesce(now.told, '')
        union all
        select 3, coalesce(now.place, 1000 + was.place),
               format('%s：%s → %s', zh, coalesce(was.told_zh, '（无）'), coalesce(now.told_zh, '（无）')),
               format('%s: %s → %s', coalesce(now.en, was.en), coalesce(was.told_en, '(none)'), coalesce(now.told_en, '(none)'))
        from lab.change_results(before) as was full join lab.change_results(made) as now using (zh)
        where was.told_zh is distinct from now.told_zh)
    select case when count(*) = 0 then '{}' else jsonb_build_object(
        'changes_zh', lab.shortened(string_agg(zh, '；' order by part, place), 600),
        'changes_en', lab.shortened(string_agg(en, '; ' order by part, place), 600)) end
    from changed
$$;

reset role;
