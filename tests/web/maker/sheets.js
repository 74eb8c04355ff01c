// SPDX-License-Identifier: Apache-2.0
// The sheets of the tests: records with their member `statement`, a registry of codes, and the payload that a record and a
// place in the log make (docs/evidence.md, Statement), written from that page.
import { cbor, sha256 } from "./bytes.js";

export const REGISTRY = { version: "3", entries: [
  ["analyte", "1", "AU", "金含量", "Gold content"], ["analyte", "2", "HCHO", "甲醛", "Formaldehyde"], ["analyte", "3", "C6H6", "苯", "Benzene"],
  ["analyte", "4", "TVOC", "总挥发性有机物", "Total volatile organic compounds"], ["analyte", "5", "APC", "菌落总数", "Aerobic plate count"],
  ["analyte", "6", "SPECIES", "毛皮材质", "Fur species"], ["analyte", "7", "CD", "镉", "Cadmium"], ["analyte", "8", "PH", "pH 值", "pH"],
  ["analyte", "9", "ERR", "示值误差", "Error of indication"], ["analyte", "10", "GRADE", "色牢度", "Colour fastness"],
  ["analyte", "11", "SUDAN", "苏丹红 I", "Sudan I"], ["analyte", "12", "DEHP", "邻苯二甲酸二(2-乙基己)酯", "Bis(2-ethylhexyl) phthalate"],
  ["analyte", "13", "NH3", "氨", "Ammonia"], ["analyte", "14", "MASS", "质量", "Mass"], ["analyte", "15", "RN", "氡", "Radon"],
  ["unit", "1", "[ppth]", "‰", "‰"], ["unit", "2", "mg/m3", "mg/m³", "mg/m³"], ["unit", "3", "{CFU}/g", "CFU/g", "CFU/g"],
  ["unit", "4", "1", "1", "1"], ["unit", "5", "mg/kg", "mg/kg", "mg/kg"], ["unit", "6", "g", "g", "g"], ["unit", "7", "Bq/m3", "Bq/m³", "Bq/m³"],
  ["method", "1", "M_XRF", "X射线荧光光谱法", "X-ray fluorescence", "GB/T 18043-2013"],
  ["method", "2", "M_AHMT", "酚试剂分光光度法", "Phenol reagent spectrophotometry", "GB/T 18204.2-2014"],
  ["method", "3", "M_GC", "气相色谱法", "Gas chromatography", "GB/T 18883-2022"], ["method", "4", "M_APC", "平板计数", "Plate count", "GB 4789.2-2022"],
  ["method", "5", "M_MIC", "显微镜法", "Microscopy", "GB/T 16988-2013"], ["method", "6", "M_ICP", "电感耦合等离子体质谱法", "ICP-MS", "GB 5009.268-2016"],
  ["rule", "1", "simple", "简单接受（w = 0）", "simple acceptance (w = 0)"], ["rule", "2", "guard", "接受限 = 限值 − U", "acceptance limit = limit - U"],
].map(([kind, code, id, zh, en, standard]) => ({ kind, code, id, zh, en, ...(standard ? { standard } : {}), since: "1" })) };

const result = (analyte, value, unit, limop, limit, method, verdict, more = {}) =>
  ({ analyte, qual: "0", value, unit, u: null, limop, limit, method, verdict, rule: null, scope: "1", ...more });

const gold = result("#1", "753.5", "#1", "2", "750", "#1", "1", { u: "2.0" });
const AIR = [["#2", "0.060", "0.08", "#2"], ["#3", "0.03", "0.03", "#3"], ["#4", "0.412", "0.60", "#3"], ["#13", "0.105", "0.20", "#2"]];

export const EVERY_KIND = [
  gold,
  result("#5", ["120", "95", "310", "88", "42"], "#3", "11", ["5", "2", "100", "1000"], "#4", "1", { qual: "5" }),
  result("#6", "水貂 Mink", "#4", "8", "水貂 Mink", "#5", "1", { qual: "4" }),
  result("#7", "0.005", "#5", "1", "0.2", "#6", "1", { qual: "3" }),
  result("#8", "7.02", "#4", "3", ["4.0", "7.5"], "#3", "3", { u: "0.45", rule: "#2" }),
  result("#9", "-0.003", "#6", "6", "0.005", "#3", "1"),
  result("#10", "4-5", "#4", "7", "4", "#3", "1", { qual: "4" }),
  result("#11", "0.01", "#5", "10", null, "#3", "1", { qual: "3" }),
  result("#12", "15.5(-)", "#5", "4", "15.5", "#3", "2"),
  result("#14", "1000", "#6", "12", ["995", "1", "1005", "0"], "#3", "5", { qual: "2" }),
  result("#15", "38", "#7", "0", null, "#3", "0", { qual: "1", scope: "0" }),
  result("未登记的项目 unregistered", "12345678901234567890123", "", "5", "0.5", "自建方法 own method", "6"),
];

const manyFailing = Array.from({ length: 60 }, (_, i) => result(AIR[i % 4][0], i % 6 ? "0.02" : "0.9", "#2", "1", AIR[i % 4][2], AIR[i % 4][3], i % 6 ? "1" : "2"));

