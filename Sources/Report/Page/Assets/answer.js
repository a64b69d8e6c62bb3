// The answer first: how the run went, or what the difference between runs is worth.
const states = {
  finished: "finished", running: "still training", interrupted: "interrupted", failed: "failed",
  stopped: "stopped without a word", empty: "not begun",
};
const arrow = { less: "↓ less is better", more: "↑ more is better" };

function header() {
  const counts = {};
  for (const run of data.runs) counts[run.state] = (counts[run.state] || 0) + 1;
  const chips = Object.entries(counts).map(([state, count]) =>
    el("span", { class: `state ${state}` }, data.runs.length > 1 ? `${count} ${states[state]}` : states[state]));
  return el("header", {}, el("h1", {}, data.title), el("p", { class: "lead" }, ...chips, data.lead));
}

function warnings() {
  if (!data.warnings.length) return null;
  return el("ul", { class: "warnings", "aria-label": "Warnings" }, ...data.warnings.map((text) => el("li", {}, text)));
}

// What detectors found, and the round where it began.
function detections() {
  const rows = data.runs.flatMap((run) => run.warnings.map((warning) => el("li", {},
    el("strong", {}, `${warning.detector} since round ${number(warning.since)}`),
    ` ${warning.text}`, data.runs.length > 1 ? el("span", { class: "quiet" }, ` · ${run.name}`) : null)));
  if (!rows.length) return null;
  // Each run of many may warn of much; the first are enough to know where to look.
  const rest = rows.length - 8;
  return el("ul", { class: "warnings", "aria-label": "Detectors" }, ...rows.slice(0, 8), rest > 0 ? el("li", {}, `and ${rest} more`) : null);
}

function spark(part) {
  const axis = data.runs[part.run].axes[part.axis];
  const points = part.y.map((y, i) => [axis.round[i], y]).filter(([, y]) => y !== null);
  if (points.length < 2) return null;
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  const [x0, x1, y0, y1] = [smallestOf(xs), largestOf(xs), smallestOf(ys), largestOf(ys)];
  const place = ([x, y]) => `${(2 + (x - x0) / (x1 - x0 || 1) * 196).toFixed(1)} ${(34 - (y - y0) / (y1 - y0 || 1) * 30).toFixed(1)}`;
  const last = place(points[points.length - 1]).split(" ");
  return svg("svg", { viewBox: "0 0 204 38", preserveAspectRatio: "none", class: "g0", "aria-hidden": "true" },
    svg("path", { class: "curve", d: "M" + points.map(place).join("L"), "vector-effect": "non-scaling-stroke" }),
    svg("path", { class: "curve end", d: `M${last.join(" ")}h0`, "vector-effect": "non-scaling-stroke" }));
}

function card(group) {
  const main = group.figures[0];
  const spread = main.spread !== undefined ? ` ± ${number(main.spread, 2)}` : "";
  const rows = [];
  if (main.low !== undefined) rows.push(["95 % interval", `${number(main.low, 3)} … ${number(main.high, 3)}`]);
  if (main.best) rows.push(["best", `${number(main.best.value)} at round ${number(main.best.round)}`]);
  if (main.level !== undefined) rows.push([main.levelName, number(main.level)]);
  for (const figure of group.figures.slice(1)) rows.push([figure.name, number(figure.value)]);
  const curve = data.curves.find((one) => one.id === main.curve);
  return el("article", { class: "card" },
    el("h3", {}, breakable(group.metric + (main.name === "value" ? "" : ` · ${main.name}`))),
    el("div", { class: "big" }, number(main.value), el("small", {}, spread)),
    curve ? spark(curve.runs[0]) : null,
    el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    el("details", {}, el("summary", {}, main.better ? arrow[main.better] : "How it was made"), el("p", {}, group.protocol)));
}

