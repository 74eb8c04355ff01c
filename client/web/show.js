// SPDX-License-Identifier: Apache-2.0
// Shows a verified statement: state, legal class, the item, the results, what it means and what it does not prove.
// Called only with what the verifier let through.
import { both, clock, el, t } from "./dom.js";
import { KEY } from "./statement.js";
import { day, domainWords, LEGAL, limitWords, methodStandard, namer, numberText, OVERALL, REFUSALS, SAMPLE_ID,
  sampleIdWords, STATES, valueWords, VERDICTS } from "./words.js";

const mark = (sign, tone) => el("span", { class: "mark " + tone, "aria-hidden": "true" }, sign);

function banner(tone, sign, title, ...lines) {
  return el("section", { class: "banner " + tone, "aria-labelledby": "verdict-title" },
    mark(sign, tone), el("div", {}, el("h2", { id: "verdict-title", tabindex: "-1" }, both(title)), lines.filter(Boolean).map(line => el("p", {}, line))));
}

export function showRefusal(refusal) {
  const words = REFUSALS[refusal.code] || [["无法核验", "Cannot be verified"], ["", ""], ["", ""]];
  const tone = ["E_DIGITS", "E_REGISTRY", "E_DATA", "E_BROWSER"].includes(refusal.code) ? "care" : "bad";
  return [banner(tone, tone === "bad" ? "✕" : "!", words[0], both(words[1]), el("strong", {}, both(words[2])),
    el("small", {}, t("代码 ", "Code "), el("code", { id: "code" }, refusal.code)))];
}

function stateLines(report) {
  const when = report.asOf === null ? null : clock(report.asOf) + " (UTC+8)";
  const index = report.seenBefore;
  const lines = {
    CURRENT: [t("签名真实；在公开日志中；截至 " + when + " 没有被更改或撤回。", "The signature holds, the sheet is in the public log, and as of " + when + " it was neither amended nor withdrawn.")],
    GENUINE: [t("签名真实，内容自签发起没有改动。", "The signature holds and nothing was changed since it was issued."),
      when && report.status === "CURRENT"
        ? t("截至 " + when + " 没有被撤回；日志中的位置这次未能核对。", "As of " + when + " it was not withdrawn; its place in the log could not be checked this time.")
        : t("只能说明签发之日的情况：之后是否被更改或撤回，这次未能查询。", "True as of the date of issue: whether it was amended or withdrawn later could not be checked this time.")],
    SUPERSEDED: [t("出具机构已签发新版本。请索取新版本并核验它：它也可能已被撤回（查询时间 " + when + "）。", "The institute issued a newer revision. Ask for that one, and check it: it may be withdrawn by now (learned " + when + ").")],
    WITHDRAWN: [t("出具机构已撤回这份报告，不能再使用（查询时间 " + when + "）。", "The institute withdrew this sheet: it must not be used any more (learned " + when + ").")],
    NOT_IN_LOG: [t("签名是真的，但机构的公开日志里没有这份报告。这不应发生：可能有人盗用密钥或绕过了日志。请保存证据并举报。", "The signature is real, but the institute’s public log does not have this sheet. That must not happen: a stolen key, or somebody went round the log. Save the evidence and report it.")],
    E_EQUIVOCATION: [t("这次看到的日志和这部手机以前看到的（" + index + " 条）对不上：有人改写了历史。请保存证据并举报。", "The log as it is now does not continue the one that this phone saw before: history was rewritten. Save the evidence and report it.")],
  };
  return lines[report.state];
}

