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
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
  return element;
}

// A text in both languages: [zh, en], or one text for both.
export function both(pair) {
  if (!Array.isArray(pair) || !pair[1] || pair[0] === pair[1]) return [Array.isArray(pair) ? pair[0] || pair[1] : pair];
  return [el("span", { lang: "zh-CN" }, pair[0]), el("span", { lang: "en" }, pair[1])];
}

export const t = (zh, en) => both([zh, en]);

export function byId(id) {
  return document.getElementById(id);
}

export function isChinese() {
  return document.documentElement.lang !== "en";
}

function setLanguage(lang) {
  document.documentElement.lang = lang;
  document.title = document.body.dataset[lang === "en" ? "titleEn" : "titleZh"];
  for (const field of document.querySelectorAll("[data-hint-zh]")) {
    field.placeholder = field.dataset[lang === "en" ? "hintEn" : "hintZh"];
  }
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

export function startPage() {
  byId("starting").remove();
  setLanguage(recall(LANGUAGE) === "en" ? "en" : "zh-CN");
  byId("language").addEventListener("click", () => {
    setLanguage(isChinese() ? "en" : "zh-CN");
    remember(LANGUAGE, document.documentElement.lang);
  });
}

// 2026-08-01 08:00, as in the laboratory: China Standard Time, whatever the phone's.
export function clock(seconds) {
  return new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 16).replace("T", " ");
}

export function saveFile(name, kind, parts) {
  const address = URL.createObjectURL(new Blob(parts, { type: kind }));
  const link = el("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
