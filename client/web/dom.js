// SPDX-License-Identifier: Apache-2.0
// Elements and the two languages. Both languages stand in the page and the style sheet shows one, so that switching
// changes nothing else. No text is ever read as HTML.

const LANGUAGE = "touchstone-language";

// el("p", {class: "x"}, "text", other, null)
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

// Chinese words within what somebody wrote. "zh" tells a reader of the screen to speak them so; the style sheet hides only
// "zh-CN" and "en".
const spoken = text => kept(text).map(one => (typeof one !== "string" ? one : one.split(/([\u3400-\u9fff]+)/).map((part, at) => (at % 2 ? el("span", { lang: "zh" }, part) : part))));

// Numbers of sheets and standards, dates with their time: not broken over lines where the line is long enough.
const WHOLE = /((?:[A-Z]+(?:\/[A-Z]+)?[- ]?)?[\d.]+-\d[\d-]*(?: \/ \d+)?(?: \d\d:\d\d)?(?: UTC\+8)?[，。；）).,;]*|\(?w = 0\)?)/;
const kept = text => String(text || "").split(WHOLE).map((part, at) => (at % 2 ? el("span", { class: "no" }, part) : part));

// A text in both languages: [zh, en], or one text for both.
export function both(pair) {
  const [zh, en] = Array.isArray(pair) ? pair : [pair];
  if (!zh || !en || zh === en) return [spoken(zh || en)];
  return [el("span", { lang: "zh-CN" }, kept(zh)), el("span", { lang: "en" }, spoken(en))];
}

export const t = (zh, en) => both([zh, en]);

// A paragraph, a sign beside words that say the same, a line of a list of facts.
export const says = (zh, en, kind) => el("p", { class: kind }, t(zh, en));
const SIGN = { good: "✓", info: "✓", care: "!", bad: "✕", specimen: "✕", plain: "–" };
export const mark = (tone, sign = SIGN[tone]) => el("span", { class: "mark " + tone, "aria-hidden": "true" }, sign);
export const fact = (title, ...values) => el("div", { class: "fact" }, el("dt", {}, both(title)), el("dd", {}, values));

export const strong = (words, id) => el("strong", { id }, both(words));
export const card = (title, ...content) => el("section", { class: "card" }, el("h3", {}, both(title)), content);

export const banner = (tone, ...content) => el("section", { class: "banner " + tone }, mark(tone), el("div", {}, content));

// Whose page it is and whom to call, at its head.
export function showInstitute({ name_zh, name_en, phone }) {
  byId("institute").replaceChildren(el("span", {}, both([name_zh || name_en || "", name_en || name_zh || ""]), phone && [" ", telephone(phone)]));
}

export const telephone = phone => el("a", { class: "no", href: "tel:" + phone.replace(/[^+0-9]/g, "") }, phone);

export const byId = id => document.getElementById(id);

export function onSubmit(id, work) {
  byId(id).addEventListener("submit", event => {
    event.preventDefault();
    work();
  });
}

function setLanguage(lang) {
  document.documentElement.lang = lang;
  document.title = document.body.dataset[lang === "en" ? "titleEn" : "titleZh"];
}

// localStorage may be forbidden; the page works without.
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    // Nothing to do: only the comparison with earlier visits is lost.
  }
}

// What the person chose here, else the first of the browser's languages that the page has; nothing of the address is touched.
function firstLanguage() {
  const kept = recall(LANGUAGE);
  const wanted = (navigator.languages || []).find(one => /^(zh|en)\b/i.test(one)) || "en";
  return kept === "en" || (kept !== "zh-CN" && /^en/i.test(wanted)) ? "en" : "zh-CN";
}

export function startPage() {
  byId("starting").remove();
  setLanguage(firstLanguage());
  byId("language").addEventListener("click", () => {
    setLanguage(document.documentElement.lang === "en" ? "zh-CN" : "en");
    remember(LANGUAGE, document.documentElement.lang);
  });
}

// One worker for both pages, so that they open without a network.
export function startWorker(scope) {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/s/sw.js", { scope }).catch(() => {});
}

// fetch with a deadline, sending nothing that tells who asks.
export async function ask(address, wait_ms, options, read) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), wait_ms);
  try {
    return await read(await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", signal: stop.signal, ...options }));
  } finally {
    clearTimeout(timer);
  }
}

// 2026-08-01 08:00, as in the laboratory: China Standard Time, whatever the phone's.
export const clock = seconds => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 16).replace("T", " ");

export function saveFile(name, kind, parts) {
  const address = URL.createObjectURL(new Blob(parts, { type: kind }));
  const link = el("a", { href: address, download: name.replace(/[^\w.-]+/g, "_"), hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
