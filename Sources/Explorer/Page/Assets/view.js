const timeText = (ms) => (ms >= 0.0995 ? `${Number(ms.toPrecision(3))} ms` : `${Number((1000 * ms).toPrecision(3))} µs`);
const shareText = (part, whole) => (whole > 0 ? `${Number((100 * part / whole).toPrecision(part / whole < 0.1 ? 1 : 2))} %` : "");
const countText = (count, word) => `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;

// What is looked at: a function, and in it a cell, a node, a line of the spec or a term, with all nodes that belong to it.
const state = { graph: graphs[0], tab: "graph", color: hasTimes ? "time" : "order", selection: null, lit: null, near: new Set(), file: mainFile };
const listeners = [];
const onChange = (listener) => listeners.push(listener);
const changed = (what) => listeners.forEach((listener) => listener(what));

function select(selection) {
  state.selection = selection;
  light(selection ? selection.nodes : null);
  changed("selection");
}
// What is lit stands out, and what it reads or what reads it stays legible.
function light(nodes) {
  state.lit = nodes ? new Set(nodes) : null;
  state.near = new Set(nodes ? nodes.flatMap((node) => [...node.operands, ...node.users].map((id) => node.graph.nodes[id])) : []);
}
const selectCell = (cell) => select({ kind: "cell", cell, nodes: cell.nodes });
const selectNode = (node) => select({ kind: "node", node, nodes: [node] });
const selectTerm = (term) =>
  select({ kind: "term", term, nodes: state.graph.nodes.filter((node) => node.term === term && node.op !== "input") });
function selectLine(file, line) {
  const nodes = state.graph.nodes.filter((node) => node.at && node.at[0] === file && node.at[1] === line);
  select({ kind: "line", file, line, nodes });
}
// All nodes on which one depends, or that depend on it.
function selectReach(node, direction) {
  const seen = new Set([node]), rim = [node];
  while (rim.length) {
    const next = rim.pop();
    for (const id of next[direction]) {
      const other = next.graph.nodes[id];
      if (!seen.has(other)) { seen.add(other); rim.push(other); }
    }
  }
  select({ kind: "node", node, nodes: [...seen], reach: direction });
}

function showFunction(graph) {
  state.graph = graph;
  state.selection = null;
  light(null);
  changed("function");
}

const nodeTitle = (node) => `%${node.id} ${node.op === "input" ? node.text : node.op}`;
const cellTitle = (cell) => `${cell.name}, ${orderName(cell.order).toLowerCase()}`;
const placeTitle = (at) => `${files[at[0]].name}:${at[1]}`;

// Colours come from the style sheet, so that they follow light and dark.
let palette = {};
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  const probe = el("span", {});
  document.body.append(probe);
  const resolved = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  palette = {};
  for (const name of ["paper", "card", "ink", "quiet", "faint", "line", "wash", "o0", "o1", "o2", "o3", "hot", "pick"]) {
    palette[name] = resolved(`--${name}`);
  }
  palette.sans = value("--sans");
  palette.mono = value("--mono");
  probe.remove();
}
const orderColor = (order) => palette[`o${Math.min(order, 3)}`];

// A canvas that fills its frame, drawn once a frame at most and sharp on every screen.
function makeCanvas(frame, label, draw) {
  const canvas = el("canvas", { tabindex: "0", role: "img", "aria-label": label });
  frame.append(canvas);
  const pen = canvas.getContext("2d");
  let waiting = false;
  const view = { canvas, pen, width: 0, height: 0 };
  view.redraw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const ratio = devicePixelRatio || 1;
      const box = frame.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) return;
      if (canvas.width !== Math.round(box.width * ratio) || canvas.height !== Math.round(box.height * ratio)) {
        canvas.width = Math.round(box.width * ratio);
        canvas.height = Math.round(box.height * ratio);
      }
      [view.width, view.height] = [box.width, box.height];
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, box.width, box.height);
      draw(view);
    });
  };
  new ResizeObserver(view.redraw).observe(frame);
  return view;
}

// A text cut to a width.
const widths = new Map();
function fitText(pen, text, width) {
  const key = `${pen.font}|${Math.round(width)}|${text}`;
  if (widths.has(key)) return widths.get(key);
  let cut = text;
  if (pen.measureText(cut).width > width) {
    let low = 0, high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
      else high = middle - 1;
    }
    cut = low ? `${text.slice(0, low)}…` : "";
  }
  if (widths.size > 20000) widths.clear();
  widths.set(key, cut);
  return cut;
}
