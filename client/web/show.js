// SPDX-License-Identifier: Apache-2.0
// Shows a verified statement: state, legal class, the item, the results, what it means and what it does not prove.
// Called only with what the verifier let through.
import { banner, both, card, clock, el, fact, mark, says, strong, t, telephone } from "./dom.js";
import { numbered } from "./lookup.js";
import { day, DOMAINS, DOUBT, FROM_FILE, LEGAL, limitWords, methodStandard, namer, OVERALL, REFUSALS, SAMPLE_ID, sampleIdWords, STATES,
  valueWords, VERDICTS } from "./words.js";

const nameOf = institute => [institute.name_zh || institute.name_en || "", institute.name_en || institute.name_zh || ""];

// Whom to ask, with the number of the sheet where it is known to be the sheet's.
function contact(institute, no) {
  const { phone } = institute || {};
  return phone && el("p", { id: "contact" }, t("出具机构：", "The institute: "), both(nameOf(institute)), t("，电话 ", ", phone "), telephone(phone),
    no ? [t("；报告编号 ", "; sheet number "), el("span", { class: "no" }, no)] : t("；请报上纸上的编号", "; tell them the number on the paper"));
}

const nextStep = words => words && el("p", { id: "next" }, el("strong", {}, t("下一步：", "Next: "), both(words)));

function verdict(tone, title, code, ...lines) {
  return banner(tone, el("h2", { id: "verdict-title", tabindex: "-1" }, both(title)), lines, el("small", {}, t("代码 ", "Code "), el("code", { id: "code" }, code)));
}

export function showRefusal({ code }, institute) {
  const [title, meaning, next] = REFUSALS[code] || REFUSALS.E_PROOF; // the notes that a file carries are its proof
  const isCare = ["E_DIGITS", "E_REGISTRY", "E_DATA", "E_BROWSER"].includes(code);
  return [verdict(isCare ? "care" : "bad", title, code, el("p", {}, both(meaning)), nextStep(next),
    /institute/.test(next[1]) && contact(institute))];
}

function stateWords(report) {
  const [when, learned] = [report.asOf, report.now].map(at => at && clock(at) + " UTC+8");
  switch (report.state) {
    case "CURRENT": return says(`签名真实；在公开日志中；截至 ${when} 没有被更改或撤回。`, `The signature holds, the sheet is in the public log, and as of ${when} it was neither amended nor withdrawn.`);
    case "GENUINE": return [says("签名真实，内容自签发起没有改动。", "The signature holds and nothing was changed since it was issued."),
      when && report.status === "CURRENT"
        ? says(`截至 ${when} 没有被更改或撤回；日志中的位置这次未能核对。`, `As of ${when} it was neither amended nor withdrawn; its place in the log could not be checked this time.`)
        : says("只能说明签发之日的情况：之后是否被更改或撤回，这次未能查询。", "True as of the date of issue: whether it was amended or withdrawn later could not be checked this time.")];
    case "SUPERSEDED": return says(`出具机构已签发新版本（据 ${when} 的公开名单）。`, `The institute issued a newer revision (public list of ${when}).`);
    case "WITHDRAWN": return says(`出具机构已撤回这份报告（据 ${when} 的公开名单）。`, `The institute withdrew this sheet (public list of ${when}).`);
    case "NOT_IN_LOG": return says("签名是真的，但机构的公开日志里没有这份报告。这不应发生：可能有人盗用密钥或绕过了日志。查询时间 " + learned, "The signature is real, but the institute’s public log does not have this sheet. That must not happen: a stolen key, or somebody went round the log. Looked up " + learned);
    default: return says(`这次看到的日志和以前看到的（${report.seenBefore} 条）对不上：有人改写了历史。查询时间 ${learned}`, `The log as it is now does not continue the one seen before (${report.seenBefore} entries): history was rewritten. Looked up ${learned}`);
  }
}

