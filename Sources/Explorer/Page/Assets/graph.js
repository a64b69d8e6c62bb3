// The graph: a row for each layer, a band for each order of derivative, cells that unfold to their nodes.
const sizes = { cell: 206, cellHeight: 44, gapX: 118, gapY: 17, chip: 186, chipHeight: 38, chipGapX: 12, chipGapY: 22, left: 0, top: 66, pad: 14, header: 28 };

function layoutCell(cell) {
  if (!cell.open) {
    [cell.w, cell.h] = [sizes.cell, sizes.cellHeight];
    return;
  }
  const inside = new Set(cell.nodes), level = new Map(), rows = [];
  for (const node of cell.nodes) {
    const above = node.operands.map((id) => node.graph.nodes[id]).filter((other) => inside.has(other) && level.has(other));
    // What is given stands in the row above its first reader, not on top.
    level.set(node, node.op === "input" ? -1 : above.length ? 1 + Math.max(...above.map((other) => level.get(other))) : 0);
  }
  for (const node of cell.nodes) {
    if (level.get(node) >= 0) continue;
    const readers = node.users.map((id) => node.graph.nodes[id]).filter((other) => inside.has(other) && level.get(other) >= 0);
    level.set(node, readers.length ? Math.min(...readers.map((other) => level.get(other))) - 1 : 0);
  }
  const lowest = smallestOf([...level.values()]);
  for (const node of cell.nodes) (rows[level.get(node) - lowest] = rows[level.get(node) - lowest] || []).push(node);
  const perRow = Math.max(3, Math.min(6, Math.ceil(Math.sqrt(cell.nodes.length))));
  let y = sizes.header + sizes.pad, width = 0;
  for (const row of rows.filter(Boolean)) {
    for (let start = 0; start < row.length; start += perRow) {
      row.slice(start, start + perRow).forEach((node, place) => {
        node.dx = sizes.pad + place * (sizes.chip + sizes.chipGapX);
        node.dy = y;
        width = Math.max(width, node.dx + sizes.chip + sizes.pad);
      });
      y += sizes.chipHeight + sizes.chipGapY;
    }
  }
  [cell.w, cell.h] = [Math.max(width, sizes.cell), y - sizes.chipGapY + sizes.pad];
}

function layoutGraph(graph) {
  for (const cell of graph.cells) layoutCell(cell);
  let x = sizes.left;
  graph.bands = graph.orders.map((order) => {
    const width = largestOf(graph.cells.filter((cell) => cell.order === order).map((cell) => cell.w));
    const band = { order, x, w: width };
    x += width + sizes.gapX;
    return band;
  });
  let y = sizes.top, previous = null;
  for (const row of graph.rows) {
    if (previous && previous.network !== row.network) y += 2 * sizes.gapY;
    row.y = y;
    row.h = largestOf(row.cells.map((cell) => cell.h));
    y += row.h + sizes.gapY;
    previous = row;
  }
  for (const cell of graph.cells) {
    const band = graph.bands.find((other) => other.order === cell.order);
    cell.x = band.x + (band.w - cell.w) / 2;
    cell.y = cell.row.y + (cell.row.h - cell.h) / 2;
  }
  [graph.w, graph.h] = [x - sizes.gapX, y];
  graph.edges = gatherEdges(graph);
}

const boxOf = (node) => (node.cell.open ? { x: node.cell.x + node.dx, y: node.cell.y + node.dy, w: sizes.chip, h: sizes.chipHeight } : node.cell);

// What is seen of the edges: between cells, or nodes of cells that are open; the same ones are one.
function gatherEdges(graph) {
  const edges = new Map();
  for (const node of graph.nodes) {
    for (const id of node.operands) {
      const source = graph.nodes[id];
      if (source.cell === node.cell && !node.cell.open) continue;
      const key = `${source.cell.open ? `n${id}` : `c${source.cell.row.place}.${source.cell.order}`}>` +
        `${node.cell.open ? `n${node.id}` : `c${node.cell.row.place}.${node.cell.order}`}`;
      const edge = edges.get(key);
      if (edge) edge.pairs.push([source, node]);
      else edges.set(key, { from: boxOf(source), to: boxOf(node), order: node.order, pairs: [[source, node]] });
    }
  }
  return [...edges.values()];
}

