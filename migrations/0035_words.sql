-- SPDX-License-Identifier: Apache-2.0
-- What sheets say: methods that a subcontractor carries out (marked #), where the limit behind "not detected" stands, and what
-- the inputs of the formulas of 0009 are called, with their units. An import of the starting pack brings the same for all others.
set role touchstone_owner;

-- methods.csv, subcontractor: who carries the method out and the number of its certificate, as printed; '' is this laboratory.
alter table lab.method add column subcontractor text not null default '';
update lab.catalogue_row set cells = cells || '{"subcontractor": ""}' where file = 'methods' and not cells ? 'subcontractor';

update lab.statement
set text_zh = '“未检出”（ND）表示低于方法检出限或方法规定的报告限，该限值即结果栏中“<”之后的数值。',
    text_en = '“Not detected” (ND) means below the detection limit, or the reporting limit fixed by the method: the figure behind “<” in the results.'
where statement_id = 'STM14' and text_zh = '“未检出”表示低于方法检出限或方法规定的报告限，其值见备注。';

update lab.statement
set text_zh = '带“#”的项目由分包方检测，分包方名称及证书编号见检测结论。',
    text_en = 'Items marked # were subcontracted; name and certificate number stand with the conclusion.'
where statement_id = 'STM10' and text_zh = '带“#”的项目由分包方检测，分包方名称及证书编号见附页。';

-- In a catalogue that was never changed nor judged by, these are its first words; in any other they are a revision. A row that
-- somebody has signed off keeps its wording.
do $words$
declare
    made bigint;
    one record;
begin
    for one in
        select held.key, held.cells, held.from_revision,
               held.cells || jsonb_build_object('inputs_zh', told.row ->> 'zh', 'inputs_en', told.row ->> 'en') as better
        from lab.catalogue_row as held join jsonb_array_elements($inputs$[
{"key": "XRF_MEAN", "zh": "points 各测点读数（至少3点） [‰]；max_spread 允许极差 [‰]（可缺）", "en": "points readings of the points, at least 3 [‰]; max_spread largest range allowed [‰] (may be missing)"},
{"key": "CUPELLATION", "zh": "sample_mg 样品质量 [mg]；cornet_mg 金卷质量 [mg]；proof_gold_mg 标准金质量 [mg]；proof_purity 标准金纯度；proof_recovered_mg 标准金卷质量 [mg]；max_difference 平行允差 [‰]（可缺）", "en": "sample_mg mass of the sample [mg]; cornet_mg mass of the cornet [mg]; proof_gold_mg mass of the proof gold [mg]; proof_purity purity of the proof gold; proof_recovered_mg mass of the proof cornet [mg]; max_difference largest difference of duplicates [‰] (may be missing)"},
{"key": "TITRATION_AG", "zh": "V_mL 滴定体积 [mL]；V0_mL 空白滴定体积 [mL]（0）；c_mol_L 滴定液浓度 [mol/L]；M 摩尔质量 [g/mol]（107.868）；m_mg 样品质量 [mg]", "en": "V_mL volume of titrant [mL]; V0_mL volume for the blank [mL] (0); c_mol_L concentration of titrant [mol/L]; M molar mass [g/mol] (107.868); m_mg mass of the sample [mg]"},
{"key": "GRAV", "zh": "m_residue_mg 沉淀或残渣质量 [mg]；m_blank_mg 空白质量 [mg]（0）；factor 换算因子（1）；m_sample_mg 样品质量 [mg]", "en": "m_residue_mg mass of the precipitate or residue [mg]; m_blank_mg mass of the blank [mg] (0); factor factor to the analyte (1); m_sample_mg mass of the sample [mg]"},
{"key": "CALCURVE", "zh": "x 标准系列浓度；y 标准系列响应；sample_y 样品响应；V_mL 定容体积 [mL]（1）；m_g 样品质量 [g]（1）；dilution 稀释倍数（1）；blank 空白（以结果单位计）（0）；r_min 相关系数下限（0.995）", "en": "x concentrations of the standards; y responses of the standards; sample_y response of the sample; V_mL final volume [mL] (1); m_g mass of the sample [g] (1); dilution dilution (1); blank blank, in the unit of the result (0); r_min lowest correlation (0.995)"},
{"key": "NIREL", "zh": "Ni_ug 溶出镍 [µg]；area_cm2 面积 [cm²]；weeks 周数", "en": "Ni_ug nickel released [µg]; area_cm2 area [cm²]; weeks weeks"},
{"key": "SG_HYDRO", "zh": "m_air 空气中质量 [g]；m_water 水中质量 [g]；rho_water 水的密度 [g/cm³]", "en": "m_air mass in air [g]; m_water mass in water [g]; rho_water density of water [g/cm³]"}
]$inputs$) as told (row) on held.key = told.row ->> 'key'
        where held.file = 'formulas' and held.to_revision is null and held.from_revision = 0
        and not exists (select from lab.catalogue_sign_off as signed where signed.file = 'formulas' and signed.key = held.key)
    loop
        if made is null and (exists (select from lab.judgement) or exists (select from lab.catalogue_revision)) then
            update lab.catalogue_head set revision = catalogue_head.revision + 1 returning catalogue_head.revision into made;
            insert into lab.catalogue_revision (revision, at, author, what)
            values (made, lab.ts_now(), 'touchstoned migrate', 'formulas.csv: what the inputs are called, with their units');
        end if;
        if made is null then
            update lab.catalogue_row set cells = one.better where file = 'formulas' and key = one.key and to_revision is null;
        else
            update lab.catalogue_row set to_revision = made where file = 'formulas' and key = one.key and to_revision is null;
            insert into lab.catalogue_row (file, key, cells, from_revision) values ('formulas', one.key, one.better, made);
        end if;
    end loop;
end
$words$;

update lab.schema_version set version = greatest(version, 35);
reset role;
