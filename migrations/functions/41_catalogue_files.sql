-- SPDX-License-Identifier: Apache-2.0
-- The files of a pack and their columns: the one place that says what a cell may hold. The import checks by it, the
-- export writes by it, and the views of what holds now are made from it.
set role touchstone_owner;

drop view if exists lab.domain, lab.scale, lab.micro_plan, lab.gem_property, lab.intake_field, lab.report_field,
    lab.formula, lab.formula_unit, lab.scope, lab.authorised_signatory, lab.package, lab.source, lab.term,
    lab.control_rule, lab.rejection_reason;

-- relation: the table of what holds now, or the view that is made of the rows. core: a pack that carries all of these
-- is a whole catalogue.
create or replace function lab.catalogue_files()
    returns table (file text, relation text, is_table boolean, keys text[], core boolean)
language sql immutable as $$
    values ('sources', 'source', false, '{source_id}'::text[], false),
           ('domains', 'domain', false, '{domain_id}', true),
           ('units', 'unit', true, '{unit_ucum}', true),
           ('scales', 'scale', false, '{scale_id}', false),
           ('standards', 'standard', true, '{standard_id}', true),
           ('products', 'product', true, '{product_id}', true),
           ('parameters', 'parameter', true, '{param_id}', true),
           ('formulas', 'formula', false, '{calc_key}', false),
           ('formula_units', 'formula_unit', false, '{unit_ucum}', false),
           ('methods', 'method', true, '{method_id}', true),
           ('param_methods', 'param_method', true, '{param_id,method_id}', true),
           ('limits', 'requirement', true, '{limit_id}', true),
           ('micro_plans', 'micro_plan', false, '{plan_id}', false),
           ('gem_properties', 'gem_property', false, '{name_en}', false),
           ('terms', 'term', false, '{term_id}', false),
           ('intake_fields', 'intake_field', false, '{domain_id,field_key}', false),
           ('report_fields', 'report_field', false, '{field_key}', false),
           ('report_statements', 'statement', true, '{statement_id}', false),
           ('scope', 'scope', false, '{site,product_id,param_id,method_id,effective_from}', false),
           ('signatories', 'authorised_signatory', false, '{username,domain_id}', false),
           ('packages', 'package', false, '{package_id}', false),
           ('control_rules', 'control_rule', false, '{set,name}', false),
           ('rejection_reasons', 'rejection_reason', false, '{reason_id}', false)
$$;

-- Each column in words: its name, its kind (text, lines, id, decimal, positive, whole, count, date, year, range, cas, list,
-- source, conf, mandatory, or enum with its words, ~ for a space), and marks. must: the cell may not be empty. ?preset:
-- the column may be left out; then a row keeps what it has, a new row has the preset. >file: it is a key of that file
-- ('domains+ALL': or the word ALL). =name: what it is called in the table.
create or replace function lab.catalogue_columns()
    returns table (file text, place integer, name text, kind text, must boolean, refers text, optional boolean,
                   preset text, stored text)
