// SPDX-License-Identifier: Apache-2.0
// The wall board: shows what GET /v1/board/events tells, and says so when the line is cut. ?laboratory=JEW shows one queue.
// Whatever comes is put as text, never as markup.
const SILENT_MS = 12000; // the daemon gives a sign of life every five seconds
const AGAIN_MS = 1000;
const FRESH_MS = 7000;
const wanted = new URLSearchParams(location.search).get("laboratory")?.trim().toUpperCase() || "";
const seen = new Map(); // number -> how often it was called
const fresh = new Map(); // number -> until when it blinks
let source = null, last = 0, first = true;

function element(tag, text, more = {}) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== "") made.textContent = text;
  return Object.assign(made, more);
}

function both(tag, zh, en, more = {}) {
  const made = element(tag, zh, more);
  made.append(" ", element("span", en, { lang: "en" }));
  return made;
}

function list(name, numbers) {
  const made = element("ol", "", { className: name });
  made.append(...numbers.map((number) => element("li", number)));
  return made;
}

function callOf(one, newest) {
  const row = element("li", "", { className: newest ? "newest" : "" });
  const number = element("b", one.ticket_no);
  const room = both("span", `${one.room} 号窗口`, `room ${one.room}`, { className: "room" });
  if (!/^[0-9A-Za-z]{1,4}$/.test(one.room)) room.replaceChildren(element("span", one.room));
  const left = element("div");
  left.append(number);
  if (one.times > 1) left.append(" ", both("span", `第 ${one.times} 次呼叫`, `call ${one.times}`, { className: "again" }));
  row.append(left, element("span", newest ? "▶" : ""), room);
  if ((fresh.get(one.ticket_no) || 0) > Date.now()) row.classList.add("fresh");
  return row;
}

function count(zh, en, value) {
  const made = both("div", zh, en);
  made.append(element("br"), element("b", String(value)));
  return made;
}

function queue(told) {
  const part = element("section");
  const body = element("div", "", { className: "body" }), side = element("div", "", { className: "side" });
  const calls = element("ol", "", { className: "calls" });
  part.append(both("h2", told.laboratory_zh, told.laboratory_en));
  calls.append(...told.calls.map((one, at) => callOf(one, at === 0)));
  if (!told.calls.length) calls.append(both("li", "暂无叫号", "nobody is called yet", { className: "none" }));
  const counts = element("div", "", { className: "counts" });
  counts.append(count("等候人数", "waiting", told.waiting), count("预计等候（分钟）", "minutes to wait", told.wait_minutes));
  side.append(counts);
  for (const [zh, en, numbers] of [["即将叫号", "next", told.next], ["过号，请到服务台", "missed: come to the desk", told.skipped]])
    if (numbers.length) {
      const block = element("div");
      block.append(both("h3", zh, en), list("numbers", numbers));
      side.append(block);
    }
  body.append(calls, side);
  part.append(body, both("p", told.rule_zh, told.rule_en, { className: "rule" }));
  return part;
}

function note(queues) {
  for (const told of queues)
    for (const one of told.calls) {
      if (!first && seen.get(one.ticket_no) !== one.times) fresh.set(one.ticket_no, Date.now() + FRESH_MS);
      seen.set(one.ticket_no, one.times);
    }
  first = false;
}

function show(told) {
  const queues = told.queues.filter((one) => !wanted || one.laboratory === wanted);
  const place = document.getElementById("queues");
  note(queues);
  const named = queues.find((one) => one.name_zh); // the campaign of the day
  document.getElementById("institute").textContent = [told.institute_zh, named?.name_zh].filter(Boolean).join("　");
  document.getElementById("institute-en").textContent = [told.institute_en, named?.name_en].filter(Boolean).join(" · ");
  place.className = queues.length === 1 ? "one" : "";
  place.replaceChildren(...queues.map(queue));
  if (queues.length) return;
  if (wanted) place.append(both("p", `今天没有 ${wanted} 实验室的叫号队列。请核对网址中的实验室代码。`,
                                `There is no queue of laboratory ${wanted} today. Check the code in the address.`, { className: "none" }));
  else place.append(both("p", "今天尚未开始取号", "no numbers have been taken today", { className: "none" }));
}

function alive(is) {
  document.getElementById("lost").hidden = is;
}

function listen() {
  source = new EventSource("/v1/board/events");
  source.onmessage = (event) => {
    const told = JSON.parse(event.data);
    last = Date.now();
    alive(!told.away);
    if (!told.away) show(told);
  };
  source.addEventListener("beat", () => { last = Date.now(); });
  source.onerror = () => {
    source.close();
    alive(false);
    setTimeout(listen, AGAIN_MS);
  };
}

function tick() {
  document.getElementById("clock").textContent = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  if (last && Date.now() - last > SILENT_MS) alive(false);
}

last = Date.now();
tick();
setInterval(tick, AGAIN_MS);
listen();
