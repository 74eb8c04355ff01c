-- SPDX-License-Identifier: Apache-2.0
-- Results calculated by the formulas of the catalogue and judged under the rule agreed at intake: what was entered for a
-- formula, the rule of each test, the verdicts of the other rules, and how a judgement came about.
set role touchstone_owner;

do $once$
begin
    if (select found.version from lab.schema_version as found) <> 8 then
        raise exception 'this migration is for version 8';
    end if;
end
$once$;

-- Named inputs of the method's formula as they were entered; '' where there are only readings.
alter table lab.result_entry add column inputs text not null default '';

-- As agreed at contract review (ISO/IEC 17025 7.1.3); '' is simple acceptance.
alter table lab.test add column decision_rule text not null default ''
    check (decision_rule in ('', 'simple', 'guard_accept_U', 'guard_1p64u', 'guard_reject_U', 'nonbinary_U', 'prob',
                             'prob95'));

alter table lab.judgement drop constraint judgement_verdict_check;
alter table lab.judgement add check (verdict in ('pass', 'fail', 'to_be_confirmed', 'not_judged', 'conditional_pass',
                                                 'conditional_fail', 'inconclusive'));
-- Raw, calculated, rounded, compared: the message Trace. Null for judgements of before.
alter table lab.judgement add column trace jsonb;

-- The formulas of the methods that 0003 brought, as formulas.csv has them; an import brings all others.
insert into lab.catalogue_row (file, key, cells, from_revision)
select 'formulas', found.cells ->> 'calc_key', found.cells, 0
from jsonb_array_elements($formulas$[
{"calc_key": "XRF_MEAN", "expression": "let spread = range(points);\nlet agreeing = check(spread <= default(max_spread, spread), points, 'points: they lie further apart than max_spread; plating, solder or a stone, so no mean is made.');\ncheck(count(points) >= 3, mean(agreeing), 'points: fewer than three.')", "unit": "‰", "report": "", "name_zh": "X 射线荧光各点均值", "name_en": "mean of XRF points", "inputs_zh": "points 至少 3 点；max_spread 允许极差（可缺）", "inputs_en": "points, at least 3; max_spread largest range (may be missing)", "source": "GB/T 18043-2013 (screening)", "confidence": "verified"},
{"calc_key": "CUPELLATION", "expression": "let proof_loss = mean(proof_gold_mg * proof_purity - proof_recovered_mg);\nlet singles = (cornet_mg + proof_loss) / sample_mg * 1000;\nlet single_range = range(singles);\nlet agreeing = check(single_range <= default(max_difference, single_range), singles, 'cornet_mg: the duplicates differ by more than max_difference; repeat.');\ncheck(count(sample_mg) >= 2 and count(proof_gold_mg) >= 2, mean(agreeing), 'sample_mg: at least two samples and two proofs are needed.')", "unit": "‰", "report": "", "name_zh": "灰吹法金含量", "name_en": "gold by cupellation", "inputs_zh": "sample_mg 样品质量；cornet_mg 金卷质量；proof_gold_mg 标准金质量；proof_purity 标准金纯度；proof_recovered_mg 标准金卷质量；max_difference 平行允差 ‰（可缺）", "inputs_en": "sample_mg; cornet_mg; proof_gold_mg; proof_purity; proof_recovered_mg; max_difference of duplicates in ‰ (may be missing)", "source": "GB/T 9288-2019 = ISO 11426: W = (m2 + D) / m1 x 1000, D = mean(m3 x purity - m4)", "confidence": "verified"},
{"calc_key": "TITRATION_AG", "expression": "(V_mL - default(V0_mL, 0)) * c_mol_L * default(M, 107.868) / m_mg * 1000", "unit": "‰", "report": "", "name_zh": "溴化钾电位滴定银含量", "name_en": "silver by KBr titration", "inputs_zh": "V_mL 滴定体积；V0_mL 空白（0）；c_mol_L 浓度；M 摩尔质量（107.868）；m_mg 样品质量", "inputs_en": "V_mL titrant; V0_mL blank (0); c_mol_L; M molar mass (107.868); m_mg sample", "source": "GB/T 17832", "confidence": "certain"},
{"calc_key": "GRAV", "expression": "(m_residue_mg - default(m_blank_mg, 0)) * default(factor, 1) / m_sample_mg * 1000", "unit": "‰", "report": "", "name_zh": "重量法", "name_en": "gravimetry", "inputs_zh": "m_residue_mg 沉淀或残渣质量；m_blank_mg 空白（0）；factor 换算因子（1）；m_sample_mg 样品质量", "inputs_en": "m_residue_mg; m_blank_mg (0); factor to the analyte (1); m_sample_mg", "source": "GB/T 19720 form", "confidence": "check"},
{"calc_key": "CALCURVE", "expression": "let line_a = intercept(x, y);\nlet line_b = slope(x, y);\nlet line_r = abs(correlation(x, y));\nlet sure = check(line_r >= default(r_min, 0.995), line_b, 'x, y: the correlation of the calibration is below r_min.');\nlet concentration = (sample_y - line_a) / sure;\nlet inside = check(concentration <= max(x), concentration, 'sample_y: above the calibration; dilute the sample.');\ninside * default(V_mL, 1) * default(dilution, 1) / default(m_g, 1) - default(blank, 0)", "unit": "ug/g", "report": "", "name_zh": "标准曲线法", "name_en": "calibration line", "inputs_zh": "x 标准浓度；y 响应；sample_y 样品响应；V_mL 定容；m_g 取样量；dilution 稀释倍数（1）；blank 空白（0，结果单位）；r_min（0.995）", "inputs_en": "x standards; y response; sample_y; V_mL final volume; m_g sample; dilution (1); blank (0, in the result's unit); r_min (0.995)", "source": "ordinary least squares y = a + b x", "confidence": "certain"},
{"calc_key": "NIREL", "expression": "Ni_ug / (area_cm2 * weeks)", "unit": "ug/cm2/wk", "report": "", "name_zh": "镍释放量", "name_en": "nickel release", "inputs_zh": "Ni_ug 溶出镍；area_cm2 面积；weeks 周数", "inputs_en": "Ni_ug released; area_cm2; weeks", "source": "GB/T 19719", "confidence": "certain"},
{"calc_key": "SG_HYDRO", "expression": "m_air / (m_air - m_water) * rho_water", "unit": "g/cm3", "report": "", "name_zh": "静水力学法密度", "name_en": "hydrostatic density", "inputs_zh": "m_air 空气中质量；m_water 水中质量；rho_water 水密度", "inputs_en": "m_air; m_water; rho_water density of water", "source": "GB/T 16553", "confidence": "certain"}
]$formulas$) as found (cells)
where not exists (select from lab.catalogue_row as held where held.file = 'formulas');

update lab.schema_version set version = 9;
reset role;
