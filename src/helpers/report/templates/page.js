"use strict";
(function () {
  var root = document.documentElement;
  function $(id) { return document.getElementById(id); }
  function read(id) { return JSON.parse($(id).textContent); }
  function make(tag, text, name) {
    var node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;  // text only: nothing from documents is live
    if (name) node.className = name;
    return node;
  }
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, key) { return key in values ? values[key] : whole; });
  }

  // Light or dark: the system's choice until the reader makes one.
  $("theme").addEventListener("click", function () {
    var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (error) { /* not kept, still shown */ }
  });

  // Contents: closed on a phone, the section in view marked elsewhere.
  var contents = document.querySelector(".contents details");
  if (matchMedia("(max-width: 70rem)").matches) contents.open = false;
  var entries = {};
  contents.querySelectorAll("a").forEach(function (a) { entries[a.getAttribute("href").slice(1)] = a; });
  var seen = new IntersectionObserver(function (changes) {
    changes.forEach(function (change) {
      if (!change.isIntersecting) return;
      Object.keys(entries).forEach(function (id) { entries[id].removeAttribute("aria-current"); });
      if (entries[change.target.id]) entries[change.target.id].setAttribute("aria-current", "true");
    });
  }, { rootMargin: "-15% 0px -75% 0px" });
  document.querySelectorAll("main > section").forEach(function (section) { seen.observe(section); });

  function plain(text) {
    try { return decodeURIComponent(text); } catch (wrong) { return text; }  // `%E0%A4%A` ends no page
  }

  // A link into a folded part opens it.
  function reveal() {
    var target = location.hash.indexOf("?") < 0 && location.hash.length > 1 ? $(plain(location.hash.slice(1))) : null;
    for (var box = target && target.closest("details"); box; box = box.parentNode.closest("details")) box.open = true;
    if (target && target.closest("details")) target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  // Saving: tables as CSV with a mark that tells spreadsheets the encoding; figures as the image shown.
  function save(name, text) {
    var url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    var a = make("a");
    a.href = url;
    a.download = name;
    a.click();
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  }
  // The tables lie compressed in the page: unpacked at the first click.
  var tables = null;
  function unpacked() {
    var bytes = Uint8Array.from(atob(read("data-tables")), function (c) { return c.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
  }
  if (!self.DecompressionStream) document.querySelectorAll("[data-save]").forEach(function (b) { b.disabled = true; });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-save]");
    if (button && !button.disabled) {
      tables = tables || unpacked();
      tables.then(function (texts) { save(button.dataset.save.replace("figure:", "") + ".csv", texts[button.dataset.save]); });
    }
    var image = event.target.closest("[data-image]");
    if (image) {
      var picture = image.closest("figure").querySelector("img"), drawing = image.closest("figure").querySelector("svg.drawing");
      var text = picture ? "" : new XMLSerializer().serializeToString(drawing).replace(/ class="drawing"/, ' font-family="Noto Sans SC"');
      image.href = picture ? picture.src : URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
      image.download = image.download.replace(/\.(png|svg)$/, "") + (picture ? ".png" : ".svg");
    }
    var unfold = event.target.closest(".unfold");
    if (unfold) {
      var open = unfold.getAttribute("aria-expanded") !== "true";
      unfold.setAttribute("aria-expanded", String(open));
      unfold.textContent = open ? unfold.dataset.fewer : unfold.dataset.all;
      unfold.closest("figure").classList.toggle("unfolded", open);
    }
  });

  // Wide tables: what goes on beyond the edge fades there; arrow keys scroll what has the focus.
  function faded(box) {
    var rest = box.scrollWidth - box.clientWidth;
    box.classList.toggle("more-right", rest > 2 && box.scrollLeft < rest - 2);
    box.classList.toggle("more-left", rest > 2 && box.scrollLeft > 2);
  }
  var sizes = new ResizeObserver(function (changes) { changes.forEach(function (change) { faded(change.target); }); });
  document.querySelectorAll(".scroll").forEach(function (box) {
    sizes.observe(box);
    box.addEventListener("scroll", function () { faded(box); }, { passive: true });
    box.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 120, ArrowLeft: -120 }[event.key];
      if (!step || event.target !== box || box.scrollWidth <= box.clientWidth) return;
      box.scrollLeft += step;
      event.preventDefault();
    });
  });
  // On a phone a figure fits; a tap shows it as large as it was drawn, another makes it fit again.
  document.querySelectorAll(".figure .card").forEach(function (card) {
    card.addEventListener("click", function () { card.classList.toggle("large"); });
  });

  // Sorting: a click on a heading, again for the other direction; empty cells last.
  function sort(table, column, button) {
    var head = button.parentNode, down = head.getAttribute("aria-sort") !== "descending";
    table.querySelectorAll("th[aria-sort]").forEach(function (th) { th.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    var body = table.tBodies[0], rows = Array.from(body.rows), sign = down ? -1 : 1;
    var folded = rows.map(function (row) { return row.classList.contains("fold"); });
    function key(row) {
      var cell = row.cells[column];
      if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
      var text = cell.textContent.trim(), figure = button.parentNode.className === "n" && /^([<+-]?)([\d,]*\.?\d+)/.exec(text);
      if (!figure) return text;
      return Number(figure[2].replace(/,/g, "")) * (figure[1] === "-" ? -1 : figure[1] === "<" ? 0.5 : 1);
    }
    var keyed = rows.map(function (row, i) { return [key(row), i, row]; });
    keyed.sort(function (a, b) {
      if (a[0] === "" || b[0] === "") return (a[0] === "") - (b[0] === "") || a[1] - b[1];
      var order = typeof a[0] === "number" && typeof b[0] === "number" ? a[0] - b[0] : String(a[0]).localeCompare(String(b[0]), "zh");
      return sign * order || a[1] - b[1];
    });
    keyed.forEach(function (entry, i) { entry[2].classList.toggle("fold", folded[i]); body.appendChild(entry[2]); });
  }
  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (th, column) {
      var button = make("button", th.textContent);
      button.type = "button";
      th.textContent = "";
      th.appendChild(button);
      button.addEventListener("click", function () { sort(table, column, button); });
    });
  });

  // The table of sentences, built when it comes near or is asked for.
  if (!$("units")) return;
  var words = read("data-words"), say = words.texts, data = null, shown = [], page = 0, single = "", only = "";
  var PAGE = 50, form = $("filters"), body = $("units").tBodies[0];

  function option(select, value, text, parent) {
    var node = make("option", text);
    node.value = value;
    (parent || select).appendChild(node);
  }
  function load() {
    if (data) return;
    data = read("data-units");
    var counties = [], years = [], noCounty = false, noYear = false;
    data.documents.forEach(function (d) {
      if (d[1] === null) noCounty = true; else if (counties.indexOf(d[1]) < 0) counties.push(d[1]);
      if (d[2] === null) noYear = true; else if (years.indexOf(d[2]) < 0) years.push(d[2]);
    });
    counties.forEach(function (c) { option(form.county, c, words.counties[c] || c); });
    if (noCounty) option(form.county, "-", say.unknown);
    years.sort().forEach(function (y) { option(form.year, y, y); });
    if (noYear) option(form.year, "-", say.unknown_year);
    words.statements.forEach(function (s) { option(form.statement, s[0], s[1]); });
    var groups = {};
    data.tools.forEach(function (t) {
      if (!groups[t[1]]) {
        groups[t[1]] = make("optgroup");
        groups[t[1]].label = words.types[t[1]];
        form.tool.appendChild(groups[t[1]]);
        option(form.tool, "type:" + t[1], words.types[t[1]] + " (" + say.e_any + ")", groups[t[1]]);
      }
      option(form.tool, t[0], words.tools[t[0]], groups[t[1]]);
    });
    option(form.tool, "-", say.e_none);
    words.topics.forEach(function (t) { option(form.topic, t[0], t[0] + " " + t[1]); });
    option(form.topic, "-", say.e_none);
    data.units.forEach(function (u) { u.search = (u[3] + "\n" + data.headings[u[2]]).toLowerCase(); });
    apply();
  }
  function id(u) { return data.documents[u[0]][0] + ":" + String(u[1]).padStart(5, "0"); }
  function matches(u, want) {
    var d = data.documents[u[0]];
    if (single && single.split(";").indexOf(id(u)) < 0) return false;
    if (only && d[0] !== only) return false;
    if (want.county && (d[1] === null ? "-" : d[1]) !== want.county) return false;
    if (want.year && (d[2] === null ? "-" : String(d[2])) !== want.year) return false;
    if (want.statement && (u[6] < 0 || words.statements[u[6]][0] !== want.statement)) return false;
    if (want.topic && (u[7] < 0 ? "-" : String(u[7])) !== want.topic) return false;
    if (want.tool) {
      var codes = u[9], hit = want.tool === "-" && codes.length === 0;
      for (var i = 0; i < codes.length && !hit; i += 4) {
        var tool = data.tools[codes[i]];
        hit = want.tool === tool[0] || want.tool === "type:" + tool[1];
      }
      if (!hit) return false;
    }
    return !want.q || u.search.indexOf(want.q) >= 0;
  }
  function wanted() {
    var want = {};
    ["county", "year", "statement", "tool", "topic"].forEach(function (name) { want[name] = form[name].value; });
    want.q = form.q.value.trim().toLowerCase();
    return want;
  }
  function apply() {
    var want = wanted();
    shown = data.units.filter(function (u) { return matches(u, want); });
    page = 0;
    draw();
  }
  function colour(tool) { return " t" + (words.colours[data.tools[tool][1]] % 8); }

  // Marks: evidence of codes and the words searched for, cut at every border so that overlaps stay whole.
  function marked(u, query) {
    var text = u[3], cell = make("p", null, "sentence"), spans = [], cuts = [0, text.length];
    for (var i = 0; i < u[9].length; i += 4) {
      if (u[9][i + 1] >= 0 && u[9][i + 2] > u[9][i + 1]) spans.push([u[9][i + 1], u[9][i + 2], "mark" + colour(u[9][i])]);
    }
    if (query) {
      var lower = text.toLowerCase();
      if (lower.length === text.length) {
        for (var at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, at + query.length)) spans.push([at, at + query.length, "hit"]);
      }
    }
    spans.forEach(function (s) { cuts.push(s[0], s[1]); });
    cuts = cuts.filter(function (c) { return c >= 0 && c <= text.length; }).sort(function (a, b) { return a - b; });
    for (var k = 0; k + 1 < cuts.length; k++) {
      var from = cuts[k], to = cuts[k + 1];
      if (from === to) continue;
      var over = spans.filter(function (s) { return s[0] <= from && s[1] >= to; });
      if (over.length) cell.appendChild(make("mark", text.slice(from, to), over.map(function (s) { return s[2]; }).join(" ")));
      else cell.appendChild(document.createTextNode(text.slice(from, to)));
    }
    return cell;
  }
  // Why this code: coder and scores, the patterns that hit or what else is marked, and the coded sentences most like this one.
  function why(u) {
    var box = make("details", null, "why");
    box.appendChild(make("summary", say.e_why));
    box.addEventListener("toggle", function () {
      if (!box.open || box.children.length > 1) return;
      var coder = words.coders[u[10][0]] || "";
      box.appendChild(make("p", fill(say.e_why_given, { statement: words.statements[u[6]][1], score: score(u[10][1]), coder: coder })));
      reasons(box, u, words.statements[u[6]][0], null);
      for (var i = 0; i < u[9].length; i += 4) {
        box.appendChild(make("p", fill(say.e_why_score, { tool: words.tools[data.tools[u[9][i]][0]], score: score(u[9][i + 3]) }), "chip" + colour(u[9][i])));
        reasons(box, u, data.tools[u[9][i]][0], u[3].slice(Math.max(u[9][i + 1], 0), Math.max(u[9][i + 2], 0)));
      }
      var near = u[11];
      box.appendChild(make("p", near.length ? say.e_why_near : say.e_why_alone));
      var list = make("ul");
      for (var k = 0; k < near.length; k += 2) {
        var l = data.labelled[near[k]], codes = [words.statements[l[1]][1]], place = byText().get(l[0]);
        l.slice(3).forEach(function (tool) { codes.push(words.tools[data.tools[tool][0]]); });
        var item = make("li"), short = l[0].length > 60 ? l[0].slice(0, 59) + "…" : l[0], link = make(place ? "a" : "span", short);
        if (place) link.href = "#evidence?unit=" + encodeURIComponent(id(place));
        if (l[2]) codes.push(say.e_why_written);
        item.append(link, make("span", " " + codes.concat(score(near[k + 1])).join(" · "), "path"));
        list.appendChild(item);
      }
      if (near.length) box.appendChild(list);
    });
    return box;
  }
  function score(percent) { return percent < 0 ? "–" : (percent / 100).toFixed(2); }
  function reasons(box, u, owner, marked) {
    var found = 0, inside = 0, list = make("ul");
    u[10].slice(2).forEach(function (n) {
      var entry = data.patterns[n < 0 ? -1 - n : n];
      if (entry[1] !== owner) return;
      found += 1;
      inside += n >= 0;
      var note = words.notes && entry[2] ? ": " + entry[2] : "";
      list.appendChild(make("li", fill(n < 0 ? say.e_why_heading : say.e_why_entry, { id: entry[0] }) + note));
    });
    if (marked && !inside) list.appendChild(make("li", (u[10][0] === 4 ? say.e_why_quoted : u[10][0] === 0 ? "" : say.e_why_part) + "“" + marked + "”"));
    else if (marked) list.insertBefore(make("li", "“" + marked + "”"), list.firstChild);
    if (list.children.length) box.appendChild(list);
  }
  var texts = null;
  function byText() {  // a labelled sentence of a document stands among the sentences
    if (!texts) texts = new Map(data.units.map(function (v) { return [v[3], v]; }));
    return texts;
  }
  function row(u, query) {
    var d = data.documents[u[0]], tr = make("tr"), first = make("th"), codes = make("td"), place = make("td", null, "place");
    first.scope = "row";
    var where = (d[1] === null ? say.unknown : words.counties[d[1]] || d[1]) + " " + (d[2] === null ? say.unknown_year : d[2]);
    first.appendChild(make("p", where + (data.headings[u[2]] ? " · " + data.headings[u[2]] : ""), "path"));
    first.appendChild(marked(u, query));
    if (u[6] >= 0) first.appendChild(why(u));
    if (u[6] >= 0) codes.appendChild(make("span", words.statements[u[6]][1], "statement"));
    for (var i = 0; i < u[9].length; i += 4) codes.appendChild(make("span", words.tools[data.tools[u[9][i]][0]], "chip" + colour(u[9][i])));
    var topic = words.topics.find(function (t) { return t[0] === u[7]; });
    if (topic && !(u[8] & 4)) codes.appendChild(make("span", topic[0] + " " + topic[1], "topic"));
    if (u[8] & 1) codes.appendChild(make("span", say.e_repeat, "topic"));
    if (u[8] & 2) codes.appendChild(make("span", say.e_ocr, "topic"));
    var link = make("a", id(u));
    link.href = "#evidence?unit=" + encodeURIComponent(id(u));
    place.appendChild(link);
    place.appendChild(make("span", d[3]));
    place.appendChild(make("span", fill(say.e_characters, { start: u[4], end: u[5] })));
    tr.append(first, codes, place);
    return tr;
  }
  function draw() {
    var pages = Math.max(1, Math.ceil(shown.length / PAGE)), query = wanted().q, part = document.createDocumentFragment();
    shown.slice(page * PAGE, page * PAGE + PAGE).forEach(function (u) { part.appendChild(row(u, query)); });
    if (!shown.length) {
      var cell = make("td", say.e_nothing, "nothing"), tr = make("tr");
      cell.colSpan = 3;
      tr.appendChild(cell);
      part.appendChild(tr);
    }
    body.replaceChildren(part);
    $("found").textContent = fill(say.e_found, { found: shown.length.toLocaleString("en"), all: data.units.length.toLocaleString("en") });
    $("page").textContent = fill(say.e_page, { page: page + 1, pages: pages });
    $("previous").disabled = page === 0;
    $("next").disabled = page + 1 >= pages;
  }
  function remember() {
    var parts = [];
    ["q", "county", "year", "statement", "tool", "topic"].forEach(function (name) {
      if (form[name].value) parts.push(name + "=" + encodeURIComponent(form[name].value));
    });
    history.replaceState(null, "", "#evidence" + (parts.length ? "?" + parts.join("&") : ""));
  }
  function follow() {
    if (location.hash.indexOf("#evidence?") !== 0) return;
    load();
    var asked = new URLSearchParams(location.hash.slice("#evidence?".length));
    single = asked.get("unit") || "";
    only = asked.get("doc") || "";
    ["q", "county", "year", "statement", "tool", "topic"].forEach(function (name) {
      form[name].value = asked.get(name) || "";
      if (form[name].selectedIndex === -1) form[name].value = "";
    });
    apply();
    $("evidence").scrollIntoView();
  }
  var timer = 0;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("input", function () {
    load();
    single = only = "";
    clearTimeout(timer);
    timer = setTimeout(function () { apply(); remember(); }, 120);
  });
  $("reset").addEventListener("click", function () { load(); single = only = ""; form.reset(); apply(); remember(); });
  $("previous").addEventListener("click", function () { page -= 1; draw(); $("filters").scrollIntoView(); });
  $("next").addEventListener("click", function () { page += 1; draw(); $("filters").scrollIntoView(); });
  $("save-found").addEventListener("click", function () {
    load();
    function quoted(value) {
      var text = String(value === null || value === undefined ? "" : value);
      if (/^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?%?$/.test(text)) text = "'" + text;  // no cell starts a formula
      return '"' + text.replace(/"/g, '""') + '"';
    }
    var lines = [words.columns.map(quoted).join(",")];
    shown.forEach(function (u) {
      var d = data.documents[u[0]], tools = [];
      for (var i = 0; i < u[9].length; i += 4) tools.push(words.tools[data.tools[u[9][i]][0]]);
      var statement = u[6] < 0 ? "" : words.statements[u[6]][1];
      lines.push([id(u), d[1], d[2], statement, tools.join("; "), u[7] < 0 ? "" : u[7], data.headings[u[2]], u[3], d[3], u[4], u[5]].map(quoted).join(","));
    });
    save("sentences.csv", lines.join("\n") + "\n");
  });
  new IntersectionObserver(function (changes, observer) {
    if (!changes[0].isIntersecting) return;
    observer.disconnect();
    load();
  }, { rootMargin: "1200px 0px" }).observe($("evidence"));
  addEventListener("hashchange", follow);
  document.addEventListener("click", function (event) {
    var a = event.target.closest('a[href^="#evidence?"]');
    if (a && a.getAttribute("href") === location.hash) follow();  // the browser tells nothing when the address stays
  });
  follow();
})();
