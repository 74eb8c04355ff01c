// SPDX-License-Identifier: Apache-2.0
// What the codes of a statement and of the verifier are called, [Chinese, English], in words of people who do not
// work in a laboratory.
import { registryIndex } from "./statement.js";

export const DOMAINS = [["其他", "Other"], ["首饰珠宝", "Jewellery"], ["毛皮皮革", "Fur and leather"], ["食品", "Food"],
  ["室内空气", "Indoor air"], ["纤维纺织品", "Fibres and textiles"], ["计量器具", "Measuring instruments"]];

export const VERDICTS = [
  { tone: "plain", words: ["未要求判定", "No judgement was asked for"] },
  { tone: "good", words: ["符合要求", "Meets the requirement"] },
  { tone: "bad", words: ["不符合要求", "Does not meet the requirement"] },
  { tone: "care", mark: "✓", words: ["有条件符合：结果符合要求，但离限值很近", "Conditional pass: it meets the requirement, but close to the limit"] },
  { tone: "bad", words: ["有条件不符合：结果不符合要求，但离限值很近", "Conditional fail: it does not meet the requirement, but close to the limit"] },
  { tone: "care", mark: "?", words: ["不能判定：结果离限值太近，或需要再作确认", "Inconclusive: too close to the limit, or still to be confirmed"] },
  { tone: "plain", words: ["未作判定", "Not judged"] },
];

export const OVERALL = [null,
  { tone: "good", words: ["所判定的项目全部符合要求", "All judged items meet the requirements"] },
  { tone: "bad", words: ["有项目不符合要求", "At least one item does not meet the requirements"] },
  { tone: "plain", words: ["只报告结果，没有作符合性判定", "Results only: nothing was judged"] },
  { tone: "care", words: ["有项目不能判定或未作判定，请看每一项", "Some items could not be or were not judged: see each item"] },
];

export const LEGAL = [null,
  ["资质认定（CMA）范围内的检测报告，对社会具有证明作用", "Within the laboratory’s CMA qualification: has probative effect towards society"],
  ["认可（CNAS）范围内的检测报告", "Within the laboratory’s CNAS accreditation"],
  ["资质认定（CMA）和认可（CNAS）范围内的检测报告，对社会具有证明作用", "Within the laboratory’s CMA qualification and CNAS accreditation: has probative effect towards society"],
  ["部分项目在资质认定或认可范围内；带 * 的项目不在范围内，仅供参考", "Some items are within the laboratory’s scope; items marked * are not and are for reference only"],
  ["不具有对社会的证明作用，仅供委托方参考", "No probative effect towards society; for the client’s reference only"],
  ["样张，无效：用演示密钥签发，不能证明任何事情", "Specimen, not valid: made with a demonstration key, it proves nothing"],
];

export const SAMPLE_ID = [null, ["封签号", "Seal number"], ["腰棱刻字", "Girdle inscription"], ["质量", "Mass"],
  ["照片指纹（与报告所附照片对应）", "Fingerprint of the photo on the sheet"]];

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// [753, -1] -> 75.3, with the digits that were reported
export function numberText(number) {
  if (typeof number === "string") return number.replace(/^-/, "−");
  const [mantissa, exponent] = [BigInt(number[0]), number[1]];
  const digits = String(mantissa < 0n ? -mantissa : mantissa).padStart(1 - Math.min(exponent, 0), "0");
  const sign = mantissa < 0n ? "−" : "";
  if (exponent > 0) return sign + digits + " × 10" + Array.from(String(exponent), digit => SUPERSCRIPT[digit]).join("");
  const at = digits.length + exponent;
  return sign + digits.slice(0, at) + (exponent ? "." + digits.slice(at) : "");
}

// The registry's name of a code; a text is its own name.
export function namer(registry) {
  const known = registryIndex(registry);
  return (kind, code) => {
    if (typeof code === "string") return [code, code];
    const entry = known.get(kind + "#" + code);
    if (kind === "unit" && entry && entry.id === "1") return ["", ""]; // a plain number
    return entry ? [entry.zh || entry.id, entry.en || entry.id] : ["#" + code, "#" + code];
  };
}

export function methodStandard(registry, code) {
  const entry = typeof code === "number" && registryIndex(registry).get("method#" + code);
  return (entry && entry.standard) || "";
}

const join = (number, unit) => numberText(number) + (unit ? "\u00a0" + unit : ""); // never parted from its unit

// Words of the catalogue that stand in limits and results.
const TOLD = { none: ["无", "none"], "declared species": ["标称的种类", "the declared species"] };
const told = text => TOLD[text] || [text, text];

// A number with words before it and its unit behind, in both languages.
const MOST = ["不大于 ", "at most "], LEAST = ["不小于 ", "at least "], BELOW = ["小于 ", "below "], ABOVE = ["大于 ", "above "];
const bound = ([zh, en], number, units) => [zh + join(number, units[0]), en + join(number, units[1])];

