const TEXT = {
  zh: {
    ask_statement: "陈述类型", ask_tools: n => `政策工具（可不选，至多 ${n} 个）`, ask_note: "备注（有疑问时填写）", undo: "撤销", open: "读入已存文件", save: "保存文件",
    language: "English", previous: "上一句", next: "下一句", uncoded: "下一个未编码", about: "定义", all: "全部定义", help: "快捷键", counts: "计入：", not: "不计入：",
    done: (a, b) => `已编码 ${a}，共 ${b}`, number: (a, b) => `第 ${a} 句，共 ${b} 句`, without: "该类句子不选工具", many: n => `至多选 ${n} 个工具`,
    saved: f => `已保存 ${f}，请放回发来样本的文件夹`, read: n => `已读入 ${n} 句的编码`, foreign: "这不是本样本的文件，未读入", none: "全部句子均已编码", kept: "浏览器不能在本机保留编码：离开前请保存文件",
    hint: "把鼠标移到某个选项上，或选定它，即可看到定义。",
    keys: [["1–4", "陈述类型"], ["字母", "选定或取消工具"], ["Enter 或 →", "下一句"], ["←", "上一句"], ["空格", "下一个未编码的句子"], ["Backspace 或 Ctrl+Z", "撤销"], ["/", "写备注，Esc 返回"], ["Ctrl+S", "保存文件"]],
  },
  en: {
    ask_statement: "What the sentence does", ask_tools: n => `Policy tools (none, or up to ${n})`, ask_note: "Note (where in doubt)", undo: "Undo", open: "Open a saved file", save: "Save file",
    language: "中文", previous: "Previous", next: "Next", uncoded: "Next uncoded", about: "Definition", all: "All definitions", help: "Keys", counts: "Counts: ", not: "Does not count: ",
    done: (a, b) => `${a} of ${b} coded`, number: (a, b) => `Sentence ${a} of ${b}`, without: "Such a sentence has no tools", many: n => `No more than ${n} tools`,
    saved: f => `${f} is saved; put it into the folder of the sample`, read: n => `Codes of ${n} sentences were read`, foreign: "This file is not of this sample; it was not read", none: "All sentences are coded", kept: "This browser cannot keep your codes: save the file before you leave",
    hint: "Point at a choice, or choose it, to see its definition.",
    keys: [["1–4", "what the sentence does"], ["letters", "choose or clear a tool"], ["Enter or →", "next sentence"], ["←", "previous sentence"], ["Space", "next sentence without a code"], ["Backspace or Ctrl+Z", "undo"], ["/", "write a note, Esc to return"], ["Ctrl+S", "save the file"]],
  },
};
const $ = id => document.getElementById(id);
const LETTERS = "qwertasdfgzxcvbyuiophjklnm";
const UNITS = DATA.units, KEY = `coding-${DATA.key}`, KNOWN = new Set(UNITS.map(u => u.unit));
const EMPTY = { statement: "", tools: [], note: "" };
let language = (navigator.language || "zh").startsWith("zh") ? "zh" : "en";
let codes = {}, at = 0, past = [], shown = null, unsaved = false, timer = 0;

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify({ codes, at, language }));
    return true;
  } catch (error) { return false; }
}
function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept) ({ codes, at, language } = { codes, at, language, ...kept });
  } catch (error) { /* what cannot be read is not there */ }
}
const of = i => codes[UNITS[i].unit] || EMPTY;
const isDone = i => Boolean(of(i).statement);
const t = () => TEXT[language];
const name = x => language === "zh" ? x.zh : x.en;

function say(text) {
  $("message").textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => { $("message").textContent = ""; }, 4000);
}
function change(values, what = "") {  // what is typed letter by letter is one step for undo
  const unit = UNITS[at].unit, last = past[past.length - 1];
  if (!what || !last || last[0] !== at || last[2] !== what) past.push([at, codes[unit] || null, what]);
  codes[unit] = { ...of(at), ...values, when: new Date().toISOString() };
  unsaved = true;
  if (!keep()) warn();
  draw();
}
function warn() {  // only where the browser keeps nothing: else the codes are there when the page is opened again
  say(t().kept);
  window.onbeforeunload = event => { if (unsaved) event.preventDefault(); };
}
function undo() {
  const last = past.pop();
  if (!last) return;
  at = last[0];
  if (last[1]) codes[UNITS[at].unit] = last[1]; else delete codes[UNITS[at].unit];
  unsaved = true;
  keep();
  draw();
}
function setStatement(id) {
  shown = DATA.statements.find(s => s.id === id);
  const clear = DATA.without_tools.includes(id);
  change({ statement: of(at).statement === id ? "" : id, tools: clear ? [] : of(at).tools });
}
function toggle(id) {
  const now = of(at);
  shown = DATA.tools.find(x => x.id === id);
  if (DATA.without_tools.includes(now.statement)) { say(t().without); return draw(); }
  if (now.tools.includes(id)) return change({ tools: now.tools.filter(x => x !== id) });
  if (now.tools.length >= DATA.max_tools) { say(t().many(DATA.max_tools)); return draw(); }
  change({ tools: [...now.tools, id] });
}
function go(i) {
  at = Math.max(0, Math.min(UNITS.length - 1, i));
  shown = null;
  keep();
  draw();
  $("unit").focus({ preventScroll: true });
}
function nextUncoded() {
  for (let s = 1; s <= UNITS.length; s++) {
    const i = (at + s) % UNITS.length;
    if (!isDone(i)) return go(i);
  }
  say(t().none);
}

