// SPDX-License-Identifier: Apache-2.0
// Calls of PublicService, and a typed sheet number with or without its code: date, kind and status, never a result.
// Everything goes in the body of a POST, so that no address in a log or a history names a sheet or a receipt.
import { ask, banner, both, byId, el, fact, onSubmit, says, t } from "./dom.js";

const CALL_WAIT_MS = 20000;

// {status, answer}: 200 and the answer, which of a file is its bytes; or another status and {code, reason, message}; 0 when
// nobody answered.
export async function call(method, request) {
  try {
    return await ask("/v1/PublicService/" + method, CALL_WAIT_MS, { method: "POST", cache: "no-store",
      headers: { "content-type": "application/json" }, body: JSON.stringify(request) }, async got => {
      const isFile = (got.headers.get("content-type") || "").startsWith("application/pdf");
      return { status: got.status, answer: isFile ? new Uint8Array(await got.arrayBuffer()) : await got.json() };
    });
  } catch {
    return { status: 0, answer: {} };
  }
}

// A field by its name in the schema; answers may name it in either way of proto3's JSON.
export const field = (answer, name) => answer[name] ?? answer[name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())];

// The name of an enumeration's value without its prefix: STANDING_CURRENT is current.
export const plain = (answer, name) => String(field(answer, name) || "").toLowerCase().replace(/^.*_/, "");

// As the sheet prints it: the revision behind the number of an amended one.
export const numbered = (number, revision) => number + (Number(revision || 0) ? " / " + revision : "");

export const PROBLEMS = {
  SHEET_UNKNOWN: ["没有这个编号的报告。请核对编号；编号没错，就不要相信这份报告，请向出具机构核对。", "No sheet of this number was issued. Check what you typed; if it is right, do not trust the paper and ask the institute."],
  SHEET_LOST: ["这个编号的报告可能签发过，但数据库已丢失其记录。请扫描报告上的大二维码，或核对电子文件：由此可知真伪和现状。", "A sheet of this number may have been issued; the database has lost its record. Scan the large code on it, or check the file: they tell whether it is genuine and current."],
  RECEIPT_UNKNOWN: ["回执查询码或手机后四位不对。连续输错五次会暂时锁定。", "The receipt’s code or the four digits are wrong. After five wrong tries it is locked for a while."],
  RECEIPT_LOCKED: ["输错次数太多，已暂时锁定。可以过一会儿再试，或带上回执到受理窗口，当场解锁。", "Too many wrong tries: locked for a while. Wait, or take the receipt to the desk where you handed the item in; they unlock it at once."],
  SHEET_NOT_READY: ["报告还没有出来，请过些时候再看。", "The sheet is not ready yet: look again later."],
  SHEET_WITHDRAWN: ["这份报告已撤回，不再提供下载。请带回执到受理窗口，问撤回的原因和有没有新的报告。", "This sheet is withdrawn and is not handed out any more. Take the receipt to the desk: ask why, and whether there is a new one."],
};
const UNREACHABLE = ["现在连不上服务器，请检查网络后再试。", "The server cannot be reached: check the network and try again."];
const WRONG = ["没有查到，请核对输入的内容。", "Not found: look at what you typed."];
const BUSY = ["现在查询的人太多，请过几分钟再试。", "Too many requests at the moment: try again in a few minutes."];

// Why a call was refused, for a person, as elements.
export function problem({ status, answer }) {
  const words = PROBLEMS[answer.reason] || (status === 0 ? UNREACHABLE : status === 429 || status >= 500 ? BUSY : WRONG);
  const wait = Number((answer.metadata || {}).retry_after_s);
  return el("div", { class: "warn", role: "alert" }, el("p", {}, both(words)),
    wait > 0 && says(`约 ${Math.ceil(wait / 60)} 分钟后可以再试。`, `You can try again in about ${Math.ceil(wait / 60)} minutes.`));
}

// What was typed as it is printed: small letters, blanks and the wide signs of an input method do no harm.
export const typed = id => byId(id).value.normalize("NFKC").replace(/\s/g, "").replace(/[\u2010-\u2015\u2212]/g, "-").toUpperCase();

