-- SPDX-License-Identifier: Apache-2.0
-- Scope: what scope.csv and signatories.csv decide of a sheet. A test outside the scope is judged like any other and marked *;
-- marks and legal class say what stands inside (RB/T 214-2017 4.5.20; docs/decisions/scope.md).
set role touchstone_owner;

-- Whether a test of an item was inside the scopes on every one of the days: at the site of its laboratory, for its product or
-- a class above it, with this method in this edition.
create or replace function lab.scope_of(taken lab.item, of_test lab.test, days date[], out cma boolean, out cnas boolean)
language plpgsql stable as $$
begin
    with recursive line (product_id, distance) as (
        select taken.claimed_product_id, 0
        union all
        select product.parent_id, line.distance + 1 from line join lab.product using (product_id)
        where product.parent_id is not null and line.distance < 32
    ), inside as (
        select day, scope.cma, scope.cnas from unnest(days) as day
        join lab.scope on lab.date_first(scope.effective_from) <= day and lab.date_end(scope.effective_to) > day
        where scope.param_id = of_test.parameter_id and scope.method_id = of_test.method_id
        and scope.product_id in (select line.product_id from line)
        and scope.standard_id = (select method.standard_id from lab.method where method.method_id = of_test.method_id)
        and case (select laboratory.site from lab.laboratory where laboratory.laboratory = taken.laboratory)
            when '' then (select count(distinct every.site) = 1 from lab.scope as every)
            else scope.site = (select laboratory.site from lab.laboratory where laboratory.laboratory = taken.laboratory) end
    )
    select coalesce(bool_and(exists (select from inside where inside.day = asked.day and inside.cma = 'Y')), false),
           coalesce(bool_and(exists (select from inside where inside.day = asked.day and inside.cnas = 'Y')), false)
    into cma, cnas from unnest(days) as asked (day);
end
$$;

-- "CMA CNAS", "CMA", "CNAS" or "".
create or replace function lab.scope_told(cma boolean, cnas boolean) returns text
language sql immutable as $$
    select concat_ws(' ', case when cma then 'CMA' end, case when cnas then 'CNAS' end)
$$;

-- Nothing made with what is not of production proves anything, nor what was tested for nothing (docs/evidence.md, key 18).
create or replace function lab.legal_class_of(results jsonb, is_production boolean, is_free boolean) returns text
language sql immutable as $$
    select case when not is_production then 'demonstration' when is_free or not told.any_cma and not told.any_cnas then 'none'
                when told.all_cma and told.all_cnas then 'both'
                when told.all_cma and not told.any_cnas then 'cma' when told.all_cnas and not told.any_cma then 'cnas'
                else 'mixed' end
    from (select bool_and(one ->> 'scope' like 'CMA%') as all_cma, bool_or(one ->> 'scope' like 'CMA%') as any_cma,
                 bool_and(one ->> 'scope' like '%CNAS') as all_cnas, bool_or(one ->> 'scope' like '%CNAS') as any_cnas
          from jsonb_array_elements(results) as one) as told
$$;

-- The marks of a sheet with their certificates and, where the laboratory brought one, the picture of each. What would bear one and has no number is not released.
create or replace function lab.record_marks(results jsonb, legal_class text) returns jsonb
language plpgsql volatile as $$
declare
    house lab.institute;
    made jsonb := '[]';
    one record;
begin
    select * into house from lab.institute;
    if legal_class in ('none', 'demonstration') then
        return made;
    end if;
    for one in select * from (values ('cma', 'CMA', house.cma_no), ('cnas', 'CNAS', house.cnas_no)) as told (kind, word, number)
               where exists (select from jsonb_array_elements(results) as result where result ->> 'scope' ~ told.word) loop
        if one.number = '' then
            perform lab.refuse(9, 'REPORT_FIELD_MISSING', format(
                'The number of the %s certificate is not configured, and results are within its scope: set lab.institute.%s_no.',
                one.word, one.kind), one.kind);
        end if;
        made := made || jsonb_strip_nulls(jsonb_build_object(
            'kind', one.kind, 'number', one.number, 'picture_sha256',
            (select encode(drawn.sha256, 'hex') from lab.institute_mark as drawn where drawn.kind = one.kind
             order by drawn.at desc, drawn.sha256 limit 1)));
    end loop;
    return made;
end
$$;

-- The picture of the seal, only where the sheet is one of production and the institute has a scope.
create or replace function lab.record_seal(is_production boolean) returns text
language sql stable as $$
    select encode(seal.sha256, 'hex') from lab.institute_seal as seal
    where is_production and exists (select from lab.scope) order by seal.at desc, seal.sha256 limit 1
$$;

-- The picture that a record names.
create or replace function lab.seal_picture(record jsonb) returns bytea
language sql stable as $$
    select seal.picture from lab.institute_seal as seal
    where record ->> 'seal_sha256' <> '' and seal.sha256 = decode(record ->> 'seal_sha256', 'hex')
$$;

-- The picture of a mark that a record names.
create or replace function lab.mark_picture(record jsonb, of_kind text) returns bytea
language sql stable as $$
    select drawn.picture from jsonb_array_elements(record -> 'marks') as mark
    join lab.institute_mark as drawn on drawn.kind = of_kind and drawn.sha256 = decode(mark ->> 'picture_sha256', 'hex')
    where mark ->> 'kind' = of_kind
$$;

-- Who may release: authorised by the institute (lab.signatory) and, where signatories.csv names anybody for the domain, named
-- there on this day, for the marks that the sheet bears.
create or replace function lab.check_signatory(of_staff uuid, domain text, record jsonb, day date) returns void
language plpgsql volatile as $$
declare
    named lab.authorised_signatory;
    marks text := coalesce((select string_agg(one ->> 'kind', ' ') from jsonb_array_elements(record -> 'marks') as one), '');
begin
    if not exists (select from lab.authorised_signatory as row where row.domain_id = domain) then
        if marks <> '' then
            perform lab.refuse(7, 'NOT_SIGNATORY', 'signatories.csv names nobody for this domain: a sheet with marks is released '
                               'by a named signatory only.');
        end if;
        return;
    end if;
    select row.* into named from lab.authorised_signatory as row join lab.staff on staff.username = row.username
    where row.domain_id = domain and staff.staff_id = of_staff
    and lab.date_first(row.effective_from) <= day and lab.date_end(row.effective_to) > day limit 1;
    if named.username is null then
        perform lab.refuse(7, 'NOT_SIGNATORY', 'signatories.csv does not name you for this domain today.');
    elsif marks like '%cma%' and named.cma <> 'Y' or marks like '%cnas%' and named.cnas <> 'Y' then
        perform lab.refuse(7, 'NOT_SIGNATORY', 'signatories.csv does not name you for the marks of this sheet.');
    end if;
end
$$;

reset role;