// The state, and above it that a specimen is one.
export function showState(statement, report) {
  const state = STATES[report.state];
  const parts = [];
  if (statement.specimen) {
    parts.push(el("section", { class: "banner specimen" }, mark("✕", "specimen"), el("div", {},
      el("h2", {}, "样张，无效 ", el("span", { lang: "en" }, "SPECIMEN, not valid")),
      el("p", {}, t("用演示密钥签发，不能证明任何事情。下面的核验只说明样张本身完好。", "Made with a demonstration key: it proves nothing. What follows only says that the specimen is intact.")))));
  }
  const old = report.isOld ? el("strong", {}, t("注意：状态信息已超过 7 天，可能不是最新。请联网后再查一次。", "Mind: the status is more than 7 days old and may not be the latest. Check again with a network.")) : null;
  const isWell = ["good", "info"].includes(state.tone);
  parts.push(banner(statement.specimen && isWell ? "plain" : state.tone, state.mark, statement.specimen && isWell ? ["样张本身完好", "The specimen itself is intact"] : state.words, ...stateLines(report), old,
    el("small", {}, t("代码 ", "Code "), el("code", { id: "code" }, report.state))));
  return parts;
}

function fact(title, ...values) {
  return el("div", { class: "fact" }, el("dt", {}, both(title)), el("dd", {}, values));
}

export function showLegal(statement) {
  const legal = statement.map.get(KEY.legalClass);
  return el("section", { class: "card legal" + (legal === 6 ? " specimen" : legal === 5 ? " care" : "") },
    el("h3", {}, t("报告性质", "Legal class")), el("p", { id: "legal" }, both(LEGAL[legal])));
}

export function showItem(statement) {
  const map = statement.map, id = map.get(KEY.sampleId);
  return el("section", { class: "card" }, el("h3", {}, t("物品", "The item")),
    el("dl", {},
      fact(["样品", "Sample"], el("strong", { id: "sample" }, map.get(KEY.sample))),
      id && fact(SAMPLE_ID[id[0]], el("strong", { id: "sample-id" }, sampleIdWords(id))),
      fact(["类别", "Kind"], both(domainWords(map)))),
    el("p", { class: "compare" }, mark("☞", "care"), id && id[0] === 4
      ? t("请打开报告的 PDF，拿上面的照片和您手里的物品对照。", "Open the sheet’s PDF and compare its photo with the object in your hand.") : id
      ? t("请和您手里的物品对照：名称和上面的标识要一致，否则这份报告说的不是它。", "Compare with the object in your hand: name and mark must agree, or this sheet is about another one.")
      : t("请和您手里的物品对照。报告没有记录可核对的标识，无法证明说的就是它。", "Compare with the object in your hand. The sheet carries no mark of it, so it cannot prove that this is the one.")));
}

function showResult(row, names, registry) {
  const [analyte, qual, value, unit, u, limop, limit, method, verdict, , scope] = row;
  const unitWords = names("unit", unit), limitPair = limitWords(limop, limit, unitWords), its = VERDICTS[verdict];
  const standard = methodStandard(registry, method);
  return el("li", { class: "result " + its.tone },
    el("h4", {}, both(names("analyte", analyte)), scope === 0 ? el("span", { class: "star" }, " *") : null),
    el("p", { class: "value" }, both(valueWords(qual, value, unitWords)),
      u === null ? null : el("span", { class: "u" }, t("（扩展不确定度 ", " (expanded uncertainty "), "±" + numberText(u) + (unitWords[0] ? " " + unitWords[0] : ""), t("）", ")"))),
    limitPair ? el("p", {}, t("要求：", "Required: "), both(limitPair)) : null,
    el("p", { class: "verdict " + its.tone }, mark(its.mark, its.tone), el("span", {}, both(its.words))),
    el("p", { class: "method" }, t("方法：", "Method: "), both(names("method", method)), standard ? " " + standard : null));
}

function partialNote(isWhole) {
  return isWhole ? null : el("p", { class: "warn", id: "partial" }, t("二维码放不下全部结果，这里只有不符合要求的项目。要看全部，请在下面打开报告的 PDF 文件。",
    "The code has no room for all results: only those that do not meet the requirement are here. Open the sheet’s PDF below to see all."));
}

