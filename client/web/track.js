// SPDX-License-Identifier: Apache-2.0
// The tracking page: the code of a receipt and the last four digits of the phone against the steps of the test, and the
// sheet when it is ready. Nothing that is typed goes into an address or is kept.
import { both, byId, el, saveFile, startPage, t } from "./dom.js";
import { call, field, problem } from "./lookup.js";

const STEPS = {
  received: ["已收样", "Received"], testing: ["检测中", "Testing"], review: ["审核中", "Under review"],
  released: ["已签发", "Released"], ready: ["报告可取", "Sheet ready"], collected: ["物品已取回", "Item collected"],
};

// Proto's JSON tells an instant as RFC 3339; shown as the laboratory's time.
function when(at) {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? String(at) : new Date(moment + 8 * 3600000).toISOString().slice(0, 16).replace("T", " ");
}

function stepLine(step, isNext) {
  const name = String(step.step).toLowerCase(), at = step.at;
  const words = STEPS[Object.keys(STEPS).find(one => name.endsWith(one))] || [name, name];
  const tone = at ? "good" : isNext ? "info" : "plain";
  return el("li", isNext ? { "aria-current": "step" } : {}, el("span", { class: "mark " + tone, "aria-hidden": "true" }, at ? "✓" : isNext ? "…" : "–"),
    el("div", {}, both(words), at ? el("time", { datetime: at }, when(at)) : isNext ? el("small", {}, t("（进行中或等待中）", " (in progress or waiting)")) : el("small", {}, t("（还没有）", " (not yet)"))));
}

// What can be had of a sheet; of the last two nothing says whose it is.
const DOCUMENTS = [["full", "", "下载报告", "Download sheet"], ["card", "-card", "一页通俗说明", "One page in plain words"],
  ["share", "-share", "可分享的副本（不含委托方信息）", "Copy to share, without your data"]];

async function fetchSheet(asked, sheetNo, [document, ending], button, place) {
  button.disabled = true;
  const got = await call("FetchSheet", { ...asked, sheet_no: sheetNo, ...(document === "full" ? {} : { document }) });
  button.disabled = false;
  if (got.status !== 200 || !(got.answer instanceof Uint8Array)) place.replaceChildren(problem(got));
  else {
    saveFile(sheetNo.replace(/[^\w-]/g, "_") + ending + ".pdf", "application/pdf", [got.answer]);
    place.replaceChildren(el("p", { class: "good" }, ...(document === "full" ? [t("✓ 已下载。可以在", "✓ Downloaded. You can check it on the "), el("a", { href: "/s" }, t("核验页", "verify page")), t("打开它核对。", ".")]
      : [t("✓ 已下载。扫描上面的二维码即可核对。", "✓ Downloaded. Scan the code on it to check it.")])));
  }
}

function sheetPart(item, asked) {
  const sheetNo = field(item, "sheet_no"), standing = String(field(item, "standing") || "").toLowerCase();
  if (standing.endsWith("withdrawn")) return el("p", { class: "warn" }, t("报告已撤回，请到受理窗口咨询。", "The sheet is withdrawn: ask at the desk."));
  if (!sheetNo) return null;
  const place = el("div", { "aria-live": "polite" });
  const buttons = DOCUMENTS.map(one => {
    const number = one[0] === "full" ? " " + sheetNo : "";
    const button = el("button", { type: "button", onclick: () => fetchSheet(asked, sheetNo, one, button, place) }, t(one[2] + number, one[3] + number));
    return el("p", {}, button);
  });
  return el("div", {}, buttons, place);
}

function itemPart(item, asked) {
  const steps = field(item, "steps") || [];
  const next = steps.findIndex(step => !step.at);
  return el("section", { class: "card item" }, el("h2", {}, t("物品 ", "Item ") , String(field(item, "place") || ""), " ", both([field(item, "kind_zh") || "", field(item, "kind_en") || ""])),
    el("ol", { class: "steps" }, steps.map((step, i) => stepLine(step, i === next))),
    field(item, "amendment_open") ? el("p", { class: "warn" }, t("报告正在更改，请等新版本。", "The sheet is being amended: wait for the new revision.")) : null,
    sheetPart(item, asked));
}

function start() {
  startPage();
  byId("track-form").addEventListener("submit", async event => {
    event.preventDefault();
    const asked = { receipt_code: byId("receipt-code").value.trim(), phone_last4: byId("last4").value };
    const got = await call("Track", asked);
    const items = got.status === 200 ? field(got.answer, "items") || [] : [];
    byId("found").replaceChildren(...(got.status === 200 ? items.map(item => itemPart(item, asked)) : [problem(got)]));
  });
}

start();
