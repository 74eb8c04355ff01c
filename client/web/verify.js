// SPDX-License-Identifier: Apache-2.0
// The verify page: takes a statement from the address (behind #), a pasted link, a picture or a PDF, has it verified
// and shown. The statement never leaves the browser; what is asked of the server names a place in the log only.
import { base64, Refusal, unutf8 } from "./bytes.js";
import { digitsDecode, digitsEncode, digitsOfText } from "./digits.js";
import { ask, byId, card, clock, el, onSubmit, recall, remember, saveFile, says, showInstitute, startPage, startWorker, strong, t } from "./dom.js";
import { isSameLog, logAsk, proofHolds } from "./log.js";
import { lookUpStart, numbered } from "./lookup.js";
import { proofOpen } from "./note.js";
import { pdfOpen } from "./pdf.js";
import { recordOpen, resultPack } from "./record.js";
import { showChecks, showItem, showLegal, showMeaning, showRecord, showRefusal, showResults, showSheet, showState } from "./show.js";
import { statementOpen } from "./statement.js";
import { STATES } from "./words.js";

const WAIT_MS = 10000, AGAIN_MS = 4000;
const isFile = byId("data") !== null; // the page saved as one file carries its data
let data = null;
let turn = 0; // of what was asked for last; an older answer is dropped

const load = (address, options) => ask(address, WAIT_MS, options, async answer => {
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error("status " + answer.status);
  return new Uint8Array(await answer.arrayBuffer());
});

const getLog = path => load("/log/" + path, path.startsWith("tile/") ? {} : { cache: "no-store" });

async function loadData() {
  if (data) return data;
  const bytes = isFile ? null : await load("/s/data.json", { cache: "no-cache" }).catch(() => null);
  const text = isFile ? byId("data").textContent : bytes && unutf8(bytes);
  try {
    data = JSON.parse(text);
  } catch {
    data = null;
  }
  if (!data || !data.keys || !data.registry) throw new Refusal("E_DATA");
  showInstitute(data.institute || {});
  return data;
}

const memory = {
  read: origin => recall("touchstone-checkpoint:" + origin),
  write: (origin, text) => remember("touchstone-checkpoint:" + origin, text),
};

function offlineReport() {
  return { state: "GENUINE", alarms: [], missing: ["offline"], evidence: {}, logged: null, asOf: null, isOld: false, seenBefore: null, status: null };
}

function clear() {
  byId("verdict").replaceChildren();
  byId("sheet").replaceChildren();
  document.body.classList.remove("over");
}