// rows: the statement's own, or all of the record's.
export function showResults(statement, rows, isWhole, registry) {
  const overall = OVERALL[statement.map.get(KEY.overall)], names = namer(registry);
  const hasStar = rows.some(row => row[10] === 0);
  return el("section", { class: "card", id: "results" }, el("h3", {}, t("结果", "Results")),
    el("p", { class: "overall " + overall.tone, id: "overall" }, both(overall.words)), partialNote(isWhole),
    el("ol", { class: "results" }, rows.map(row => showResult(row, names, registry))),
    hasStar ? el("p", {}, t("* 不在资质认定或认可范围内，结果仅供参考。", "* Outside the qualified or accredited scope; for reference only.")) : null,
    el("p", {}, t("判定规则：", "Decision rule: "), both(names("rule", statement.map.get(KEY.rule)))));
}

export function showSheet(statement, institute) {
  const map = statement.map, dates = map.get(KEY.dates).map(day), revision = map.get(KEY.revision);
  const name = institute && [institute.name_zh || institute.name_en || "", institute.name_en || institute.name_zh || ""];
  return el("section", { class: "card" }, el("h3", {}, t("报告", "The sheet")), el("dl", {},
    fact(["报告编号", "Sheet number"], el("strong", { id: "sheet-no" }, map.get(KEY.sheetNo))),
    revision ? fact(["版本", "Revision"], t("第 " + revision + " 次更改", "Amendment " + revision)) : null,
    fact(["出具机构", "Issued by"], name ? both(name) : null, name ? " · " : null, map.get(KEY.issuer)),
    fact(["收样日期", "Received"], dates[0]),
    fact(["检测日期", "Tested"], dates[1] === dates[2] ? dates[1] : t(dates[1] + " 至 " + dates[2], dates[1] + " to " + dates[2])),
    fact(["签发时间", "Issued"], clock(map.get(KEY.issued)) + " (UTC+8)")));
}

const list = (...items) => el("ul", {}, items.filter(Boolean).map(item => el("li", {}, item)));

export function showMeaning(statement, report, host) {
  const legal = statement.map.get(KEY.legalClass);
  const proves = statement.specimen
    ? list(t("这是样张。它只用来说明核验的做法，不证明任何物品的任何性质。", "This is a specimen. It shows how verification works and proves nothing about any object."))
    : list(t("上面的内容由出具机构签发，一个字都没有改过。", "What stands above was issued by the institute, and not a character was changed."),
      report.state === "CURRENT" && t("它记在任何人都能查的公开日志里，机构不能悄悄改掉。", "It stands in a public log that anybody can check and the institute cannot quietly change."));
  return el("section", { class: "card" }, el("h3", {}, t("这说明什么", "What this means")), proves,
    el("h3", {}, t("这不能证明什么", "What it does not prove")), list(
      t("不能证明您手里的就是检测过的那一件：请自己对照。", "Not that the object in your hand is the one that was tested: compare it yourself."),
      t("只对收到的样品负责，不代表同批的其他产品，也不代表以后的状态。", "It is about the sample as received, not about other goods of the batch, nor about its state later."),
      legal === 5 && t("不具有对社会的证明作用。", "It has no probative effect towards society.")),
    el("h3", {}, t("接下来可以做什么", "What you can do next")), list(
      t("如果链接是别人发来的，请自己输入 " + host + "/s，再用手机相机重新扫一次纸上的二维码。", "If somebody sent you the link: type " + host + "/s yourself and scan the code on the paper again."),
      t("对结果有异议，请在收到报告之日起 15 日内向出具机构提出；逾期仍可投诉。", "Objections within 15 days of receipt go to the institute; complaints are accepted later too."),
      t("把这个链接收藏，以后可随时再查状态。", "Keep this link: you can check the status again at any time.")));
}

const PARTS = { checkpoint: ["日志的检查点", "the log’s checkpoint"], entry: ["日志中的这一条", "the entry in the log"],
  status: ["更改和撤回名单", "the list of amendments and withdrawals"], memory: ["和以前看到的日志的比较", "the comparison with the log as seen before"],
  proof: ["文件自带的日志证明", "the proof of the log in the file"],
  offline: ["公开日志：这里没有网络", "the public log: there is no network here"] };