// Each seed a dot, each group a row, its mean a bar.
function strip(figure) {
  const all = figure.groups.flatMap((group) => group.values).filter((value) => value !== null);
  const [low, high] = [smallestOf(all), largestOf(all)];
  const height = 15 * figure.groups.length + 4;
  const x = (value) => 4 + (high > low ? (value - low) / (high - low) : 0.5) * 152;
  return svg("svg", { viewBox: `0 0 160 ${height}`, width: 160, height, role: "img", "aria-label": `${figure.title}: ${number(low)} to ${number(high)}` },
    ...figure.groups.map((group, index) => {
      const y = 10 + 15 * index;
      return svg("g", { class: colour(index) },
        svg("path", { d: `M4 ${y}H156`, stroke: "var(--line)" }),
        ...group.values.filter((value) => value !== null).map((value) => svg("circle", { class: "dot", cx: x(value), cy: y, r: 3, opacity: 0.55 })),
        group.mean === null ? null : svg("path", { d: `M${x(group.mean)} ${y - 6}V${y + 6}`, stroke: "currentColor", "stroke-width": 2 }));
    }));
}

function meanText(group) {
  if (group.mean === null) {
    return `not finite in ${group.values.filter((value) => value === null).length} of ${group.values.length}`;
  }
  return number(group.mean) + (group.reach === null ? "" : ` ± ${number(group.reach, 2)}`);
}

function groupTable() {
  const contrasted = data.figures.some((figure) => figure.contrasts.length);
  const head = [el("th", {}, "Figure"), el("th", {}, data.runs.length > 1 ? "Each run" : ""),
    ...data.groups.map((group, index) => el("th", { class: `number ${colour(index)}` }, group.label))];
  if (contrasted) head.push(el("th", { class: "number" }, "Difference"), el("th", { class: "number" }, "95 % interval"), el("th", { class: "number" }, "p"), el("th", {}, "Better"));
  const rows = data.figures.map((figure) => {
    const cells = [
      el("td", {}, figure.title, figure.better ? el("span", { class: "quiet small" }, figure.better === "less" ? " ↓" : " ↑") : null),
      el("td", { class: "strip" }, strip(figure)),
      ...figure.groups.map((group) => el("td", { class: "number" }, meanText(group))),
    ];
    if (contrasted) cells.push(...contrastCells(figure));
    return el("tr", {}, ...cells);
  });
  return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}

// Of each group but the first, one below the other.
function contrastCells(figure) {
  const column = (texts, attributes) => el("td", attributes, ...texts.flatMap((text, i) => i ? [el("br"), text] : [text]));
  const rows = figure.contrasts;
  return [
    column(rows.map((row) => row.difference === null ? "–" : signed(row.difference)), { class: "number" }),
    column(rows.map((row) => row.low === null ? "–" : `${signed(row.low)} … ${signed(row.high)}`), { class: "number" }),
    column(rows.map((row) => row.p === null ? "–" : number(row.p, 3)), { class: "number" }),
    column(rows.map((row) => row.verdict), { class: "quiet" }),
  ];
}

function answer() {
  const parts = [warnings(), detections()];
  if (data.runs.length > 1) {
    if (data.figures.length) parts.push(groupTable(), el("p", { class: "quiet small prose" }, data.reading));
  } else if (data.cards.length) {
    parts.push(el("div", { class: "cards" }, ...data.cards.map(card)));
  } else {
    parts.push(el("p", { class: "quiet" }, "Nothing was measured. What the players computed is below."));
  }
  return section("answer", data.runs.length > 1 ? "What the runs reached" : "What the run reached", ...parts);
}

function runTable() {
  if (data.runs.length < 2) return null;
  const rows = data.runs.map((run) => el("tr", {},
    el("td", {}, el("span", { class: `swatch ${colour(run.group)}` }), run.name),
    el("td", {}, hasManyGroups() ? data.groups[run.group].label : ""), el("td", { class: "number" }, run.seed),
    el("td", {}, el("span", { class: `state ${run.state}` }, states[run.state])),
    el("td", { class: "number" }, run.total === run.round ? number(run.round) : `${number(run.round)} of ${number(run.total)}`),
    el("td", { class: "number" }, run.seconds === null ? "–" : clock(run.seconds)), el("td", { class: "number" }, byteText(run.bytes))));
  const names = ["Run", data.by || "", "Seed", "State", "Rounds", "Time", "Size"];
  const head = names.map((name, i) => el("th", { class: [2, 4, 5, 6].includes(i) ? "number" : null }, name));
  return section("runs", "Runs", el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows))));
}
