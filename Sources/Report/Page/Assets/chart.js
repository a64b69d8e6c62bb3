// One chart: lines over rounds or seconds, with a cross that reads them.
const view = { x: "round", y: "linear", lines: "mean", smooth: 0, round: null, isPlaying: false };

class Chart {
  constructor(curve) {
    this.curve = curve;
    this.read = el("span", { class: "read" });
    this.note = el("span", { class: "note" });
    this.tip = el("div", { class: "tip", role: "status", hidden: true });
    this.canvas = svg("svg", { tabindex: "0", role: "img" });
    const wide = el("button", { class: "tall", type: "button", title: "Wide or narrow", "aria-label": `Widen ${curve.title}`, "aria-pressed": "false" }, "⤢");
    this.node = el("figure", { class: "chart" },
      el("figcaption", {}, el("h3", {}, breakable(curve.title)), this.read, wide, this.note), this.canvas, this.tip);
    wide.addEventListener("click", () => {
      wide.setAttribute("aria-pressed", String(this.node.classList.toggle("wide")));
      this.draw();
    });
    this.canvas.addEventListener("pointermove", (event) => this.pointAt(event));
    this.canvas.addEventListener("pointerleave", () => this.leave());
    this.canvas.addEventListener("blur", () => this.leave());
    this.canvas.addEventListener("keydown", (event) => this.step(event));
  }

  // What is drawn: a line for each run, or the mean and the band of each group with several.
  lines() {
    if (view.lines === "mean" && data.groups.some((group) => group.runs.length > 1)) {
      return data.groups.map((group, index) => this.meanLine(group, index)).filter((line) => line.points.length);
    }
    return this.curve.runs.map((part) => this.runLine(part));
  }

  runLine(part) {
    const run = data.runs[part.run], axis = run.axes[part.axis];
    const shared = axis.shared && new Set(axis.shared);
    // How many values so far are not finite: a line breaks where that grows.
    let lost = 0;
    const points = part.y.map((y, i) => {
      if (y === null) lost += 1;
      return {
        round: axis.round[i], x: axis[view.x][i], y, lost,
        low: part.low ? part.low[i] : null, high: part.high ? part.high[i] : null,
        level: part.level ? part.level[i] : null, isShared: !shared || shared.has(i),
      };
    }).filter((point) => point.y !== null && point.x !== null);
    const alone = data.runs.length === 1;
    return { group: run.group, label: alone ? this.curve.title : run.name, points, isThin: !alone && data.runs.length > 4, band: alone };
  }

  // At rounds that all runs of a group have, but not at their extremes: those are of one run.
  meanLine(group, index) {
    const lines = group.runs.map((run) => this.curve.runs.find((part) => part.run === run)).filter(Boolean).map((part) => this.runLine(part));
    if (lines.length < group.runs.length || !lines.length) return { points: [] };
    const maps = lines.map((line) => new Map(line.points.filter((point) => point.isShared).map((point) => [point.round, point])));
    const points = lines[0].points.filter((point) => maps.every((map) => map.has(point.round))).map((point) => {
      const all = maps.map((map) => map.get(point.round)), ys = all.map((one) => one.y);
      const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
      return {
        round: point.round, x: mean(all.map((one) => one.x)), y: mean(ys), low: smallestOf(ys), high: largestOf(ys),
        lost: all.reduce((sum, one) => sum + one.lost, 0),
        level: all.every((one) => one.level !== null) ? mean(all.map((one) => one.level)) : null,
      };
    });
    return { group: index, label: group.label, points, band: true };
  }

  // Exponential means of a line, which start unbiased (Kingma and Ba 2015).
  static smooth(points, weight) {
    let sum = 0, norm = 0;
    return points.map((point) => {
      sum = weight * sum + (1 - weight) * point.y;
      norm = weight * norm + (1 - weight);
      return { ...point, y: sum / norm };
    });
  }

  // Stretches of points between which every value is finite.
  static stretches(points) {
    const stretches = [];
    points.forEach((point, i) => {
      if (i && points[i - 1].lost === point.lost) stretches[stretches.length - 1].push(point);
      else stretches.push([point]);
    });
    return stretches;
  }

  draw() {
    this.shown = this.lines();
    const width = Math.max(220, this.canvas.clientWidth || 400);
    const height = this.node.classList.contains("wide") ? 340 : 200;
    const box = { left: 52, right: width - 8, top: 8, bottom: height - 24 };
    this.canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.canvas.setAttribute("height", height);
    this.canvas.replaceChildren();
    const points = this.shown.flatMap((line) => line.points);
    this.canvas.setAttribute("aria-label", this.describe());
    if (!points.length) {
      this.canvas.append(svg("text", { x: width / 2, y: height / 2, "text-anchor": "middle", fill: "currentColor" }, "no finite value"));
      return;
    }
    this.scale(points, box);
    this.drawAxes(box);
    const clip = `clip${this.curve.id}`;
    this.canvas.append(svg("clipPath", { id: clip }, svg("rect", { x: box.left, y: box.top - 2, width: box.right - box.left, height: box.bottom - box.top + 4 })));
    const layer = svg("g", { "clip-path": `url(#${clip})` });
    for (const line of this.shown) this.drawLine(line, layer);
    this.cross = svg("g", {});
    this.canvas.append(layer, this.cross);
    this.readLast();
  }