// `sign` stands before a plain number, as ± does.
export function valueWords(qual, value, units, sign = "") {
  switch (qual) {
    case 1: return bound(["< ", "< "], value, units);
    case 2: return bound(["> ", "> "], value, units);
    case 3: return [`未检出（检出限 ${join(value, units[0])}）`, `Not detected (detection limit ${join(value, units[1])})`];
    case 4: return told(value);
    case 5: return [value.map(numberText).join("、") + "\u00a0" + units[0], value.map(numberText).join(", ") + "\u00a0" + units[1]].map(text => text.trim());
    default: return bound([sign, sign], value, units);
  }
}

function openRange([low, lowClosed, high, highClosed], units) {
  const ends = [low !== null && bound(lowClosed ? LEAST : ABOVE, low, units), high !== null && bound(highClosed ? MOST : BELOW, high, units)].filter(Boolean);
  return [ends.map(end => end[0]).join("，"), ends.map(end => end[1]).join(", ")];
}

function plan([n, c, m, most], [zh, en]) {
  const last = most === null ? ["", ""] : ["，任何一个都不得大于 " + join(most, zh), ", none above " + join(most, en)];
  return [`抽检 ${n} 个，大于 ${join(m, zh)} 的不得多于 ${c} 个` + last[0], `of ${n} units, at most ${c} above ${join(m, en)}` + last[1]];
}

// What was required, or null when nothing was.
export function limitWords(limop, limit, units) {
  switch (limop) {
    case 1: return bound(MOST, limit, units);
    case 2: return bound(LEAST, limit, units);
    case 3: return bound([numberText(limit[0]) + " 至 ", numberText(limit[0]) + " to "], limit[1], units);
    case 4: return bound(BELOW, limit, units);
    case 5: return bound(ABOVE, limit, units);
    case 6: return bound(["±", "within ±"], limit, units);
    case 7: return ["不低于 " + limit, limit + " or better"];
    case 8: return ["应为 " + told(limit)[0], "must be " + told(limit)[1]];
    case 9: return ["不得使用", "not permitted"];
    case 10: return ["不得检出", "must not be detected"];
    case 11: return plan(limit, units);
    case 12: return openRange(limit, units);
    default: return null;
  }
}

// Whole milligrams are signed: what the scale showed behind the last figure, 3.52 or 3.520, is not known here, so no zero is
// added to the sheet's. The file says it as the sheet prints it.
export function sampleIdWords([kind, text], record) {
  if (kind !== 3 || !/^[0-9]{1,12}$/.test(text)) return text;
  const exact = record && record.item && record.item.mass_g;
  return (exact || String(Number(text) / 1000)) + " g";
}

export const day = days => new Date(days * 86400000).toISOString().slice(0, 10);