// Within a band lines run straight to the next row, and at the band's side past others; between bands from side to side.
function edgeCurve(from, to) {
  const beside = to.x >= from.x + from.w - 1 || to.x + to.w <= from.x + 1;
  if (beside) {
    const right = to.x > from.x;
    const [a, b] = right ? [from.x + from.w, to.x] : [from.x, to.x + to.w];
    const [y1, y2] = [from.y + from.h / 2, to.y + to.h / 2], bend = (b - a) / 2;
    return [a, y1, a + bend, y1, b - bend, y2, b, y2];
  }
  const down = to.y > from.y, gap = down ? to.y - from.y - from.h : from.y - to.y - to.h;
  if (gap <= 5 * sizes.gapY) {
    const [xa, xb] = [from.x + from.w / 2, to.x + to.w / 2];
    const [ya, yb] = down ? [from.y + from.h, to.y] : [from.y, to.y + to.h], bend = (yb - ya) / 2;
    return [xa, ya, xa, ya + bend, xb, yb - bend, xb, yb];
  }
  const lift = Math.min(sizes.gapX * 0.42, 18 + gap / 14);
  const [xa, xb, out] = down ? [from.x, to.x, Math.min(from.x, to.x) - lift] : [from.x + from.w, to.x + to.w, Math.max(from.x + from.w, to.x + to.w) + lift];
  const [ya, yb] = [from.y + from.h / 2, to.y + to.h / 2];
  return [xa, ya, out, ya, out, yb, xb, yb];
}

const camera = { x: 0, y: 0, scale: 1 };
let graphView = null, hovered = null;

function fitCamera(graph, box = null) {
  if (!graphView || !graphView.width) return;
  // Names of the bands cover the top, those of the networks the left.
  const head = 52, target = box || { x: 0, y: sizes.top, w: graph.w, h: graph.h - sizes.top };
  const side = box ? 12 : 58;
  const across = (graphView.width - side - 12) / target.w, down = (graphView.height - head - 16) / target.h;
  // A long graph begins at its top, legible.
  camera.scale = Math.min(across, Math.max(down, 0.74), box ? 1.25 : 1.15);
  camera.x = target.x + target.w / 2 - (graphView.width + side - 12) / 2 / camera.scale;
  const room = (graphView.height - head) / camera.scale;
  camera.y = target.y - head / camera.scale - Math.max(8, Math.min(60, (room - target.h) / 2));
}

// How warm a thing is, from 0 to 1, by its share of the largest.
function heat(thing, kind) {
  const most = kind === "cell" ? state.graph.mostCell : state.graph.mostNode;
  const key = state.color === "time" ? "ms" : state.color === "bytes" ? "bytes" : "flop";
  return most[key] > 0 ? Math.sqrt(thing[key] / most[key]) : 0;
}
function measureHeat(graph) {
  const most = (things) => Object.fromEntries(["flop", "bytes", "ms"].map((key) => [key, Math.max(0, largestOf(things.map((thing) => thing[key])))]));
  [graph.mostCell, graph.mostNode] = [most(graph.cells), most(graph.nodes)];
}

const isLit = (nodes) => !state.lit || nodes.some((node) => state.lit.has(node));
// How clearly things of these nodes are drawn.
const clarity = (nodes) => (isLit(nodes) ? 1 : nodes.some((node) => state.near.has(node)) ? 0.8 : 0.4);

function fillBox(pen, box, radius, color, alpha) {
  pen.beginPath();
  pen.roundRect(box.x, box.y, box.w, box.h, radius);
  pen.fillStyle = palette.card;
  pen.globalAlpha = 1;
  pen.fill();
  pen.globalAlpha = alpha;
  pen.fillStyle = color;
  pen.fill();
  pen.globalAlpha = 1;
}

function drawGraph({ pen, width, height }) {
  const graph = state.graph;
  const seen = { x: camera.x, y: camera.y, w: width / camera.scale, h: height / camera.scale };
  const visible = (box, margin = 0) => box.x < seen.x + seen.w + margin && box.x + box.w > seen.x - margin &&
    box.y < seen.y + seen.h + margin && box.y + box.h > seen.y - margin;
  pen.save();
  pen.scale(camera.scale, camera.scale);
  pen.translate(-camera.x, -camera.y);
  drawBands(pen, graph, seen);
  // Lines run above the frames of open cells and below what stands in them.
  for (const cell of graph.cells) if (cell.open && visible(cell)) drawCell(pen, cell);
  drawEdges(pen, graph, seen);
  drawSelectedEdges(pen, graph);
  for (const cell of graph.cells) {
    if (!visible(cell)) continue;
    if (!cell.open) drawCell(pen, cell);
    else for (const node of cell.nodes) if (visible(boxOf(node))) drawChip(pen, node, boxOf(node));
  }
  pen.restore();
  drawLabels(pen, graph, width, height);
}

function drawBands(pen, graph, seen) {
  for (const band of graph.bands) {
    pen.fillStyle = orderColor(band.order);
    pen.globalAlpha = 0.05;
    pen.fillRect(band.x - sizes.gapX / 3, seen.y, band.w + (2 * sizes.gapX) / 3, seen.h);
    pen.globalAlpha = 1;
  }
}

