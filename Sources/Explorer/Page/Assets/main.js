// The page: header, tabs, pointers and keys.
const tabs = { graph: "Graph", costs: "Costs", passes: "Passes", memory: "Memory", ...(hasTimes ? { roofline: "Roofline" } : {}) };
const stages = {};
const live = el("p", { class: "hidden", "aria-live": "polite" });
const tip = el("div", { class: "tip", hidden: true });

function showTab(name) {
  state.tab = name;
  for (const [other, stage] of Object.entries(stages)) stage.hidden = other !== name;
  changed("tab");
  redraw();
}
const redraw = () => { for (const view of [graphView, memoryView, rooflineView]) if (view) view.redraw(); };

function header() {
  const title = el("h1", {}, documentData.title);
  const functions = el("select", { "aria-label": "Function", onchange: (event) => showFunction(graphs[Number(event.target.value)]) },
    graphs.map((graph) => el("option", { value: String(graph.number) }, graph.title)));
  const colors = [["order", "order"], ["flop", "work"], ["bytes", "bytes moved"], hasTimes && ["time", "measured time"]].filter(Boolean);
  const color = el("select", { "aria-label": "Colour by", onchange: (event) => { state.color = event.target.value; changed("color"); redraw(); } },
    colors.map(([value, name]) => el("option", { value, selected: value === state.color }, name)));
  const found = el("ul", { class: "found", id: "found" , hidden: true});
  const search = el("input", {
    type: "search", placeholder: "Search: matmul, D.2, %12, line 9", "aria-label": "Search nodes", id: "search",
    oninput: () => findNodes(search.value, found), onkeydown: (event) => {
      if (event.key === "ArrowDown") { const first = found.querySelector("button"); if (first) first.focus(); event.preventDefault(); }
      if (event.key === "Escape") { search.value = ""; found.hidden = true; search.blur(); event.stopPropagation(); }
      if (event.key === "Enter") { const first = found.querySelector("button"); if (first) first.click(); }
    },
  });
  const bar = el("nav", { class: "tabs", "aria-label": "Views" }, Object.entries(tabs).map(([name, text]) => el("button", { "data-tab": name, onclick: () => showTab(name) }, text)),
    el("button", { class: "narrow", "data-tab": "spec", onclick: () => showSide("spec") }, "Spec"), el("button", { class: "narrow", "data-tab": "detail", onclick: () => showSide("detail") }, "Details"));
  onChange(() => {
    for (const button of bar.querySelectorAll("button")) button.setAttribute("aria-pressed", String(side ? button.dataset.tab === side : button.dataset.tab === state.tab));
    functions.value = String(state.graph.number);
  });
  return el("header", {}, title, el("div", { class: "tools" }, el("label", {}, el("span", {}, "Function"), functions), el("label", {}, el("span", {}, "Colour"), color),
    el("div", { class: "search" }, search, found)), bar);
}

const matches = (text, words) => words.split(/\s+/).every((word) => text.toLowerCase().includes(word));

// On a narrow screen the spec and the details take the place of the views.
let side = null;
function showSide(name) {
  side = name;
  document.body.dataset.side = name || "";
  changed("tab");
}