// Why nothing is shown: [title], [what it means], [what to do].
const RESCAN = ["请重新扫描纸上的二维码，或换一部手机再试。", "Scan the code on the paper again, or try another phone."];
const DISTRUST = ["不要相信这份报告，请直接向出具机构核对。", "Do not trust this sheet: ask the institute itself."];
const RELOAD = ["请联网后刷新本页再试；仍然不行，就不要相信这份报告，请向出具机构核对。", "Reload this page when online and try again; if it stays so, do not trust the sheet and ask the institute."];
const BROKEN = [["不是有效的报告数据", "Not the data of a sheet"], ["数据已损坏或被改动。", "The data is damaged or was changed."], RESCAN];
const SEALED = ["文件封签后被改过", "The file was changed after it was sealed"];
const ATTACHED = ["附件数据和签名不符", "The attached data is not what was signed"];
export const REFUSALS = {
  E_DIGITS: [["二维码没有读完整", "The code was not read completely"], ["链接中的数字不完整或不是报告的数字。", "The digits in the link are incomplete or not those of a sheet."], RESCAN],
  E_CBOR: BROKEN,
  E_COSE: BROKEN,
  E_ALG: [["签名方式不对", "Signed in a way that is not ours"], ["出具机构不用这种签名。", "The institute does not sign in this way."], DISTRUST],
  E_KEY_UNKNOWN: [["签发者不明", "Unknown signer"], ["签名的密钥不在本页的名单里：可能是伪造，也可能本页太旧。", "The key that signed is not on this page’s list: a forgery, or this page is old."], RELOAD],
  E_SIG: [["签名不成立：是伪造的，或内容被改过", "The signature does not hold: forged or changed"], ["内容不是出具机构签过的内容，所以这里什么都不显示。", "This is not what the institute signed, so nothing of it is shown."], DISTRUST],
  E_SCHEMA: [["签名成立，但内容不合规定", "Signed, but not as a sheet must be"], ["本页不能可靠地显示它。", "This page cannot show it reliably."], RELOAD],
  E_KEY_RETIRED: [["用已停用的密钥签发", "Signed with a retired key"], ["这把密钥停用以后签的报告一律无效。", "What was signed after the key was retired is not valid."], DISTRUST],
  E_REGISTRY: [["本页比报告旧", "This page is older than the sheet"], ["报告里用了本页还不认识的代码。", "The sheet uses codes that this page does not know yet."],
    ["请联网后刷新本页再试；仍然不行，请向出具机构核对。", "Reload this page when online and try again; if it stays so, ask the institute."]],
  E_FILE: [["这不是一份完整的报告文件", "Not a complete sheet"], ["文件不是封签的报告，或封签之后又加了内容。", "The file is not a sealed sheet, or something was added behind the seal."],
    ["说明卡和分享副本没有封签：请扫它们上面的大二维码。其他文件不要相信，请向出具机构核对。", "The card and the copy to share are not sealed: scan the large code on them. Trust no other file; ask the institute."]],
  E_SEAL_RANGE: [SEALED, ["封签没有盖住整个文件。", "The seal does not cover the whole file."], DISTRUST],
  E_SEAL_CONTENT: [SEALED, ["至少有一个字节和封签时不同。", "At least one byte is not as it was sealed."], DISTRUST],
  E_SEAL: [["不是出具机构的封签", "Not the institute’s seal"], ["封签的密钥不在本页的名单里，或签名不成立。", "The seal’s key is not on this page’s list, or its signature does not hold."], DISTRUST],
  E_RECORD: [ATTACHED, ["文件里的 results.json 不是签过名的那一份。", "results.json in the file is not the one that was signed."], DISTRUST],
  E_FIELDS: [ATTACHED, ["results.json 里的内容和签过名的内容不一样。", "results.json says something else than what was signed."], DISTRUST],
  E_PROOF: [["日志证明不成立", "The proof of the log does not hold"], ["文件里的 sheet.tlog-proof 不是这份报告的证明。", "sheet.tlog-proof in the file does not prove this sheet."], DISTRUST],
  E_BROWSER: [["这个浏览器不能核验", "This browser cannot verify"], ["它太旧，或没有用 https 打开本页。", "It is too old, or the page was not opened by https."], ["请换一个浏览器，或用别人的手机。", "Try another browser, or another phone."]],
  E_DATA: [["现在不能核验", "Cannot verify just now"], ["没有网络，或服务器没有回答，缺少出具机构的公钥名单。", "No network, or no answer from the server: the institute’s list of keys is missing."], ["请联网后刷新本页，或过一会儿再试。", "Reload this page when online, or try again later."]],
};

// What a state is called, and the one next step where there is one.
const ALARM = ["不要使用这份报告。请保存下面的证据，交给监管部门，并向出具机构询问。", "Do not rely on this sheet. Save the evidence below, give it to the regulator, and ask the institute."];
export const FROM_FILE = ["联网后点报告下面的链接，查清有没有被更改或撤回。", "When online, follow the link below the sheet to learn whether it was amended or withdrawn."];
export const DOUBT = ["公开日志有一项没有通过核对（见下面的 ✕），所以不能说报告现在有效。过一会儿再打开本页；仍然这样，就向出具机构核对。",
  "One part of the public log did not pass (✕ below), so the sheet cannot be called current. Open this page again later; if it stays so, ask the institute."];
export const STATES = {
  CURRENT: { tone: "good", words: ["真实、现行有效", "Genuine and current"] },
  GENUINE: { tone: "info", words: ["签名真实，现状未确认", "Genuine as issued; not confirmed to be still current"], next: ["联网后重新打开本页，查清有没有被更改或撤回。", "Open this page again when online to learn whether it was amended or withdrawn."] },
  SUPERSEDED: { tone: "care", words: ["已被新版本代替", "Superseded by a newer revision"],
    next: ["不要再用这一版。请向持有人要新版本，再核验它：它也可能已被撤回。也可以向出具机构询问。", "Do not rely on this revision. Ask its holder for the newer one and check it: it may be withdrawn by now. Or ask the institute."] },
  WITHDRAWN: { tone: "bad", words: ["已撤回，不再有效", "Withdrawn: no longer valid"],
    next: ["不要再用这份报告。请报上编号，向出具机构询问撤回的原因和有没有新的报告。", "Do not rely on this sheet. Give the institute its number and ask why, and whether there is a new one."] },
  NOT_IN_LOG: { tone: "bad", words: ["不在公开日志中", "Not in the public log"], next: ALARM },
  E_EQUIVOCATION: { tone: "bad", words: ["公开日志前后矛盾", "The public log contradicts itself"], next: ALARM },
};