// Names of bands and networks stay in sight.
function drawLabels(pen, graph, width, height) {
  drawNetworks(pen, graph, height);
  pen.textBaseline = "middle";
  pen.fillStyle = palette.paper;
  pen.globalAlpha = 0.9;
  pen.fillRect(0, 0, width, 46);
  pen.globalAlpha = 1;
  pen.textAlign = "center";
  for (const band of graph.bands) {
    const x = (band.x + band.w / 2 - camera.x) * camera.scale;
    const room = (band.w + sizes.gapX * 0.9) * camera.scale;
    pen.font = `650 13.5px ${palette.sans}`;
    pen.fillStyle = orderColor(band.order);
    pen.fillText(fitText(pen, orderName(band.order), room), x, 16);
    const flop = graph.cells.reduce((sum, cell) => sum + (cell.order === band.order ? cell.flop : 0), 0);
    pen.font = `11.5px ${palette.sans}`;
    pen.fillStyle = palette.quiet;
    pen.fillText(fitText(pen, `${flopText(flop)}, ${shareText(flop, graph.flop) || "0 %"}`, room), x, 34);
  }
  pen.textAlign = "left";
}

function drawNetworks(pen, graph, height) {
  const spans = new Map();
  for (const row of graph.rows) {
    const name = row.network || (row.name === "inputs" ? "data" : "game");
    const span = spans.get(name) || { from: row.y, to: row.y };
    span.to = row.y + row.h;
    spans.set(name, span);
  }
  pen.font = `650 13px ${palette.sans}`;
  for (const [name, span] of spans) {
    const from = Math.max(50, (span.from - camera.y) * camera.scale), to = Math.min(height, (span.to - camera.y) * camera.scale);
    if (to < from) continue;
    pen.strokeStyle = palette.faint;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(13.5, from);
    pen.lineTo(13.5, to);
    pen.stroke();
    pen.fillStyle = palette.paper;
    pen.globalAlpha = 0.9;
    const wide = pen.measureText(name).width;
    pen.fillRect(18, (from + to) / 2 - 10, wide + 8, 20);
    pen.globalAlpha = 1;
    pen.fillStyle = palette.ink;
    pen.fillText(name, 22, (from + to) / 2);
  }
}

function strokeCurve(pen, curve) {
  pen.beginPath();
  pen.moveTo(curve[0], curve[1]);
  pen.bezierCurveTo(...curve.slice(2));
  pen.stroke();
}

function drawEdges(pen, graph, seen) {
  pen.lineCap = "round";
  for (const edge of graph.edges) {
    const curve = (edge.curve = edge.curve || edgeCurve(edge.from, edge.to));
    const [left, right] = [Math.min(curve[0], curve[6]), Math.max(curve[0], curve[6])];
    const [top, bottom] = [Math.min(curve[1], curve[7]) - 50, Math.max(curve[1], curve[7]) + 50];
    if (right < seen.x || left > seen.x + seen.w || bottom < seen.y || top > seen.y + seen.h) continue;
    pen.strokeStyle = orderColor(edge.order);
    const far = bottom - top > 700;
    pen.globalAlpha = state.lit ? 0.06 : far ? 0.14 : 0.45;
    pen.lineWidth = Math.min(4, 1 + Math.log2(edge.pairs.length) * 0.6);
    strokeCurve(pen, curve);
  }
  pen.globalAlpha = 1;
}

// Edges at what is selected: what it reads, and what reads it.
function drawSelectedEdges(pen, graph) {
  if (!state.lit) return;
  const reach = state.selection && state.selection.reach;
  for (const edge of graph.edges) {
    const into = edge.pairs.some(([, to]) => state.lit.has(to)), out = edge.pairs.some(([from]) => state.lit.has(from));
    if (reach ? !(into && out) : !(into || out)) continue;
    pen.strokeStyle = orderColor(edge.order);
    pen.globalAlpha = 0.85;
    pen.lineWidth = Math.max(1.6, 1.4 / camera.scale);
    strokeCurve(pen, edge.curve);
    drawArrow(pen, edge.curve);
  }
  pen.globalAlpha = 1;
}

function drawArrow(pen, curve) {
  const [x, y] = [curve[6], curve[7]], angle = Math.atan2(y - curve[5], x - curve[4]), size = 7;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x - size * Math.cos(angle - 0.45), y - size * Math.sin(angle - 0.45));
  pen.lineTo(x - size * Math.cos(angle + 0.45), y - size * Math.sin(angle + 0.45));
  pen.closePath();
  pen.fillStyle = pen.strokeStyle;
  pen.fill();
}