// The state, and above it that a specimen is one.
export function showState(statement, report, institute) {
  const { tone, words, next } = STATES[report.state], isWell = ["good", "info"].includes(tone), isIntact = statement.specimen && isWell;
  const overall = OVERALL[statement.overall], isOdd = isWell && report.alarms.length > 0;
  return [statement.specimen && banner("specimen", el("h2", {}, both("样张，无效 "), el("span", { lang: "en" }, "SPECIMEN, not valid")),
    says("用演示密钥签发，不能证明任何事情。下面的核验只说明样张本身完好。", "Made with a demonstration key: it proves nothing. What follows only says that the specimen is intact.")),
  verdict(isIntact ? "info" : tone, isIntact ? ["样张本身完好", "The specimen itself is intact"] : words, report.state, stateWords(report),
    isWell && !isIntact && overall.tone !== "good" && el("p", { class: overall.tone }, strong(["报告真实，不等于样品合格：" + overall.words[0] + "。", "A genuine sheet is not a pass. " + overall.words[1] + "."])),
    report.isOld && el("p", {}, strong(["注意：状态信息已超过 7 天，可能不是最新。", "Mind: the status is more than 7 days old and may not be the latest."])),
    nextStep(report.missing.includes("offline") ? FROM_FILE : isOdd ? DOUBT : next || (report.isOld && STATES.GENUINE.next)),
    report.state === "SUPERSEDED" && el("p", {}, el("a", { href: "/t" }, t("凭回执下载新版本", "Download the newer revision with the receipt"))),
    (!isWell || isOdd) && contact(institute, statement.sheetNo))];
}

export function showLegal(statement) {
  const legal = statement.legalClass;
  return el("section", { class: "card legal" + (legal === 6 ? " specimen" : legal === 5 ? " care" : "") },
    el("h3", {}, t("报告性质", "Legal class")), el("p", { id: "legal" }, both(LEGAL[legal])));
}

export function showItem(statement, record) {
  const id = statement.sampleId;
  return card(["物品", "The item"],
    el("dl", {},
      fact(["样品", "Sample"], strong(statement.sample, "sample")),
      id && fact(SAMPLE_ID[id[0]], strong(sampleIdWords(id, record), "sample-id")),
      fact(["类别", "Kind"], both(DOMAINS[statement.domain]))),
    el("p", { class: "compare" }, mark("care", "☞"), el("span", {}, t("请和您手里的物品对照。", "Compare with the object in your hand. "), id && id[0] === 4
      ? t("打开报告的 PDF，看上面的照片。", "Open the sheet’s PDF and look at its photo.") : id
      ? t("名称和上面的标识（或质量）要一致，否则这份报告说的不是它。", "Its name and the mark or mass above must agree, or this sheet is about another one.")
      : t("报告没有记录可核对的标识，无法证明说的就是它。", "The sheet records no mark of the item, so it cannot prove that this is the one."))));
}

function showResult(row, names, registry) {
  const [analyte, qual, value, unit, u, limop, limit, method, verdict, , scope] = row;
  const units = names("unit", unit), required = limitWords(limop, limit, units), its = VERDICTS[verdict];
  return el("li", { class: "result " + its.tone },
    el("h4", {}, both(names("analyte", analyte)), scope === 0 && "\u00a0*"),
    el("p", { class: "value" }, both(valueWords(qual, value, units)),
      u !== null && el("span", { class: "u" }, t("（扩展不确定度 ", " (expanded uncertainty "), both(valueWords(0, u, units, "±")), t("）", ")"))),
    required && el("p", {}, t("要求：", "Required: "), both(required)),
    el("p", { class: "verdict " + its.tone }, mark(its.tone, its.mark), el("span", {}, both(its.words))),
    el("p", { class: "method" }, t("方法：", "Method: "), both(names("method", method)), " ", both(methodStandard(registry, method))));
}