// Tone, title, and what to do.
const STANDING = {
  current: ["info", ["现行有效", "Current"], []],
  superseded: ["care", ["已被新版本代替", "Superseded by a newer revision"], ["不要再用这一版：请向持有人或出具机构要新版本。", "Do not rely on this revision: ask its holder or the institute for the newer one."]],
  withdrawn: ["bad", ["已撤回，不再有效", "Withdrawn: no longer valid"], ["不要再用这份报告：请报上编号，向出具机构询问原因和有没有新的报告。", "Do not rely on this sheet: give the institute its number and ask why, and whether there is a new one."]],
};

function codeLine(answer, isRight) {
  if (!field(answer, "code_given")) return null;
  return isRight ? says("✓ 核验码和这份报告一致。", "✓ The code is this sheet’s.", "good")
    : el("p", { class: "bad", id: "code-wrong" }, el("strong", {}, t("✕ 核验码不是这份报告的：纸上的报告可能是伪造的。请向出具机构核对。", "✕ The code is not this sheet’s: the paper may be forged. Ask the institute.")));
}

// asked: the revision that was typed behind the number, if any. A right code tells its own, else the newest was looked up.
function found(answer, asked) {
  const isRight = field(answer, "code_is_right"), newest = Number(field(answer, "newest_revision") || 0), told = Number(field(answer, "revision") || 0);
  const revision = isRight ? told : Number(asked ?? told), standing = plain(answer, "standing");
  if (revision > newest) return problem({ status: 404, answer: { reason: "SHEET_UNKNOWN" } });
  const name = revision < newest && standing === "current" ? "superseded" : standing;
  const [tone, words, next] = STANDING[name] || ["care", [name, name], []];
  // A wrong code is about the paper in the hand, so nothing looks good; the standing is that of the number alone.
  const isWrong = field(answer, "code_given") && !isRight;
  const isSpecimen = field(answer, "specimen"), of = ["这个编号的报告", "The sheet of this number"];
  return banner(isWrong ? "bad" : isSpecimen ? "specimen" : tone,
    el("h4", { id: "standing" }, isWrong ? t("核验码不对", "Wrong code") : isSpecimen ? t("样张，无效", "SPECIMEN, not valid") : t(of[0] + "：" + words[0], of[1] + ": " + words[1])),
    isWrong && isSpecimen && says("样张，无效", "SPECIMEN, not valid", "specimen"),
    codeLine(answer, isRight), next[0] && el("p", {}, el("strong", {}, both(next))),
    el("dl", {}, (isWrong || isSpecimen) && fact(of, both(words)), fact(["报告编号", "Sheet number"], numbered(field(answer, "sheet_no"), revision)), revision === told && fact(["签发日期", "Issued"], field(answer, "issued_on") || ""),
      newest > revision && fact(["最新版本", "Newest revision"], numbered(field(answer, "sheet_no"), newest)),
      fact(["类别", "Kind"], both([field(answer, "kind_zh") || "", field(answer, "kind_en") || ""]))),
    says("这里不显示结果，也不证明您手里的纸是真的：编号和核验码都能照抄。请扫大二维码或打开 PDF 核对。", "No results here, nor proof that your paper is genuine: number and code are easily copied. Scan the large code or open the PDF."));
}

export function lookUpStart() {
  const given = new URLSearchParams(location.search);
  byId("number").value = given.get("n") || "";
  byId("check-code").value = given.get("c") || "";
  const lookUp = async () => {
    const [number, revision] = typed("number").split("/");
    const got = await call("LookUpSheet", { sheet_no: number, code: typed("check-code") });
    byId("lookup").replaceChildren(got.status === 200 ? found(got.answer, revision || undefined) : problem(got));
    byId("lookup").scrollIntoView({ block: "nearest" });
  };
  onSubmit("number-form", lookUp);
  if (given.get("n")) {
    byId("number-form").scrollIntoView();
    lookUp();
  }
}