function drawCell(pen, cell) {
  const clear = clarity(cell.nodes);
  const color = state.color === "order" ? orderColor(cell.order) : palette.hot;
  const alpha = state.color === "order" ? 0.2 : 0.06 + 0.64 * heat(cell, "cell");
  pen.globalAlpha = 1;
  fillBox(pen, cell, 9, color, (cell.open ? 0.07 : alpha) * clear);
  const chosen = state.selection && state.selection.kind === "cell" && state.selection.cell === cell;
  pen.strokeStyle = chosen ? palette.pick : orderColor(cell.order);
  pen.lineWidth = chosen ? 2.5 : hovered === cell ? 2 : 1.2;
  pen.globalAlpha = clear;
  pen.stroke();
  pen.textBaseline = "middle";
  pen.fillStyle = palette.ink;
  if (camera.scale > 0.3) {
    pen.font = `640 13px ${palette.sans}`;
    const name = fitText(pen, cell.name, cell.w - 34), wide = pen.measureText(name).width;
    pen.fillText(name, cell.x + 11, cell.y + 14.5);
    pen.font = `12px ${palette.sans}`;
    // On a warm cell quiet words would drown.
    pen.fillStyle = alpha > 0.3 ? palette.ink : palette.quiet;
    pen.fillText(fitText(pen, kindOf(cell), cell.w - wide - 48), cell.x + 19 + wide, cell.y + 14.5);
    pen.fillText(cell.open ? "−" : "+", cell.x + cell.w - 18, cell.y + 14.5);
    if (!cell.open) pen.fillText(fitText(pen, cellCost(cell), cell.w - 20), cell.x + 11, cell.y + 31);
  } else {
    pen.font = `650 ${Math.min(26, 11 / camera.scale)}px ${palette.sans}`;
    pen.fillText(fitText(pen, cell.name, cell.w - 8), cell.x + 6, cell.y + cell.h / 2);
  }
  pen.globalAlpha = 1;
}

// `conv` of `- conv: {out: 64}`; terms and optimizers are called what they are.
function kindOf(cell) {
  if (cell.kind === undefined) {
    const node = cell.row.network && cell.row.cells.flatMap((other) => other.nodes).find((other) => other.at && other.op !== "input");
    const layers = new Set(cell.row.cells.flatMap((other) => other.nodes).filter((other) => other.op !== "input").map((other) => other.layer));
    const found = node && layers.size === 1 && /^-?\s*\{?\s*([a-z]\w*)/i.exec(files[node.at[0]].lines[node.at[1] - 1].trim());
    cell.kind = found ? found[1] : cell.row.network && layers.size > 1 ? "block" : "";
  }
  return cell.kind;
}

function cellCost(cell) {
  const count = countText(cell.nodes.filter((node) => node.op !== "input").length, "node");
  if (cell.name === "inputs") return `${cell.nodes.length} given`;
  if (state.color === "time" && cell.ms > 0) return `${count}, ${timeText(cell.ms)}`;
  if (state.color === "bytes") return `${count}, ${byteText(cell.bytes)}`;
  return cell.flop > 0 ? `${count}, ${flopText(cell.flop)}` : count;
}

function drawChip(pen, node, box) {
  const clear = clarity([node]);
  const given = node.op === "input";
  const color = state.color === "order" ? orderColor(node.order) : palette.hot;
  const alpha = given ? 0 : state.color === "order" ? 0.22 : 0.05 + 0.7 * heat(node, "node");
  fillBox(pen, box, given ? sizes.chipHeight / 2 : 6, color, alpha * clear);
  const chosen = state.selection && state.selection.kind === "node" && state.selection.node === node;
  pen.strokeStyle = chosen ? palette.pick : given ? palette.faint : orderColor(node.order);
  pen.lineWidth = chosen ? 2.5 : hovered === node ? 2 : 1;
  pen.globalAlpha = clear;
  pen.stroke();
  if (camera.scale > 0.34) {
    const inset = given ? 16 : 9;
    pen.fillStyle = palette.ink;
    pen.font = `11.5px ${palette.mono}`;
    pen.fillText(fitText(pen, given ? node.text : chipText(node), box.w - 2 * inset), box.x + inset, box.y + 13);
    pen.fillStyle = alpha > 0.3 ? palette.ink : palette.quiet;
    pen.font = `10.5px ${palette.mono}`;
    const cost = state.color === "time" && node.ms ? timeText(node.ms) : node.flop ? flopText(node.flop) : "";
    pen.fillText(fitText(pen, node.type, box.w - 2 * inset - (cost ? 66 : 0)), box.x + inset, box.y + 27);
    pen.textAlign = "right";
    pen.fillText(cost, box.x + box.w - inset, box.y + 27);
    pen.textAlign = "left";
  }
  pen.globalAlpha = 1;
}
// Of scalar functions the formula, of convolutions the direction, else the name.
function chipText(node) {
  if (/^(map|zip|fused|fused_sums|select)$/.test(node.op)) return node.formula;
  const direction = /direction = (\w+)_gradient/.exec(node.text);
  return direction ? `${node.op} by ${direction[1]}` : node.op;
}