// rows: the statement's own, or all of the record's.
export function showResults(statement, rows, isWhole, registry, state) {
  const overall = OVERALL[statement.overall], names = namer(registry);
  const part = card(["结果", "Results"], state.next && state.tone !== "info" && el("p", { class: "warn" }, strong([state.words[0] + "。下面的结果不要再用。", state.words[1] + ". Do not use the results below."])),
    el("p", { class: "overall " + overall.tone, id: "overall" }, both(overall.words)),
    !isWhole && el("p", { class: "warn", id: "partial" }, t("二维码放不下全部结果，这里只有不符合要求的项目。要看全部，请在下面打开报告的 PDF 文件。",
      "The code has no room for all results: only those that do not meet the requirement are here. Open the sheet’s PDF below to see all.")),
    el("ol", { class: "results" }, rows.map(row => showResult(row, names, registry))),
    rows.some(row => /\([+-]\)$/.test(row[2])) && says("(+)、(-)：修约前略大、略小。", "(+), (-): slightly above, below before rounding."),
    rows.some(row => row[10] === 0) && says("* 不在资质认定或认可范围内，结果仅供参考。", "* Outside the qualified or accredited scope; for reference only."),
    el("p", {}, t("判定规则：", "Decision rule: "), both(names("rule", statement.rule))));
  part.id = "results";
  return part;
}

export function showSheet(statement, institute) {
  const dates = statement.dates.map(day), { revision } = statement;
  return card(["报告", "The sheet"], el("dl", {},
    fact(["报告编号", "Sheet number"], strong(numbered(statement.sheetNo, revision), "sheet-no")),
    revision > 0 && fact(["版本", "Revision"], t(`第 ${revision} 次更改`, `Amendment ${revision}`)),
    fact(["出具机构", "Issued by"], institute && [both(nameOf(institute)), " · "], el("span", { class: "no" }, statement.issuer)),
    fact(["收样日期", "Received"], dates[0]),
    fact(["检测日期", "Tested"], dates[1] === dates[2] ? dates[1] : t(dates[1] + " 至 " + dates[2], dates[1] + " to " + dates[2])),
    fact(["签发时间", "Issued"], clock(statement.issued) + " UTC+8")));
}

const list = (...items) => el("ul", {}, items.filter(Boolean).map(item => el("li", {}, item)));

export function showMeaning(statement, report, host) {
  const state = STATES[report.state];
  const proves = statement.specimen
    ? list(t("这是样张。它只用来说明核验的做法，不证明任何物品的任何性质。", "This is a specimen. It shows how verification works and proves nothing about any object."))
    : !["good", "info"].includes(state.tone) ? list(both([state.words[0] + "，不要使用。", state.words[1] + ". Do not use it."]))
    : list(t("上面的内容由出具机构签发，一个字都没有改过。", "What stands above was issued by the institute, and not a character was changed."),
      report.state === "CURRENT" && t("它记在任何人都能查的公开日志里，机构不能悄悄改掉。", "It stands in a public log that anybody can check and the institute cannot quietly change."));
  return card(["这说明什么", "What this means"], proves,
    el("h3", {}, t("这不能证明什么", "What it does not prove")), list(
      t("不能证明您手里的就是检测过的那一件：请自己对照。", "Not that the object in your hand is the one that was tested: compare it yourself."),
      t("只对收到的样品负责，不代表同批的其他产品，也不代表以后的状态。", "It is about the sample as received, not about other goods of the batch, nor about its state later."),
      statement.legalClass === 5 && t("不具有对社会的证明作用。", "It has no probative effect towards society.")),
    el("h3", {}, t("接下来可以做什么", "What you can do next")), list(
      t(`如果链接是别人发来的，请自己输入 ${host}/s，再用手机相机重新扫一次纸上的二维码。`, `If somebody sent you the link: type ${host}/s yourself and scan the code on the paper again.`),
      !statement.specimen && t("对结果有异议，请在收到报告之日起 15 日内向出具机构提出；逾期仍可投诉。", "If you object to a result, tell the institute within 15 days of receiving the sheet; complaints are accepted later too."),
      t("把这个链接收藏，以后可随时再查状态。", "Keep this link: you can check the status again at any time.")));
}