language sql immutable as $$
    with told (file, columns) as (values
        ('sources', 'source_id id must|locator text must|title text must|supports text|kind text'),
        ('domains', 'domain_id id must|name_zh text must|name_en text must|kind enum:main,extra must|seed_basis text|'
                    'default_return text must|confidence conf must|source source'),
        ('units', 'unit_ucum id must|display text must|dimension text must|base_unit text|factor_to_base positive|'
                  'note text'),
        ('scales', 'scale_id id must|ordered_codes_low_to_high text must|note text|confidence conf must|source source'),
        ('standards', 'standard_id id must|number text must|year year must|title_zh text|title_en text must|'
                      'type enum:limit,method,guide,verification must|mandatory mandatory must|effective_from date|'
                      'effective_to date|replaced_by text|domain_id id must >domains+ALL|confidence conf must|'
                      'source source|note text'),
        ('products', 'product_id id must|domain_id id must >domains =laboratory|parent_id id >products|name_zh text must|'
                     'name_en text must|class_code text|min_sample positive must|min_sample_unit text must|'
                     'destructive enum:none,none~or~micro,micro,full,n/a must|retain_days_typical whole|'
                     'attributes_to_record list|hazards text|confidence conf must|source source|'
                     'date_basis enum:receipt,sampling,production ?receipt'),
        ('parameters', 'param_id id must =parameter_id|domain_id id must >domains =laboratory|name_zh text must|'
                       'name_en text must|cas cas|value_type enum:numeric,grade,categorical,presence,count,multi,text must|'
                       'unit_ucum id >units|round_rule enum:decimals,sigfig,interval,method|round_value text|'
                       'lod_typical positive|loq_typical positive|lod_unit id >units|nd_text_zh text|expressed_as text|'
                       'confidence conf must|source source'),
        ('formulas', 'calc_key text must|expression lines must|unit text|report lines|name_zh text must|name_en text must|'
                     'inputs_zh text|inputs_en text|source source|confidence conf must|replicates text ?'),
        ('formula_units', 'unit_ucum id must|display text must|dimension text must|factor_to_base positive must|'
                          'offset decimal must'),
        ('methods', 'method_id id must|standard_id id must >standards|domain_id id must >domains =laboratory|'
                    'name_zh text must|name_en text must|technique text|principle text|'
                    'destructive enum:none,micro,full,n/a must|tat_days_typical whole must|sample_amount positive|'
                    'sample_unit text|min_replicates count must|agreement_rule text|calc_key text|'
                    'role enum:screening,routine,reference,arbitration must|confidence conf must|source source|'
                    'reading enum:single,blind ?single|subcontractor text ?'),
        ('param_methods', 'param_id id must >parameters =parameter_id|method_id id must >methods|preference count must'),
        ('limits', 'limit_id id must|standard_id id must >standards|clause text|product_id id must >products|'
                   'param_id id must >parameters =parameter_id|'
                   'operator enum:le,lt,ge,gt,between,abs_le,grade_ge,eq,not_permitted,not_detected must|limit_low text|'
                   'limit_high text|unit_ucum id >units|condition text|comparison enum:full,default-full,rounded must|'
                   'confidence conf must|source source|note text'),
        ('micro_plans', 'plan_id id must|standard_id id must >standards|product_id id must >products|'
                        'param_id id must >parameters|n count must|c whole must|m positive must|M positive|'
                        'unit_ucum id must >units|portion text|class enum:2,3 must|confidence conf must|source source|'
                        'note text'),
        ('gem_properties', 'name_zh text must|name_en text must|ri_low positive|ri_high positive|birefringence range|'
                           'sg_low positive|sg_high positive|mohs range|optic text|confidence conf must|source source'),
        ('terms', 'term_id id must|param_id id must >parameters|name_zh text must|name_en text must|synonyms list|'
                  'confidence conf must|source source'),
        ('intake_fields', 'domain_id id must >domains+ALL|field_key id must|label_zh text must|label_en text must|'
                          'type text must|required text must|accept_rule text|confidence conf must|source source'),
        ('report_fields', 'field_key id must|label_zh text must|label_en text must|required text must|note text|'
                          'confidence conf must|source source'),
        ('report_statements', 'statement_id id must|domain_id id must >domains+ALL|text_zh text must|text_en text must|'
                              'when text must =when_text|confidence conf must|source source|applies text ?by_hand'),
        ('scope', 'site text must|product_id id must >products|param_id id must >parameters|method_id id must >methods|'
                  'standard_id id must >standards|cma enum:Y,N must|cnas enum:Y,N must|effective_from date must|'
                  'effective_to date|note text'),
        ('signatories', 'username text must|domain_id id must >domains|cma enum:Y,N must|cnas enum:Y,N must|'
                        'effective_from date must|effective_to date|note text'),
        ('packages', 'package_id id must|domain_id id must >domains|product_id id must >products|name_zh text must|'
                     'name_en text must|tests list must|confidence conf must|source source|note text'),
        ('control_rules', 'set id must|name id must|place count must|kind enum:beyond,within,trend,alternating must|'
                          'count count must|of text|sigma positive|side enum:any,same,both|scope enum:series,run|'
                          'effect enum:warning,reject must|confidence conf must|source source|note text'),
        ('rejection_reasons', 'reason_id id must|domain_id id must >domains+ALL|name_zh text must|name_en text must|'
                              'confidence conf must|source source'))
    select told.file, one.place::integer, words.list[1], replace(words.list[2], '~', ' '),
           'must' = any (words.list), coalesce(substring(one.text from ' >([a-zA-Z_+]+)'), ''), one.text ~ ' [?]',
           coalesce(substring(one.text from ' [?]([a-z_]+)'), ''),
           coalesce(substring(one.text from ' =([a-z_]+)'), words.list[1])
    from told cross join lateral string_to_table(told.columns, '|') with ordinality as one (text, place)
    cross join lateral (select string_to_array(one.text, ' ') as list) as words