  scale(points, box) {
    const banded = this.shown.some((line) => line.band);
    const values = points.flatMap((point) => banded ? [point.y, point.level, point.low, point.high] : [point.y, point.level])
      .filter((value) => value !== null).sort((a, b) => a - b);
    this.isLog = view.y === "log" && values[0] > 0;
    let [low, high] = [values[0], values[values.length - 1]];
    // A few values far out must not flatten all others.
    const inner = [values[Math.floor(values.length * 0.02)], values[Math.ceil(values.length * 0.98) - 1]];
    let beyond = 0;
    if (!this.isLog && values.length > 20 && high - low > 5 * (inner[1] - inner[0]) && inner[1] > inner[0]) {
      const room = (inner[1] - inner[0]) * 0.5;
      [low, high] = [Math.max(low, inner[0] - room), Math.min(high, inner[1] + room)];
      beyond = values.filter((value) => value < low || value > high).length;
    }
    const notes = [];
    if (beyond) notes.push(`${beyond} value${beyond > 1 ? "s" : ""} beyond`);
    if (view.y === "log" && !this.isLog) notes.push("linear: has values ≤ 0");
    this.note.textContent = notes.join(", ");
    const onAxis = this.isLog ? Math.log10 : (value) => value;
    let [bottom, top] = [onAxis(low), onAxis(high)];
    const margin = (top - bottom) * 0.06 || Math.abs(top) * 0.05 || 0.5;
    [bottom, top] = [bottom - margin, top + margin];
    this.range = [bottom, top];
    const xs = points.map((point) => point.x);
    const [first, last] = [smallestOf(xs), largestOf(xs)];
    const span = last - first || 1;
    this.span = [first, last];
    this.px = (x) => box.left + (x - first) / span * (box.right - box.left);
    this.py = (y) => {
      const place = box.bottom - (onAxis(y) - bottom) / (top - bottom) * (box.bottom - box.top);
      return Number.isFinite(place) ? Math.max(-1e4, Math.min(1e4, place)) : 1e4;
    };
  }

  drawAxes(box) {
    const axis = svg("g", { class: "axis" });
    const [bottom, top] = this.range;
    const marks = this.isLog ? logTicks(bottom, top) : ticks(bottom, top, 5), digits = digitsOf(marks);
    for (const value of marks) {
      const y = this.py(value);
      axis.append(svg("line", { x1: box.left, x2: box.right, y1: y, y2: y }),
        svg("text", { x: box.left - 7, y: y + 3.5, "text-anchor": "end" }, number(!this.isLog && Math.abs(value) < 1e-12 * (top - bottom) ? 0 : value, digits)));
    }
    const count = Math.max(2, Math.floor((box.right - box.left) / 80));
    const [first, last] = this.span;
    const places = first === last ? [first] : ticks(first, last, count), secondDigits = secondDigitsOf(places);
    for (const value of places) {
      const x = this.px(value);
      axis.append(svg("text", { x, y: box.bottom + 17, "text-anchor": x > box.right - 18 ? "end" : x < box.left + 12 ? "start" : "middle" },
        view.x === "round" ? number(value) : clock(value, secondDigits)));
    }
    axis.append(svg("path", { d: `M${box.left} ${box.bottom}H${box.right}`, fill: "none" }));
    this.drawOnsets(axis, box);
    this.canvas.append(axis);
    this.box = box;
  }

  // Where detectors saw something begin; of several runs the lines would be nobody's.
  drawOnsets(axis, box) {
    if (data.runs.length !== 1) return;
    const [run] = data.runs, rows = run.axes[0];
    for (const warning of run.warnings) {
      const near = rows ? rows.round.findIndex((round) => round >= warning.since) : -1;
      const at = view.x === "round" ? warning.since : near < 0 ? null : rows.seconds[near];
      if (at === null || at < this.span[0] || at > this.span[1]) continue;
      const x = this.px(at), isLate = x > (box.left + box.right) / 2;
      axis.append(svg("line", { class: "onset", x1: x, x2: x, y1: box.top, y2: box.bottom }),
        svg("text", { class: "onset-name", x: x + (isLate ? -4 : 4), y: box.top + 10, "text-anchor": isLate ? "end" : "start" }, warning.detector));
    }
  }