function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
function choice(item, key, act) {
  const made = node("button", { type: "button", class: "choice", "data-id": item.id }, key ? node("kbd", {}, key.toUpperCase()) : "", node("span", {}, ""));
  made.addEventListener("click", () => act(item.id));
  for (const event of ["mouseenter", "focus"]) made.addEventListener(event, () => { shown = item; define(); });
  return made;
}
function build() {
  DATA.statements.forEach((s, i) => $("statements").append(choice(s, String(i + 1), setStatement)));
  let n = 0;
  for (const kind of DATA.types) {
    const row = node("div", { class: "choices" });
    for (const tool of DATA.tools.filter(x => x.type === kind.id)) row.append(choice(tool, LETTERS[n++] || "", toggle));
    $("tools").append(node("div", { class: "kind", "data-kind": kind.id }, node("b", {}, node("i", { class: `dot c${kind.colour}` }), node("span", {}, "")), row));
  }
  UNITS.forEach((u, i) => {
    const made = node("button", { type: "button" });
    made.addEventListener("click", () => go(i));
    $("map").append(made);
  });
}
function term(item) {
  const made = node("div", { class: "term" }, node("h3", {}, name(item)));
  const own = language === "zh" ? [item.counts_zh || item.counts, item.not_zh || item.not] : [item.counts || item.counts_zh, item.not || item.not_zh];
  const other = language === "zh" ? [item.en, item.counts_zh && item.counts, item.not_zh && item.not] : [item.zh, item.counts && item.counts_zh, item.not && item.not_zh];
  if (own[0]) made.append(node("p", {}, t().counts + own[0]));
  if (own[1]) made.append(node("p", { class: "not" }, t().not + own[1]));
  made.append(node("p", { class: "other" }, other.filter(text => text && text !== name(item)).join(" · ")));
  return made;
}
function define() {
  const item = shown || DATA.tools.find(x => of(at).tools.includes(x.id)) || DATA.statements.find(s => s.id === of(at).statement);
  $("about").replaceChildren(item ? term(item) : node("p", { class: "near" }, t().hint));
}
function draw() {
  const unit = UNITS[at], now = of(at), words = t(), done = UNITS.filter((u, i) => isDone(i)).length;
  document.documentElement.lang = language;
  $("title").textContent = language === "zh" ? DATA.codebook_zh : DATA.codebook;
  for (const id of ["ask_statement", "ask_note", "undo", "open", "save", "language", "previous", "next", "uncoded"]) $(id).textContent = words[id];
  $("ask_tools").textContent = words.ask_tools(DATA.max_tools);
  for (const id of ["about", "all", "help"]) $(`${id}_title`).textContent = words[id];
  $("keys").replaceChildren(...words.keys.flatMap(([key, what]) => [node("dt", {}, node("kbd", {}, key)), node("dd", {}, what)]));
  $("definitions").replaceChildren(...[...DATA.statements, ...DATA.tools].map(term));
  $("number").textContent = words.number(at + 1, UNITS.length);
  $("source").textContent = unit.file;
  $("heading").textContent = unit.heading;
  $("before").textContent = unit.before.join("");
  $("unit").textContent = unit.text;
  $("after").textContent = unit.after.join("");
  const barred = DATA.without_tools.includes(now.statement);
  for (const made of document.querySelectorAll(".choice")) {
    const id = made.dataset.id, isTool = Boolean(made.closest("#tools"));
    const item = (isTool ? DATA.tools : DATA.statements).find(x => x.id === id);
    made.lastChild.textContent = name(item);
    made.setAttribute("aria-pressed", String(isTool ? now.tools.includes(id) : now.statement === id));
    if (isTool) made.disabled = barred;
  }
  for (const row of document.querySelectorAll(".kind")) row.querySelector("b span").textContent = name(DATA.types.find(x => x.id === row.dataset.kind));
  if ($("note") !== document.activeElement || $("note").dataset.unit !== unit.unit) $("note").value = now.note;
  $("note").dataset.unit = unit.unit;
  $("count").textContent = words.done(done, UNITS.length);
  $("progress").setAttribute("aria-valuenow", done);
  $("progress").setAttribute("aria-valuemax", UNITS.length);
  $("progress").firstElementChild.style.width = `${100 * done / Math.max(1, UNITS.length)}%`;
  [...$("map").children].forEach((made, i) => {
    made.className = [isDone(i) && "done", of(i).note && "noted"].filter(Boolean).join(" ");
    made.setAttribute("aria-label", words.number(i + 1, UNITS.length));
    made.toggleAttribute("aria-current", i === at);
  });
  $("undo").disabled = !past.length;
  $("previous").disabled = at === 0;
  $("next").disabled = at === UNITS.length - 1;
  define();
}

