// Layers beside what the machine allows: operations a byte across, operations a second up, both logarithmic.
let rooflineView = null, rooflineDots = [];

function drawRoofline({ pen, width, height }) {
  const cells = state.graph.cells.filter((cell) => cell.ms > 0 && cell.flop > 0 && cell.bytes > 0), peak = documentData.profile;
  rooflineDots = [];
  pen.font = `12px ${palette.sans}`;
  pen.textBaseline = "middle";
  if (!cells.length) {
    pen.fillStyle = palette.quiet;
    pen.fillText("Nothing of this function was measured.", 20, 30);
    return;
  }
  const rate = (cell) => cell.flop / cell.ms / 1e6, intensity = (cell) => cell.flop / cell.bytes;
  const ridge = peak.gflops / peak.gbytes;
  const scale = rooflineScale([...cells.map(intensity), ridge], [...cells.map(rate), peak.gflops], width, height);
  drawRooflineAxes(pen, scale, width, height);
  // Memory allows bytes a second, kernels operations a second; the lower of the two is the roof.
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(scale.x(scale.low), scale.y(scale.low * peak.gbytes));
  pen.lineTo(scale.x(ridge), scale.y(peak.gflops));
  pen.lineTo(scale.x(scale.high), scale.y(peak.gflops));
  pen.stroke();
  pen.fillStyle = palette.quiet;
  pen.textAlign = "right";
  pen.fillText(`${Math.round(peak.gflops)} GF/s, a large product on ${countText(peak.threads, "thread")}`, scale.x(scale.high) - 6, scale.y(peak.gflops) - 10);
  pen.textAlign = "left";
  pen.save();
  const slope = Math.atan2(scale.y(scale.low * peak.gbytes * 10) - scale.y(scale.low * peak.gbytes), scale.x(scale.low * 10) - scale.x(scale.low));
  pen.translate(scale.x(Math.sqrt(scale.low * ridge)), scale.y(Math.sqrt(scale.low * ridge) * peak.gbytes) - 11);
  pen.rotate(slope);
  pen.textAlign = "center";
  pen.fillText(`${Math.round(peak.gbytes)} GB/s of memory`, 0, 0);
  pen.restore();
  const most = largestOf(cells.map((cell) => cell.ms));
  for (const cell of cells.sort((a, b) => b.ms - a.ms)) {
    const dot = { cell, x: scale.x(intensity(cell)), y: scale.y(rate(cell)), r: 4 + 16 * Math.sqrt(cell.ms / most) };
    rooflineDots.push(dot);
    drawRooflineDot(pen, dot);
  }
  for (const dot of rooflineDots.slice(0, 14)) {
    pen.fillStyle = palette.ink;
    pen.font = `11.5px ${palette.sans}`;
    pen.fillText(dot.cell.name, dot.x + dot.r + 4, dot.y);
  }
}

function drawRooflineDot(pen, dot) {
  const lit = isLit(dot.cell.nodes);
  pen.beginPath();
  pen.arc(dot.x, dot.y, dot.r, 0, 2 * Math.PI);
  pen.fillStyle = orderColor(dot.cell.order);
  pen.globalAlpha = lit ? 0.45 : 0.12;
  pen.fill();
  pen.globalAlpha = lit ? 1 : 0.3;
  pen.strokeStyle = state.selection && state.selection.cell === dot.cell ? palette.pick : orderColor(dot.cell.order);
  pen.lineWidth = state.selection && state.selection.cell === dot.cell ? 2.5 : 1;
  pen.stroke();
  pen.globalAlpha = 1;
}

function rooflineScale(across, up, width, height) {
  const frame = { left: 66, right: 22, top: 26, bottom: 44 };
  const power = (value, round) => 10 ** round(Math.log10(value));
  const [low, high] = [power(smallestOf(across), Math.floor), power(largestOf(across) * 1.5, Math.ceil)];
  const [bottom, top] = [power(smallestOf(up), Math.floor), power(largestOf(up) * 1.5, Math.ceil)];
  const part = (value, from, to) => Math.log(value / from) / Math.log(to / from);
  return {
    frame, low, high, bottom, top,
    x: (value) => frame.left + part(value, low, high) * (width - frame.left - frame.right),
    y: (value) => height - frame.bottom - part(value, bottom, top) * (height - frame.top - frame.bottom),
  };
}

function drawRooflineAxes(pen, scale, width, height) {
  pen.font = `11.5px ${palette.sans}`;
  pen.fillStyle = palette.quiet;
  pen.strokeStyle = palette.line;
  pen.lineWidth = 1;
  const line = (x1, y1, x2, y2) => { pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke(); };
  const name = (value) => (value >= 1 ? value.toLocaleString("en-US") : String(Number(value.toPrecision(2))));
  for (let value = scale.low; value <= scale.high * 1.01; value *= 10) {
    const x = scale.x(value);
    line(x, scale.frame.top, x, height - scale.frame.bottom);
    pen.textAlign = "center";
    pen.fillText(name(value), x, height - scale.frame.bottom + 14);
  }
  for (let value = scale.bottom; value <= scale.top * 1.01; value *= 10) {
    const y = scale.y(value);
    line(scale.frame.left, y, width - scale.frame.right, y);
    pen.textAlign = "right";
    pen.fillText(name(value), scale.frame.left - 8, y);
  }
  pen.textAlign = "center";
  pen.fillText("operations per byte moved", (scale.frame.left + width - scale.frame.right) / 2, height - 10);
  pen.textAlign = "left";
  pen.fillText("GF/s", 10, 14);
}

const dotAt = (x, y) => rooflineDots.filter((dot) => Math.hypot(dot.x - x, dot.y - y) <= dot.r + 2).sort((a, b) => a.r - b.r)[0] || null;
const rooflineActions = {
  hover(x, y, event) {
    const dot = dotAt(x, y);
    showTip(event, dot && [cellTitle(dot.cell), timeText(dot.cell.ms), `${Number((dot.cell.flop / dot.cell.ms / 1e6).toPrecision(3))} GF/s, ${Number((dot.cell.bytes / dot.cell.ms / 1e6).toPrecision(3))} GB/s`, roofShare(dot.cell)]);
  },
  pan() {}, zoom() {}, open() {},
  click(x, y) { const dot = dotAt(x, y); if (dot) selectCell(dot.cell); else select(null); },
};
// How near to the roof a thing runs.
function roofShare(thing) {
  const peak = documentData.profile;
  if (!peak || !(thing.ms > 0)) return "";
  const least = 1000 * Math.max(thing.flop / (peak.gflops * 1e9), thing.bytes / (peak.gbytes * 1e9));
  return `${Math.round((100 * least) / thing.ms)} % of what the machine allows`;
}