  drawLine(line, layer) {
    const stroke = (points, value) => points.map((point, i) =>
      `${i ? "L" : "M"}${this.px(point.x).toFixed(1)} ${this.py(value(point)).toFixed(1)}`).join("");
    const path = (points, value) => Chart.stretches(points).map((stretch) => stroke(stretch, value)).join("");
    const group = svg("g", { class: colour(line.group) });
    const banded = line.points.filter((point) => point.low !== null && point.high !== null);
    if (line.band && banded.length > 1) {
      const band = (stretch) => stroke(stretch, (point) => point.high) + stroke([...stretch].reverse(), (point) => point.low).replace("M", "L") + "Z";
      group.append(svg("path", { class: "band", d: Chart.stretches(banded).map(band).join("") }));
    }
    const levelled = line.isThin ? [] : line.points.filter((point) => point.level !== null);
    if (levelled.length > 1) group.append(svg("path", { class: "curve level", d: path(levelled, (point) => point.level) }));
    const smooth = view.smooth && line.points.length > 20 ? Chart.smooth(line.points, view.smooth) : null;
    if (smooth) group.append(svg("path", { class: "curve raw", d: path(line.points, (point) => point.y) }));
    line.drawn = smooth || line.points;
    group.append(svg("path", { class: line.isThin ? "curve thin" : "curve", d: path(line.drawn, (point) => point.y) }));
    // A point between two gaps would be no line.
    const dots = line.points.length < 14 ? line.points : Chart.stretches(line.drawn).filter((stretch) => stretch.length === 1).flat();
    for (const point of dots) group.append(svg("circle", { class: "dot", cx: this.px(point.x), cy: this.py(point.y), r: 2.2 }));
    layer.append(group);
  }

  // MARK: Reading

  readLast() {
    // More numbers would be no reading.
    const shown = this.shown.length > 3 ? [] : this.shown.filter((line) => line.points.length);
    const parts = shown.map((line) => el("span", { class: colour(line.group) }, number(line.points[line.points.length - 1].y)));
    this.read.replaceChildren(...parts.flatMap((part, i) => i ? [" · ", part] : [part]));
  }

  describe() {
    const texts = this.shown.slice(0, 6).map((line) => {
      const last = line.points[line.points.length - 1];
      return last ? `${line.label}: ${number(last.y)} at round ${last.round}` : "";
    });
    return `${this.curve.title}. ${texts.join("; ")}. Arrow keys read values.`;
  }

  pointAt(event) {
    const frame = this.canvas.getBoundingClientRect();
    const x = (event.clientX - frame.left) / frame.width * (this.box ? this.box.right + 8 : 1);
    this.readAt(x);
  }

  step(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || !this.box) return;
    event.preventDefault();
    const xs = [...new Set(this.shown.flatMap((line) => line.points.map((point) => point.x)))].sort((a, b) => a - b);
    const now = this.place === undefined ? xs.length : xs.findIndex((x) => x >= this.place);
    const next = Math.max(0, Math.min(xs.length - 1, (now < 0 ? xs.length : now) + moves[event.key]));
    this.readAt(this.px(xs[next]));
  }

  readAt(pixel) {
    if (!this.box || !this.shown.some((line) => line.points.length)) return;
    const nearest = (line) => (line.drawn || line.points).reduce((best, point) =>
      Math.abs(this.px(point.x) - pixel) < Math.abs(this.px(best.x) - pixel) ? point : best);
    const found = this.shown.filter((line) => line.points.length).map((line) => ({ line, point: nearest(line) }));
    const x = found.reduce((best, one) => Math.abs(this.px(one.point.x) - pixel) < Math.abs(this.px(best.point.x) - pixel) ? one : best).point;
    const here = found.filter((one) => Math.abs(one.point.x - x.x) <= (this.span[1] - this.span[0]) * 0.03);
    this.place = x.x;
    const at = this.px(x.x);
    this.cross.replaceChildren(svg("line", { class: "cross", x1: at, x2: at, y1: this.box.top, y2: this.box.bottom }),
      ...here.map((one) => svg("g", { class: colour(one.line.group) }, svg("circle", { class: "dot", cx: this.px(one.point.x), cy: this.py(one.point.y), r: 3.4 }))));
    const rows = here.slice(0, 12).map(({ line, point }) => el("tr", {},
      el("td", {}, el("span", { class: `swatch ${colour(line.group)}` }), line.label),
      el("td", {}, number(point.y) + (line.band && point.low !== null ? ` (${number(point.low, 3)} … ${number(point.high, 3)})` : ""))));
    this.tip.replaceChildren(el("div", { class: "quiet" }, `round ${number(x.round)}`), el("table", {}, ...rows));
    this.tip.hidden = false;
    const width = this.tip.offsetWidth, room = this.node.clientWidth;
    const left = at / (this.box.right + 8) * this.canvas.clientWidth + 14;
    this.tip.style.left = `${Math.max(4, left + width + 14 > room ? left - width - 16 : left + 10)}px`;
    this.tip.style.top = "2.9rem";
  }

  leave() {
    this.tip.hidden = true;
    this.place = undefined;
    if (this.cross) this.cross.replaceChildren();
  }
}