function place(verdict, sheet) {
  byId("verdict").replaceChildren(...verdict.filter(Boolean));
  byId("sheet").replaceChildren(...sheet.flat().filter(Boolean));
  const title = byId("verdict-title");
  if (title) title.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function evidencePart(statement, report) {
  const save = () => saveFile("evidence-" + statement.sheetNo + ".json", "application/json", [JSON.stringify({
    what: "touchstone evidence/1", page: location.host, learned: clock(report.now) + " UTC+8", state: report.state,
    alarms: report.alarms, digits: digitsEncode(statement.cose), cose: base64(statement.cose), ...report.evidence }, null, 1)]);
  return card(["证据", "Evidence"], says("证据里有签名的报告数据（含结果）、日志的检查点和日志里的这一条。请交给监管部门、认可机构或媒体。",
    "The evidence holds the signed data with its results, the log’s checkpoint and the entry that stands there. Give it to the regulator, the accreditation body or the press."),
  el("button", { type: "button", id: "evidence", onclick: save }, t("保存证据", "Save the evidence")));
}

// Of a sheet that is not to be used only the number is seen, and the rest after a tap.
function behindTap(statement, content) {
  const hidden = el("div", { hidden: true, id: "old" }, content);
  const reveal = el("button", { type: "button", class: "second", id: "reveal", "aria-expanded": "false", onclick: () => {
    hidden.hidden = false;
    reveal.remove();
  } }, t("仍要查看这份不能用的报告", "Show this sheet all the same"));
  return [card(["报告编号", "Sheet number"], el("p", {}, strong(numbered(statement.sheetNo, statement.revision), "old-no")), reveal), hidden];
}

function showAll(found, report) {
  const { statement, record } = found, isAlarm = ["NOT_IN_LOG", "E_EQUIVOCATION"].includes(report.state);
  const rows = record ? record.statement.results.map(resultPack) : statement.results;
  const body = [showLegal(statement), showItem(statement, record), showResults(statement, rows, record || !statement.partial, data.registry, STATES[report.state]),
    showSheet(statement, data.institute), record && showRecord(record), showMeaning(statement, report, data.host)];
  const isUsable = ["CURRENT", "GENUINE"].includes(report.state);
  document.body.classList.toggle("over", statement.specimen);
  place(showState(statement, report, data.institute), [isAlarm && evidencePart(statement, report), isUsable ? body : behindTap(statement, body), showChecks(statement, report, found.checks),
    isFile && data.host && el("p", {}, el("a", { href: "https://" + data.host + "/s#" + digitsEncode(statement.cose) }, t("联网查询最新状态", "Check the latest status online")))]);
}

// A sheet that is seconds old may be ahead of the files: an accusation waits for a second look.
async function askLog(statement) {
  const look = () => logAsk(statement, data, getLog, memory, Date.now() / 1000);
  const report = await look();
  if (report.state !== "NOT_IN_LOG" || statement.index < report.checkpoint.size) return report;
  await new Promise(resolve => setTimeout(resolve, AGAIN_MS));
  return look();
}

// open() makes {statement, record, proof, checks}; everything else is the same for every way in.
async function verify(open) {
  const mine = ++turn;
  clear();
  byId("busy").hidden = false;
  try {
    await loadData();
    const found = await open();
    const report = isFile ? offlineReport() : await askLog(found.statement);
    if (found.proof && report.logged) await compareProof(found.proof, report);
    if (mine === turn) showAll(found, report);
  } catch (error) {
    if (mine === turn) place(showRefusal(error instanceof Refusal ? error : new Refusal("E_BROWSER"), data && data.institute), []);
    if (!(error instanceof Refusal)) throw error;
  } finally {
    if (mine === turn) byId("busy").hidden = true;
  }
}

// Does today's log continue the one that the proof in the file saw?
async function compareProof(proof, report) {
  try {
    if (await isSameLog(proof.checkpoint, report.checkpoint, getLog)) return;
    report.alarms.push({ part: "proof", code: "E_EQUIVOCATION" });
    report.state = "E_EQUIVOCATION";
    report.seenBefore = proof.checkpoint.size;
    report.evidence.before = base64(proof.checkpoint.note);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    report.missing.push("memory");
  }
}

async function openDigits(digits) {
  const statement = await statementOpen(digitsDecode(digits), data);
  return { statement, record: null, proof: null, checks: [] };
}

async function openPdf(file) {
  const parts = await pdfOpen(new Uint8Array(await file.arrayBuffer()), data.keys);
  const statement = await statementOpen(parts.cose, data, parts.key);
  const record = await recordOpen(parts.record, statement);
  const checks = [["封签盖住整个文件，封签以后没有改动", "The seal covers the whole file; nothing was changed since"],
    ["附件 results.json 和签名的内容一致", "The attached results.json says what was signed"]];
  const proof = await proofOpen(parts.proof, data);
  await proofHolds(proof, statement);
  checks.push(["文件自带的日志证明成立", "The proof of the log in the file holds"]);
  return { statement, record, proof, checks };
}

async function readPicture(file) {
  const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file)).catch(() => []);
  const digits = found.map(code => digitsOfText(code.rawValue)).find(Boolean);
  verify(() => openDigits(digits || ""));
}

function startForms() {
  byId("file").addEventListener("change", event => event.target.files[0] && verify(() => openPdf(event.target.files[0])));
  onSubmit("paste-form", () => verify(() => openDigits(digitsOfText(byId("paste").value) || "")));
  if ("BarcodeDetector" in self) {
    byId("photo-form").hidden = false;
    byId("photo").addEventListener("change", event => event.target.files[0] && readPicture(event.target.files[0]));
  }
  for (const kind of ["dragover", "dragleave", "drop"]) {
    addEventListener(kind, event => {
      event.preventDefault();
      document.body.classList.toggle("drop", kind === "dragover");
      const file = kind === "drop" && event.dataTransfer.files[0];
      if (file) verify(() => openPdf(file));
    });
  }
}

function start() {
  startPage();
  startForms();
  const fromAddress = () => {
    const digits = digitsOfText(location.href);
    if (digits) verify(() => openDigits(digits));
  };
  addEventListener("hashchange", fromAddress);
  if (isFile) {
    byId("online-only").hidden = true;
    byId("offline-note").hidden = true;
    byId("paste-part").open = true;
  } else {
    lookUpStart();
    startWorker("/s");
  }
  if (location.href.includes("#")) fromAddress();
  else loadData().catch(() => {});
}

start();