$$;

-- A row's cells with every column of its file: what is missing is the preset.
create or replace function lab.catalogue_blank(of_file text) returns jsonb
language sql stable as $$
    select coalesce(jsonb_object_agg(known.name, known.preset), '{}')
    from lab.catalogue_columns() as known where known.file = of_file
$$;

-- The rows of a file as they were in a revision.
create or replace function lab.catalogue_at(of_file text, of_revision bigint) returns table (key text, cells jsonb)
language sql stable as $$
    select held.key, held.cells from lab.catalogue_row as held
    where held.file = of_file and held.from_revision <= of_revision
    and (held.to_revision is null or held.to_revision > of_revision)
$$;

create or replace function lab.catalogue_row_at(of_file text, of_key text, of_revision bigint) returns jsonb
language sql stable as $$
    select held.cells from lab.catalogue_row as held
    where held.file = of_file and held.key = of_key and held.from_revision <= of_revision
    and (held.to_revision is null or held.to_revision > of_revision)
$$;

-- Whether this wording of the row is signed off: the newest record of it holds.
create or replace function lab.catalogue_signed(of_file text, of_key text) returns boolean
language sql stable as $$
    select coalesce((select not signed.withdrawn from lab.catalogue_row as held join lab.catalogue_sign_off as signed
                         using (file, key, from_revision)
                     where held.file = of_file and held.key = of_key and held.to_revision is null
                     order by signed.sign_no desc limit 1), false)
$$;

-- 'limits L014' of a row that is marked "check" and waits for its sign-off, else null.
create or replace function lab.row_unconfirmed(of_file text, of_key text, confidence text) returns text
language sql stable as $$
    select of_file || ' ' || of_key where confidence = 'check' and not lab.catalogue_signed(of_file, of_key)
$$;

-- A requirement or a plan stands in an edition: what waits of both.
create or replace function lab.rows_unconfirmed(of_file text, of_key text, confidence text, of_standard text) returns text
language sql stable as $$
    select nullif(concat_ws('; ', lab.row_unconfirmed(of_file, of_key, confidence), (
        select lab.row_unconfirmed('standards', standard.standard_id, standard.confidence) from lab.standard
        where standard.standard_id = of_standard)), '')
$$;

-- How far to trust it, of both.
create or replace function lab.confidence_of(unconfirmed text, confidence text, of_standard text) returns text
language sql stable as $$
    select case when unconfirmed is not null then 'check'
                when confidence = 'check' or exists (select from lab.standard where standard.standard_id = of_standard
                                                     and standard.confidence = 'check') then 'signed'
                else confidence end
$$;

-- What holds now of the files that have no table of their own.
do $views$
declare
    one record;
begin
    for one in select files.file, files.relation,
                      (select string_agg(format('held.cells ->> %L as %I', known.name, known.name), ', ' order by known.place)
                       from lab.catalogue_columns() as known where known.file = files.file) as columns
               from lab.catalogue_files() as files where not files.is_table loop
        execute format('create view lab.%I as select held.key, held.from_revision, held.cells, %s '
                       'from lab.catalogue_row as held where held.file = %L and held.to_revision is null',
                       one.relation, one.columns, one.file);
    end loop;
end
$views$;

reset role;
