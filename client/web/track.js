// SPDX-License-Identifier: Apache-2.0
// The tracking page: the code of a receipt and the last four digits of the phone against the steps of the test, and the
// sheet when it is ready. Nothing that is typed goes into an address or is kept; so without a network only what is still
// on the page can be shown, with the time it was learned.
import { ask, both, byId, clock, el, mark, onSubmit, saveFile, says, showInstitute, startPage, startWorker, t } from "./dom.js";
import { call, field, numbered, plain, problem, PROBLEMS, typed } from "./lookup.js";

// What a step is called while it is to come, goes on, is done: the words tell it, the sign only repeats it. Those without a
// middle happen at one moment.
const STEPS = {
  received: [["等待收样", "To be received"], null, ["已收样", "Received"]],
  testing: [["等待检测", "Waiting to be tested"], ["检测中", "Being tested"], ["检测完成", "Tested"]],
  review: [["等待审核", "Waiting for review"], ["审核中", "Under review"], ["审核完成", "Reviewed"]],
  released: [["等待签发", "Waiting to be released"], null, ["已签发", "Released"]],
  ready: [["报告还没有好", "Sheet not ready yet"], null, ["报告可取", "Sheet ready"]],
  collected: [["最后取回物品", "Last, you collect the item"], null, ["物品已取回", "Item collected"], ["物品待取回", "Item to be collected"]],
};
const OFF = [["报告已撤回", "Sheet withdrawn"]]; // what was ready is so no more
let shown = ""; // the question that the page shows the answer of

// A step that takes time is done when a later one has begun.
function courseOf(steps, at) {
  const [, middle] = STEPS[plain(steps[at], "step")] || [];
  if (steps.slice(at + 1).some(step => step.at)) return 2;
  return steps[at].at ? (middle ? 1 : 2) : 0;
}

// Proto's JSON tells an instant as RFC 3339; shown as the laboratory's time.
function stepLine(step, course, isHere, isOff) {
  const name = plain(step, "step"), names = isOff ? OFF : STEPS[name] || [[name], [name], [name]];
  return el("li", { "aria-current": isHere && "step" }, isHere ? mark("info", "…") : mark(isOff ? "bad" : course ? "good" : "plain"), el("div", {}, el(isHere ? "strong" : "span", {}, both(isOff ? names[0] : (isHere && names[3]) || names[course] || names[2])),
    step.at && !isOff && el("time", { datetime: step.at }, names[1] && t("开始于 ", "started "), clock(Date.parse(step.at) / 1000))));
}

// What can be had of a sheet; of the last two nothing says whose it is.
const DOCUMENTS = [["full", "", ["下载报告 ", "Download sheet "]], ["card", "-card", ["一页通俗说明", "One page in plain words"]],
  ["share", "-share", ["可分享的副本（不含委托方信息）", "Copy to share, without your data"]]];

// asked: of FetchSheet, but for which document; name: what the file is called.
async function fetchSheet(asked, name, button, place) {
  button.disabled = true;
  const got = await call("FetchSheet", asked);
  button.disabled = false;
  if (got.status !== 200 || !(got.answer instanceof Uint8Array)) place.replaceChildren(problem(got));
  else {
    saveFile(name + ".pdf", "application/pdf", [got.answer]);
    place.replaceChildren(asked.document ? says("✓ 已下载。扫描上面的二维码即可核对。", "✓ Downloaded. Scan the code on it to check it.", "good")
      : el("p", { class: "good" }, t("✓ 已下载。可以在", "✓ Downloaded. You can check it on the "), el("a", { href: "/s" }, t("核验页", "verify page")), t("打开它核对。", ".")));
  }
}

function sheetPart(item, asked) {
  const sheetNo = field(item, "sheet_no");
  if (plain(item, "standing") === "withdrawn") return el("p", { class: "warn" }, both(PROBLEMS.SHEET_WITHDRAWN));
  if (!sheetNo) return null;
  const name = numbered(sheetNo, field(item, "revision")), place = el("div", { "aria-live": "polite" });
  const buttons = DOCUMENTS.map(([which, ending, words]) => {
    const isFull = which === "full", wanted = { ...asked, sheet_no: sheetNo, ...(isFull ? {} : { document: which }) };
    const button = el("button", { type: "button", class: isFull ? null : "second", onclick: () => fetchSheet(wanted, name + ending, button, place) }, both(words), isFull && el("span", { class: "no" }, name));
    return el("p", {}, button);
  });
  return el("div", {}, buttons, place);
}

function itemPart(item, asked) {
  const steps = field(item, "steps") || [], courses = steps.map((_, at) => courseOf(steps, at));
  const here = courses.includes(1) ? courses.indexOf(1) : courses.indexOf(0), isOff = plain(item, "standing") === "withdrawn";
  return el("section", { class: "card item" }, el("h2", {}, t("物品 ", "Item "), String(field(item, "place") || ""), " ", both([field(item, "kind_zh") || "", field(item, "kind_en") || ""])),
    el("ol", { class: "steps" }, steps.map((step, at) => stepLine(step, courses[at], at === here, isOff && plain(step, "step") === "ready"))),
    field(item, "amendment_open") && says("报告正在更改。在新版本签发之前，现有的报告仍然有效。", "The sheet is being amended. Until the new revision is issued, the present one stands.", "warn"),
    sheetPart(item, asked));
}

async function track() {
  const asked = { receipt_code: typed("receipt-code"), phone_last4: typed("last4") };
  const question = JSON.stringify(asked), got = await call("Track", asked), place = byId("found"), now = clock(Date.now() / 1000) + " UTC+8";
  const isStale = got.status === 0 && shown === question;
  byId("missed").replaceChildren(...(isStale ? [problem(got), says("以下是上次查到的进度，现在可能已有变化。", "Below is the last answer; it may have changed since.")] : []));
  if (isStale) return;
  shown = got.status === 200 ? question : "";
  if (shown) place.replaceChildren(says("查询时间 " + now, "Looked up " + now), ...(field(got.answer, "items") || []).map(item => itemPart(item, asked)));
  else place.replaceChildren(problem(got));
}

function start() {
  startPage();
  // The receipt's QR brings its code behind the #, which no server sees; it does not stay in the address.
  const code = location.hash.slice(1);
  if (code) {
    byId("receipt-code").value = code;
    history.replaceState(0, "", "/t");
    byId("last4").focus();
  }
  onSubmit("track-form", track);
  const online = () => (byId("offline").hidden = navigator.onLine !== false);
  addEventListener("online", online);
  addEventListener("offline", online);
  online();
  startWorker("/t");
  ask("/s/data.json", 15000, { cache: "no-cache" }, answer => answer.json()).then(data => showInstitute(data.institute)).catch(() => {});
}

start();