const PARTS = { checkpoint: ["日志的检查点", "the log’s checkpoint"], entry: ["日志中的这一条", "the entry in the log"],
  status: ["更改和撤回名单", "the list of amendments and withdrawals"], memory: ["和以前看到的日志的比较", "the comparison with the log as seen before"],
  proof: ["文件自带的日志证明", "the proof of the log in the file"],
  offline: ["公开日志：这里没有网络", "the public log: there is no network here"] };
const UNPROVEN = ["没有成立，所以不采信", " does not hold, so it was not believed"];
const ALARMS = {
  E_LOG: ["和它的检查点对不上", " does not fit the checkpoint"],
  E_EQUIVOCATION: ["对不上", " failed"],
  NOT_IN_LOG: ["没有找到", " is not there"],
};

export function showChecks(statement, report, extra) {
  const { logged, seenBefore } = report, index = statement.index;
  const line = (tone, ...words) => el("li", { class: tone }, mark(tone, tone === "care" ? "?" : undefined), el("span", {}, words));
  const good = (zh, en) => line("good", t(zh, en));
  return el("details", { class: "card", id: "checks", open: report.alarms.length > 0 }, el("summary", {}, t("核验了哪些内容", "What was checked")), el("ul", { class: "checks" },
    good("签名成立，密钥编号 " + statement.kid, "The signature holds, key " + statement.kid), extra.map(words => good(...words)),
    logged && good(`在公开日志第 ${index} 号，记于 ${clock(logged.at / 1000)}；日志共 ${logged.size} 条`,
      `In the public log at ${index}, entered ${clock(logged.at / 1000)}; the log has ${logged.size} entries`),
    seenBefore !== null && report.state !== "E_EQUIVOCATION" && good(`和这台设备以前看到的日志（${seenBefore} 条）一致`, `The log continues what this device saw before (${seenBefore} entries)`),
    report.alarms.map(({ part, code }) => line("bad", t("不符：", "Wrong: "), both([0, 1].map(at => PARTS[part][at] + (ALARMS[code] || UNPROVEN)[at])), " ", el("code", {}, code))),
    report.missing.map(part => line("care", t("未能核对：", "Could not check: "), both(PARTS[part])))));
}

// What results.json says beyond the signed short form; client and signatures stay in the PDF itself.
const ITEM = { code: ["样品编号", "Sample number"], pieces: ["件数", "Pieces"], mass_g: ["质量 (g)", "Mass (g)"], hallmark: ["印记", "Hallmark"],
  claim: ["标称", "Claim"], condition: ["状态", "Condition"], stones: ["镶嵌", "Stones"], seal_no: ["封签号", "Seal number"] };

export function showRecord(record) {
  const item = record.item || {}, conclusion = record.conclusion || {};
  const pairOf = (from, name) => both([from[name + "_zh"] || "", from[name + "_en"] || ""]);
  return card(["报告文件中的全部数据", "All data in the sheet’s file"],
    el("dl", {}, Object.keys(ITEM).filter(name => item[name]).map(name => fact(ITEM[name], both(item[name])))),
    list(...(record.results || []).map(row => [el("strong", {}, pairOf(row, "parameter")), " ",
      row.mean || (row.readings || []).map(reading => reading.value).join("、"), row.unit ? " " + row.unit : "", " — ", pairOf(row, "verdict"),
      row.sentence_zh && el("p", {}, pairOf(row, "sentence")), row.judgement_standard && el("p", { class: "method" }, row.judgement_standard)])),
    conclusion.zh && el("p", {}, strong([conclusion.zh, conclusion.en])), conclusion.reserve_zh && el("p", {}, pairOf(conclusion, "reserve")));
}