function findNodes(text, list) {
  const words = text.toLowerCase().trim();
  const line = /^(line|:)\s*(\d+)$/.exec(words);
  const hits = !words ? [] : state.graph.nodes.filter((node) => (line ? node.at && node.at[0] === mainFile && node.at[1] === Number(line[2])
    : words.startsWith("%") ? `%${node.id}` === words || `%${node.id}`.startsWith(words)
      : matches(`${node.op} ${node.text} ${node.layer} ${node.term} ${node.type} ${orderName(node.order)} ${node.results.join(" ")}`, words)));
  const terms = [...new Set(state.graph.nodes.map((node) => node.term))].filter((term) => term && words && matches(term, words));
  const cells = words ? state.graph.cells.filter((cell) => matches(`${cell.name} ${kindOf(cell)} ${orderName(cell.order)}`, words)) : [];
  const item = (go, ...children) => el("li", {}, el("button", { onclick: () => { list.hidden = true; go(); } }, ...children));
  list.hidden = !words;
  list.replaceChildren(
    ...terms.map((term) => item(() => selectTerm(term), term, el("small", {}, " term"))),
    ...cells.slice(0, 12).map((cell) => item(() => { selectCell(cell); centerOn(cell); }, el("span", { class: `dot o${Math.min(cell.order, 3)}` }), cell.name, el("small", {}, ` layer, ${orderName(cell.order).toLowerCase()}`))),
    hits.length + terms.length + cells.length ? "" : el("li", { class: "quiet" }, "Nothing has all of these words."), ...hits.slice(0, 40).map((node) => el("li", {}, el("button", { onclick: () => { list.hidden = true; reveal(node); } },
    el("span", { class: `dot o${Math.min(node.order, 3)}` }), nodeTitle(node), el("small", {}, ` ${node.layer} ${node.type}`)))),
    hits.length > 40 ? el("li", { class: "quiet" }, `${hits.length - 40} more`) : "");
  light(words && hits.length ? hits : state.selection ? state.selection.nodes : null);
  redraw();
}

function centerOn(box) {
  if (camera.scale < 0.6) camera.scale = 0.8;
  camera.x = box.x + box.w / 2 - graphView.width / 2 / camera.scale;
  camera.y = box.y + Math.min(box.h / 2, graphView.height / 2 / camera.scale) - graphView.height / 2 / camera.scale;
  graphView.redraw();
}

function toggleCell(cell) {
  const [x, y] = [cell.x, cell.y];
  cell.open = !cell.open;
  layoutGraph(state.graph);
  // The cell stays where the eye is.
  camera.x += cell.x - x;
  camera.y += cell.y - y;
  if (cell.open && graphView.width && cell.w * camera.scale > graphView.width * 0.9) fitCamera(state.graph, cell);
  selectCell(cell);
}

function itemAt(x, y) {
  const place = { x: x / camera.scale + camera.x, y: y / camera.scale + camera.y };
  const within = (box) => place.x >= box.x && place.x <= box.x + box.w && place.y >= box.y && place.y <= box.y + box.h;
  const cell = state.graph.cells.find(within);
  if (!cell) return null;
  const node = cell.open && cell.nodes.find((other) => within(boxOf(other)));
  return node ? { node } : { cell };
}

// Dragging moves, the wheel zooms, two fingers do both.
function pointers(view, actions) {
  const active = new Map();
  let moved = false;
  const local = (event) => { const box = view.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  view.canvas.addEventListener("pointerdown", (event) => { active.set(event.pointerId, local(event)); moved = false; view.canvas.setPointerCapture(event.pointerId); });
  view.canvas.addEventListener("pointermove", (event) => {
    const [x, y] = local(event), before = active.get(event.pointerId);
    if (!before) { actions.hover(x, y, event); return; }
    if (active.size === 1) {
      if (Math.hypot(x - before[0], y - before[1]) < 3 && !moved) return;
      moved = true;
      actions.pan(x - before[0], y - before[1]);
    } else {
      const other = [...active.entries()].find(([id]) => id !== event.pointerId)[1];
      const old = Math.hypot(before[0] - other[0], before[1] - other[1]), now = Math.hypot(x - other[0], y - other[1]);
      moved = true;
      if (old > 0) actions.zoom(now / old, (x + other[0]) / 2, (y + other[1]) / 2);
    }
    active.set(event.pointerId, [x, y]);
    view.redraw();
  });
  const end = (event) => {
    if (active.delete(event.pointerId) && !moved && event.type === "pointerup") actions.click(...local(event));
  };
  view.canvas.addEventListener("pointerup", end);
  view.canvas.addEventListener("pointercancel", end);
  view.canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  view.canvas.addEventListener("dblclick", (event) => actions.open(...local(event)));
  view.canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [x, y] = local(event);
    if (event.shiftKey) actions.pan(-event.deltaY, 0);
    else actions.zoom(Math.exp(-event.deltaY * 0.0015), x, y);
    view.redraw();
  }, { passive: false });
}