const quoted = cell => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
const harmless = cell => /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell;
function csv() {
  const rows = UNITS.filter(u => codes[u.unit] && (codes[u.unit].statement || codes[u.unit].note || codes[u.unit].tools.length));
  const order = DATA.tools.map(x => x.id);
  const line = u => {
    const own = codes[u.unit], tools = [...own.tools].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    return [u.unit, own.statement, tools.join(";"), harmless(own.note), own.when || ""].map(quoted).join(",");
  };
  return "\ufeff" + ["unit,statement,tools,note,saved", ...rows.map(line)].join("\r\n") + "\r\n";
}
function save() {
  const file = DATA.saves, address = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  const made = node("a", { href: address, download: file });
  document.body.append(made);
  made.click();
  made.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  unsaved = false;
  say(t().saved(file));
}
function parse(text) {
  const rows = [[""]];
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i], row = rows[rows.length - 1];
    if (inside && c === '"' && text[i + 1] === '"') { row[row.length - 1] += '"'; i++; }
    else if (c === '"') inside = !inside;
    else if (!inside && c === ",") row.push("");
    else if (!inside && c === "\n") rows.push([""]);
    else if (inside || c !== "\r") row[row.length - 1] += c;
  }
  return rows.filter(row => row.length > 1);
}
async function open(file) {
  const [head, ...rows] = parse((await file.text()).replace(/^\ufeff/, ""));
  const place = Object.fromEntries((head || []).map((column, i) => [column, i]));
  const mine = rows.filter(row => KNOWN.has(row[place.unit]));
  if (!("statement" in place) || !mine.length) return say(t().foreign);
  const known = new Set(DATA.tools.map(x => x.id)), said = new Set(DATA.statements.map(x => x.id));
  for (const row of mine) {
    const cell = column => row[place[column]] || "";
    const tools = cell("tools").split(";").filter(x => known.has(x));
    codes[row[place.unit]] = { statement: said.has(cell("statement")) ? cell("statement") : "", tools, note: cell("note").replace(/^'(?=[=+\-@\t])/, ""), when: cell("saved") };
  }
  past = [];
  keep();
  draw();
  say(t().read(mine.length));
}

document.addEventListener("keydown", event => {
  const typing = event.target === $("note"), command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "s") { event.preventDefault(); return save(); }
  if (typing) { if (event.key === "Escape") $("unit").focus(); return; }
  if (command && event.key.toLowerCase() === "z") { event.preventDefault(); return undo(); }
  if (command || event.altKey || event.isComposing) return;
  const onButton = event.target.closest && event.target.closest("button, summary");
  if (onButton && (event.key === "Enter" || event.key === " ")) return;
  const key = event.key.toLowerCase(), tool = DATA.tools.length ? toolOf(key) : null;
  const acts = { enter: () => go(at + 1), arrowright: () => go(at + 1), arrowleft: () => go(at - 1), " ": nextUncoded, backspace: undo, "/": () => $("note").focus() };
  if (acts[key]) { event.preventDefault(); return acts[key](); }
  if (/^[1-4]$/.test(key)) return setStatement(DATA.statements[key - 1].id);
  if (tool) toggle(tool);
});
const ORDER = DATA.types.flatMap(kind => DATA.tools.filter(x => x.type === kind.id)).map(x => x.id);
function toolOf(key) { return key.length === 1 && LETTERS.includes(key) ? ORDER[LETTERS.indexOf(key)] : null; }

$("note").addEventListener("input", () => change({ note: $("note").value.trim() }, "note"));
window.addEventListener("storage", event => {  // the page is open twice: both hold what either has coded
  if (event.key !== KEY || !event.newValue) return;
  ({ codes } = JSON.parse(event.newValue));
  draw();
});
$("undo").addEventListener("click", undo);
$("save").addEventListener("click", save);
$("open").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => { if ($("file").files[0]) open($("file").files[0]); $("file").value = ""; });
$("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; keep(); draw(); });
$("previous").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));
$("uncoded").addEventListener("click", nextUncoded);
recall();
build();
draw();
$("unit").focus();