// What differs from sheet to sheet.
export const SHEETS = {
  current: { no: "JEW-2026-000123", results: [gold], sample_id: ["3", "3520"], sample: "戒指（足金标称）ring" },
  every: { no: "FOOD-2026-000007", domain: "3", overall: "2", results: EVERY_KIND, legal_class: "4", sample: "腌制蘑菇 pickled mushrooms" },
  air: { no: "AIR-2026-000042", domain: "4", legal_class: "5", sample: "某小区 3 栋 201 客厅 living room", results: AIR.map(([a, v, l, m]) => result(a, v, "#2", "1", l, m, "1", { scope: "0" })), sample_id: ["4", "9f86d081884c7d65"] },
  specimen: { no: "JEW-2026-000001", results: [gold], legal_class: "6", key: "demo", sample_id: ["1", "S-004711"] },
  superseded: { no: "FUR-2026-000031", domain: "2", results: [result("#6", "水貂 Mink", "#4", "8", "水貂 Mink", "#5", "1", { qual: "4" })], sample: "大衣 coat" },
  amended: { no: "FUR-2026-000031", domain: "2", revision: "1", after: "superseded", results: [result("#6", "貉子 Raccoon dog", "#4", "8", "水貂 Mink", "#5", "2", { qual: "4" })], overall: "2", sample: "大衣 coat" },
  withdrawn: { no: "JEW-2026-000077", results: [gold] },
  unknown: { no: "JEW-2026-000666", results: [gold], key: "stranger" },
  retired: { no: "JEW-2026-000667", results: [gold], key: "old" },
  rightful: { no: "JEW-2026-000002", results: [gold], key: "old" },
  newer: { no: "JEW-2026-000900", results: [{ ...gold, analyte: "#99" }], registry: "4" },
  partial: { no: "AIR-2026-000099", domain: "0", overall: "2", sample: "办公楼 office", results: manyFailing },
  late: { no: "JEW-2026-000450", results: [gold], index: 450 },
  missing: { no: "JEW-2026-000500", results: [gold], unlogged: true },
  beyond: { no: "JEW-2026-000501", results: [gold], beyond: true },
};

export function recordOf(sheet, supersedes) {
  const statement = { issuer: "CN-TS01", issued: "1785542400", dates: ["20663", "20664", "20665"], sample: sheet.sample || "戒指 ring",
    domain: sheet.domain || "1", rule: "#1", overall: sheet.overall || "1", registry: sheet.registry || "3", legal_class: sheet.legal_class || "1",
    results: sheet.results };
  if (sheet.sample_id) statement.sample_id = sheet.sample_id;
  if (supersedes !== undefined) statement.supersedes = String(supersedes);
  return { format: "touchstone/record/1", sheet_no: sheet.no, revision: sheet.revision || "0", specimen: sheet.legal_class === "6",
    institute: { name_zh: "某某市检验检测院", name_en: "Example City Test Institute" }, item: { code: "A1234", name: sheet.sample || "戒指", pieces: "1", mass_g: "3.520" },
    results: sheet.results.map((one, at) => ({ parameter_zh: "项目 " + (at + 1), parameter_en: "Item " + (at + 1), mean: String(one.value), verdict_zh: "见结果", verdict_en: "see results",
      sentence_zh: "按要求判定。", sentence_en: "Judged against the requirement." })),
    conclusion: { verdict: "pass", zh: "所检项目符合要求。", en: "The tested items meet the requirements." }, statement };
}

const code = text => (text.startsWith("#") ? Number(text.slice(1)) : text);

function number(text) {
  if (text === null) return null;
  if (/\([+-]\)$/.test(text)) return text;
  const [whole, part = ""] = text.replace("-", "").split(".");
  const mantissa = BigInt(whole + part);
  if (mantissa > 0xffffffffffffffffn) return text;
  return [text.startsWith("-") ? -mantissa : mantissa, -part.length];
}

function limit(limop, told) {
  if (["0", "9", "10"].includes(limop)) return null;
  if (limop === "3") return told.map(number);
  if (limop === "7" || limop === "8") return told;
  if (limop === "11") return [Number(told[0]), Number(told[1]), number(told[2]), number(told[3])];
  if (limop === "12") return [number(told[0]), told[1] === "1", number(told[2]), told[3] === "1"];
  return number(told);
}

const row = one => [code(one.analyte), Number(one.qual), one.qual === "4" ? one.value : one.qual === "5" ? one.value.map(number) : number(one.value),
  code(one.unit), number(one.u), Number(one.limop), limit(one.limop, one.limit), code(one.method), Number(one.verdict),
  one.rule === null ? null : code(one.rule), Number(one.scope)];

// The payload; failing results only when the envelope, 84 to 87 bytes more, would pass 900 or there are more than 40.
export function payloadOf(record, recordBytes, index, salt) {
  const own = record.statement;
  const map = new Map([[1, own.issuer], [2, record.sheet_no], [3, Number(record.revision)], [4, index], [5, salt], [6, Number(own.issued)], [7, own.dates.map(Number)],
    [8, own.sample], [9, Number(own.domain)], [10, own.results.map(row)], [11, code(own.rule)], [12, Number(own.overall)], [13, sha256(recordBytes)],
    [14, Number(own.registry)], [18, Number(own.legal_class)]]);
  if (own.sample_id) map.set(15, [Number(own.sample_id[0]), own.sample_id[1]]);
  if (own.supersedes !== undefined) map.set(16, Number(own.supersedes));
  const long = bytes => cbor([bytes]).length - 1 + 2 + 14 + 1 + 66 > 900;
  if (map.get(10).length > 40 || long(cbor(map))) {
    map.set(17, true);
    map.set(10, map.get(10).filter(one => one[8] === 2 || one[8] === 4).slice(0, 40));
    while (long(cbor(map))) map.get(10).pop();
  }
  return cbor(map);
}