const ALARMS = {
  E_NOTE: ["不是签名的文件，所以不采信", "Not a signed note, so it was not believed"],
  E_SIG: ["没有有效的签名，所以不采信", "Not validly signed, so it was not believed"],
  E_KEY_UNKNOWN: ["没有能核对签名的密钥，所以不采信", "No key to check its signature, so it was not believed"],
  E_CHECKPOINT: ["不是日志的检查点，所以不采信", "Not a checkpoint of this log, so it was not believed"],
  E_STATUS: ["不是状态名单，所以不采信", "Not a status list, so it was not believed"],
  E_PROOF: ["文件自带的证明不成立", "The proof in the file does not hold"],
  E_LOG: ["日志的文件和它的检查点对不上", "The log’s files do not fit its checkpoint"],
  E_EQUIVOCATION: ["日志和以前看到的对不上", "The log does not continue what was seen before"],
  NOT_IN_LOG: ["这份报告不在日志里", "This sheet is not in the log"],
};

export function showChecks(statement, report, extra) {
  const line = (sign, tone, words) => el("li", { class: tone }, mark(sign, tone), el("span", {}, words));
  const lines = [line("✓", "good", t("签名成立，密钥编号 " + statement.kid, "The signature holds, key " + statement.kid)), ...extra.map(words => line("✓", "good", both(words)))];
  if (report.logged) {
    lines.push(line("✓", "good", t(`在公开日志第 ${statement.map.get(KEY.index)} 号，记于 ${clock(report.logged.at / 1000)}；日志共 ${report.logged.size} 条`,
      `In the public log at ${statement.map.get(KEY.index)}, entered ${clock(report.logged.at / 1000)}; the log has ${report.logged.size} entries`)));
  }
  if (report.seenBefore !== null && report.state !== "E_EQUIVOCATION") {
    lines.push(line("✓", "good", t(`和这部手机以前看到的日志（${report.seenBefore} 条）一致`, `The log continues what this phone saw before (${report.seenBefore} entries)`)));
  }
  for (const alarm of report.alarms) {
    const where = PARTS[alarm.part] || ["", ""];
    lines.push(line("✕", "bad", [...both([where[0] + "：", where[1] + ": "]), ...both(ALARMS[alarm.code] || alarm.code), " ", el("code", {}, alarm.code)]));
  }
  for (const part of report.missing) lines.push(line("–", "care", [...t("未能核对：", "Could not check: "), ...both(PARTS[part])]));
  return el("details", { class: "card", id: "checks", open: report.alarms.length > 0 }, el("summary", {}, t("核验了哪些内容", "What was checked")),
    el("ul", { class: "checks" }, lines));
}

// What results.json says beyond the signed short form; client and signatures stay in the PDF itself.
export function showRecord(record) {
  const item = record.item || {}, conclusion = record.conclusion || {};
  const known = [["code", "样品编号", "Sample number"], ["pieces", "件数", "Pieces"], ["mass_g", "质量 (g)", "Mass (g)"], ["hallmark", "印记", "Hallmark"],
    ["claim", "标称", "Claim"], ["condition", "状态", "Condition"], ["stones", "镶嵌", "Stones"], ["seal_no", "封签号", "Seal number"]];
  const rows = (record.results || []).map(row => el("li", {}, el("strong", {}, both([row.parameter_zh, row.parameter_en])), " ",
    row.mean || (row.readings || []).map(reading => reading.value).join("、"), row.unit ? " " + row.unit : "", " — ", both([row.verdict_zh || "", row.verdict_en || ""]),
    row.sentence_zh ? el("p", {}, both([row.sentence_zh, row.sentence_en])) : null,
    row.judgement_standard ? el("p", { class: "method" }, row.judgement_standard) : null));
  return el("section", { class: "card", id: "record" }, el("h3", {}, t("报告文件中的全部数据", "All data in the sheet’s file")),
    el("dl", {}, known.filter(([name]) => item[name]).map(([name, zh, en]) => fact([zh, en], item[name]))),
    el("ul", {}, rows), conclusion.zh ? el("p", {}, el("strong", {}, both([conclusion.zh, conclusion.en]))) : null,
    conclusion.reserve_zh ? el("p", {}, both([conclusion.reserve_zh, conclusion.reserve_en])) : null);
}