function showTip(event, lines) {
  tip.hidden = !lines;
  if (!lines) return;
  tip.replaceChildren(...lines.map((line, place) => el(place ? "div" : "strong", {}, line)));
  const wide = tip.offsetWidth, high = tip.offsetHeight;
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - wide - 8)}px`;
  tip.style.top = `${event.clientY + 18 + high > innerHeight ? event.clientY - high - 10 : event.clientY + 18}px`;
}
const nodeTip = (node) => [nodeTitle(node), node.formula, `${node.type}${node.flop ? `, ${flopText(node.flop)}` : ""}${node.ms ? `, ${timeText(node.ms)}` : ""}`, node.at ? placeTitle(node.at) : node.layer];

// Whether a place is on the plus or minus of a cell.
const onSign = (cell, x, y) => x / camera.scale + camera.x > cell.x + cell.w - 30 && y / camera.scale + camera.y < cell.y + 30;
const graphActions = {
  hover(x, y, event) {
    const item = itemAt(x, y), thing = item && (item.node || item.cell);
    if (thing !== hovered) { hovered = thing; graphView.redraw(); }
    graphView.canvas.style.cursor = thing ? "pointer" : "grab";
    showTip(event, !item ? null : item.node ? nodeTip(item.node)
      : [cellTitle(item.cell), cellCost(item.cell), item.cell.open ? "− or a double click folds it" : "+ or a double click unfolds it"]);
  },
  pan(dx, dy) { camera.x -= dx / camera.scale; camera.y -= dy / camera.scale; },
  zoom(factor, x, y) {
    const scale = Math.min(3, Math.max(0.08, camera.scale * factor));
    camera.x += x / camera.scale - x / scale;
    camera.y += y / camera.scale - y / scale;
    camera.scale = scale;
  },
  click(x, y) {
    const item = itemAt(x, y);
    if (!item) select(null);
    else if (item.node) selectNode(item.node);
    else if (onSign(item.cell, x, y)) toggleCell(item.cell);
    else selectCell(item.cell);
  },
  open(x, y) { const item = itemAt(x, y); if (item && item.cell && !onSign(item.cell, x, y)) toggleCell(item.cell); },
};

const memoryActions = {
  hover(x, y, event) {
    const block = blockAt(x, y);
    if (block !== hoveredBlock) { hoveredBlock = block; memoryView.redraw(); }
    showTip(event, block && [block.scratch ? `scratch of ${nodeTitle(block.node)}` : nodeTitle(block.node), byteText(block.bytes),
      `steps ${block.from} to ${block.to}`, block.node.layer && `${block.node.layer}, ${orderName(block.node.order).toLowerCase()}`].filter(Boolean));
  },
  pan(dx, dy) {
    const time = (dx / memoryView.width) * (memoryCamera.to - memoryCamera.from), bytes = (dy / memoryView.height) * (memoryCamera.high - memoryCamera.low);
    memoryCamera.from -= time; memoryCamera.to -= time;
    memoryCamera.low -= bytes; memoryCamera.high -= bytes;
  },
  zoom(factor, x, y) {
    const part = (x - memoryMargin.left) / (memoryView.width - memoryMargin.left - memoryMargin.right);
    const share = (y - memoryMargin.top) / (memoryView.height - memoryMargin.top - memoryMargin.bottom);
    const time = memoryCamera.from + part * (memoryCamera.to - memoryCamera.from), byte = memoryCamera.low + share * (memoryCamera.high - memoryCamera.low);
    Object.assign(memoryCamera, {
      from: time - (time - memoryCamera.from) / factor, to: time + (memoryCamera.to - time) / factor,
      low: byte - (byte - memoryCamera.low) / factor, high: byte + (memoryCamera.high - byte) / factor,
    });
  },
  click(x, y) { const block = blockAt(x, y); if (block) selectNode(block.node); else select(null); },
  open() { fitMemory(); memoryView.redraw(); },
};

// Arrows go to the nearest cell, or node of an open cell, in their direction.
function step(dx, dy) {
  const graph = state.graph, selection = state.selection;
  const things = graph.cells.flatMap((cell) => (cell.open ? cell.nodes.map((node) => ({ node, box: boxOf(node) })) : [{ cell, box: cell }]));
  const current = selection && (selection.kind === "node" ? things.find((thing) => thing.node === selection.node) : things.find((thing) => thing.cell === selection.cell || (thing.node && thing.node.cell === selection.cell)));
  const middle = (box) => [box.x + box.w / 2, box.y + box.h / 2];
  const [x, y] = current ? middle(current.box) : [0, 0];
  const best = things.filter((thing) => thing !== current).map((thing) => {
    const [tx, ty] = middle(thing.box), along = (tx - x) * dx + (ty - y) * dy, across = Math.abs((tx - x) * dy) + Math.abs((ty - y) * dx);
    return { thing, along, cost: along + 3 * across };
  }).filter((item) => !current || item.along > 1).sort((a, b) => a.cost - b.cost)[0];
  if (!best) return;
  if (best.thing.node) selectNode(best.thing.node); else selectCell(best.thing.cell);
  const box = best.thing.box, seen = { x: camera.x, y: camera.y, w: graphView.width / camera.scale, h: graphView.height / camera.scale };
  if (box.x < seen.x || box.y < seen.y || box.x + box.w > seen.x + seen.w || box.y + box.h > seen.y + seen.h) centerOn(box);
}

function keys(event) {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const onCanvas = event.target === graphView.canvas || event.target === document.body;
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === "/") { document.getElementById("search").focus(); event.preventDefault(); }
  else if (event.key === "Escape") select(null);
  else if (/^[1-5]$/.test(event.key) && tabs[Object.keys(tabs)[Number(event.key) - 1]]) { showSide(null); showTab(Object.keys(tabs)[Number(event.key) - 1]); }
  else if (state.tab === "graph" && onCanvas && arrows[event.key]) { step(...arrows[event.key]); event.preventDefault(); }
  else if (state.tab === "graph" && onCanvas && event.key === "Enter" && state.selection) {
    const cell = state.selection.cell || (state.selection.node && state.selection.node.cell);
    if (cell) toggleCell(cell);
    event.preventDefault();
  } else if (event.key === "+" || event.key === "=") zoomBy(1.3);
  else if (event.key === "-") zoomBy(1 / 1.3);
  else if (event.key === "0") showAll();
  else if (event.key === "u" && state.tab === "graph") unfoldAll();
}
function zoomBy(factor) {
  const memory = state.tab === "memory", view = memory ? memoryView : graphView;
  (memory ? memoryActions : graphActions).zoom(factor, view.width / 2, view.height / 2);
  view.redraw();
}
// All cells open, or all closed again.
function unfoldAll() {
  const open = !state.graph.cells.every((cell) => cell.open);
  for (const cell of state.graph.cells) cell.open = open;
  layoutGraph(state.graph);
  fitCamera(state.graph);
  graphView.redraw();
}
function showAll() {
  if (state.tab === "memory") { fitMemory(); memoryView.redraw(); return; }
  for (const cell of state.graph.cells) cell.open = false;
  layoutGraph(state.graph);
  fitCamera(state.graph);
  graphView.redraw();
}

function announce() {
  const selection = state.selection;
  live.textContent = !selection ? "" : selection.kind === "cell" ? `${cellTitle(selection.cell)}: ${cellCost(selection.cell)}`
    : selection.kind === "node" ? `${nodeTitle(selection.node)}: ${selection.node.formula}, ${selection.node.type}` : countText(selection.nodes.length, "node");
}

function memoryList() {
  const list = el("div", { class: "held" });
  onChange(() => {
    const memory = state.graph.memory;
    list.hidden = !memory;
    if (!memory) return;
    const held = heldAt(memory, memory.peak.time);
    list.replaceChildren(el("h2", {}, `At the peak, step ${memory.peak.time} of ${memory.steps.length}: ${byteText(memory.peak.bytes)}`),
      el("ol", {}, held.slice(0, 30).map((block) => el("li", {}, el("button", { class: "link", onclick: () => selectNode(block.node) }, el("span", { class: `dot o${Math.min(block.node.order, 3)}` }),
        block.scratch ? `scratch of ${nodeTitle(block.node)}` : nodeTitle(block.node), el("small", {}, ` ${byteText(block.bytes)}, ${block.node.layer || "input"}`))))));
  });
  return list;
}

function build() {
  const graphFrame = el("div", { class: "frame" }), memoryFrame = el("div", { class: "frame" });
  const zoom = el("div", { class: "zoom" }, el("button", { "aria-label": "Zoom in", onclick: () => zoomBy(1.3) }, "+"), el("button", { "aria-label": "Zoom out", onclick: () => zoomBy(1 / 1.3) }, "−"), el("button", { "aria-label": "Show all", onclick: showAll }, "⤢"));
  stages.graph = el("section", { class: "stage", "aria-label": "Graph" }, graphFrame, zoom);
  stages.costs = el("section", { class: "stage", hidden: true, "aria-label": "Costs" }, costPanel());
  stages.passes = el("section", { class: "stage", hidden: true, "aria-label": "Passes" }, passPanel());
  stages.memory = el("section", { class: "stage memory", hidden: true, "aria-label": "Memory" }, memoryFrame, memoryList());
  const rooflineFrame = el("div", { class: "frame" });
  if (hasTimes) stages.roofline = el("section", { class: "stage", hidden: true, "aria-label": "Roofline" }, rooflineFrame);
  document.getElementById("page").append(header(), el("main", {}, specPanel(), el("div", { class: "center" }, Object.values(stages)), detailPanel()), live, tip);
  graphView = makeCanvas(graphFrame, "The graph by layers and orders of derivative. Arrow keys go from cell to cell, Enter unfolds; the tab Costs has the same as a table.", drawGraph);
  memoryView = makeCanvas(memoryFrame, "The memory plan: time across, address down. The list beside it names what is alive at the peak.", drawMemory);
  pointers(graphView, graphActions);
  pointers(memoryView, memoryActions);
  if (hasTimes) {
    rooflineView = makeCanvas(rooflineFrame, "Layers beside what the machine allows. The tab Costs has their times as a table.", drawRoofline);
    pointers(rooflineView, rooflineActions);
  }
  document.addEventListener("keydown", keys);
  for (const button of document.querySelectorAll(".tabs button:not(.narrow)")) button.addEventListener("click", () => showSide(null));
}

function start() {
  if (!graphs.length) { document.getElementById("page").append(el("p", { class: "notice" }, "This stage has no graphs.")); return; }
  build();
  readPalette();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readPalette(); redraw(); });
  onChange((what) => {
    if (what === "function") { measureHeat(state.graph); layoutGraph(state.graph); fitCamera(state.graph); fitMemory(); }
    if (what === "selection") announce();
    redraw();
  });
  measureHeat(state.graph);
  layoutGraph(state.graph);
  fitMemory();
  changed("tab");
  openFromAddress();
  firstLook();
}

// The first view fits the frame, once that has a size: what the address asks for, or all.
function firstLook() {
  const thing = state.selection && (state.selection.node || state.selection.cell);
  const look = () => {
    if (!graphView.width) { requestAnimationFrame(look); return; }
    fitCamera(state.graph);
    if (thing) centerOn(thing.op ? boxOf(thing) : thing);
    graphView.redraw();
  };
  requestAnimationFrame(look);
}

// #function=1&tab=memory&node=12 and the like lead to a view, for links.
function openFromAddress() {
  const wish = new URLSearchParams(location.hash.slice(1)), graph = graphs[Number(wish.get("function"))];
  if (wish.has("function") && graph) showFunction(graph);
  if (tabs[wish.get("tab")]) showTab(wish.get("tab"));
  const cell = state.graph.cells.find((other) => `${other.name}@${other.order}` === wish.get("open"));
  if (cell) toggleCell(cell);
  if (wish.has("term")) selectTerm(wish.get("term"));
  const line = Number(wish.get("line"));
  if (files[mainFile].lines[line - 1] !== undefined) selectLine(mainFile, line);
  if (wish.has("pass")) showPass(Number(wish.get("pass")));
  const node = wish.has("node") && state.graph.nodes[Number(wish.get("node"))];
  if (node) reveal(node);
}
start();
