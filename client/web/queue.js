// SPDX-License-Identifier: Apache-2.0
// A person's own number on the phone: https://HOST/q#CODE, the code of the slip's QR. The code stays behind the # and is sent in
// a body only, so that it is in no address that is logged. Asked more often when the turn is near, and less when told to wait.
const NEAR = 8, SOON_MS = 10000, LATER_MS = 30000, LIMITED_MS = 60000;
const WORDS = {
  waiting: ["等候中", "waiting"], called: ["请前往", "please go to"], serving: ["正在受理", "being served"],
  done: ["已办结", "done"], skipped: ["已过号，请到服务台", "missed: come to the desk"], left: ["已离开队列", "has left the queue"],
};
const mine = document.getElementById("mine"), lost = document.getElementById("lost"), asked = document.getElementById("asked");
let timer = 0;

function element(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more);
}

function both(tag, zh, en, more = {}) {
  const made = element(tag, zh, more);
  made.append(" ", element("span", en, { lang: "en" }));
  return made;
}

function show(told) {
  const [zh, en] = WORDS[told.ticket_state];
  mine.replaceChildren(both("p", told.laboratory_zh, told.laboratory_en), element("b", told.ticket_no, { className: `number ${told.ticket_state}` }),
    both("p", zh, en, { className: "state" }));
  if (told.ticket_state === "called" || told.ticket_state === "serving") mine.append(/^[0-9A-Za-z]{1,4}$/.test(told.room)
    ? both("p", `${told.room} 号窗口`, `room ${told.room}`, { className: "room" }) : element("p", told.room, { className: "room" }));
  if (told.ticket_state === "waiting")
    mine.append(both("p", `前面还有 ${told.place - 1} 位`, `${told.place - 1} before you`), both("p", `预计 ${told.wait_minutes || 0} 分钟`, `about ${told.wait_minutes || 0} min`));
  mine.append(both("p", `更新于 ${new Date().toLocaleTimeString("zh-CN", { hour12: false })}`, "last looked at", { className: "rule" }));
}

function tell(zh, en) {
  lost.hidden = !zh;
  lost.replaceChildren(...zh ? [both("span", `⚠ ${zh}`, en)] : []);
}

async function look() {
  clearTimeout(timer);
  const code = decodeURIComponent(location.hash.slice(1));
  asked.hidden = code !== "";
  if (!code) return;
  let next = LATER_MS;
  try {
    const answer = await fetch("/v1/PublicService/FollowTicket", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ticket_code: code }) });
    const told = await answer.json();
    if (answer.ok) {
      show(told);
      tell("");
      if (["done", "left"].includes(told.ticket_state)) return;
      if (told.ticket_state !== "waiting" || told.place <= NEAR) next = SOON_MS;
    } else if (answer.status === 429) {
      next = LIMITED_MS;
    } else if (answer.status < 500) {
      tell("不是今天的号码，请核对小票", "This is no number of today: look at the slip again");
      asked.hidden = false;
      return;
    } else {
      tell("暂时无法查询，显示的可能不是最新情况", "Not to be reached now: this may be old");
    }
  } catch {
    tell("暂时无法查询，显示的可能不是最新情况", "Not to be reached now: this may be old");
  }
  timer = setTimeout(look, next);
}

asked.addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = document.getElementById("code").value.trim();
});
window.addEventListener("hashchange", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
look();
