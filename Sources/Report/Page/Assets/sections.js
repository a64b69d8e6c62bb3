// Curves, spec, graph, machine and commands.
let shownCharts = [];
let resizing = null;
window.addEventListener("beforeprint", () => shownCharts.forEach((chart) => chart.draw()));

// What never changed needs no chart.
function isConstant(curve) {
  const values = curve.runs.flatMap((part) => part.y);
  return values.length > 1 && values.every((value) => value === values[0]);
}

function curves() {
  if (!data.curves.length) return null;
  const charts = data.curves.filter((curve) => !isConstant(curve)).map((curve) => new Chart(curve));
  const redraw = () => charts.forEach((chart) => chart.draw());
  const set = (name) => (value) => { view[name] = value; redraw(); };
  const several = data.groups.some((group) => group.runs.length > 1);
  if (!several) view.lines = "runs";
  const tools = el("div", { class: "tools" },
    choice("Over", [["round", "rounds"], ["seconds", "time"]], view.x, set("x")),
    choice("Scale", [["linear", "linear"], ["log", "log"]], view.y, set("y")),
    choice("Smooth", [[0, "off"], [0.7, "some"], [0.93, "much"]], view.smooth, set("smooth")),
    several ? choice("Draw", [["mean", "mean and band"], ["runs", "each run"]], view.lines, set("lines")) : null);
  const owners = [...new Set(data.curves.map((curve) => curve.owner))];
  const blocks = owners.flatMap((owner) => {
    const still = data.curves.filter((curve) => curve.owner === owner && isConstant(curve))
      .map((curve) => `${curve.title} ${number(curve.runs[0].y[0])}`);
    return [
      el("h3", { class: "charts-title" }, owner,
        still.length ? el("span", { class: "quiet small" }, ` constant: ${still.join(", ")}`) : null),
      el("div", { class: "charts" }, ...charts.filter((chart) => chart.curve.owner === owner).map((chart) => chart.node)),
    ];
  });
  const key = hasManyGroups() ? el("ul", { class: "key" }, ...data.groups.map((group, index) =>
    el("li", {}, el("span", { class: `swatch ${colour(index)}` }), group.label, group.runs.length > 1 ? ` (${group.runs.length} seeds)` : ""))) : null;
  const reading = el("p", { class: "quiet small" }, several
    ? "Bands reach from the lowest seed to the highest. Dashed: what the data itself, or a perfect generator, would get."
    : "Bands are the figures' own intervals. Dashed: what the data itself, or a perfect generator, would get.");
  redraw();  // At a guessed width: who prints, or has no frame drawn, sees lines too.
  let width = 0;
  shownCharts = charts;
  if (resizing) resizing.disconnect();
  resizing = new ResizeObserver((entries) => {
    const now = Math.round(entries[0].contentRect.width);
    if (now === width) return;
    width = now;
    // Charts change their own heights, which must not happen while heights are observed.
    requestAnimationFrame(redraw);
  });
  resizing.observe(document.getElementById("page"));
  return section("curves", "Curves", tools, key, ...blocks, reading);
}

function spec() {
  const rows = data.spec.map(([text, origin]) =>
    el("tr", { class: origin === "default" || origin.startsWith("prelude") ? "default" : null }, el("td", {}, text), el("td", {}, origin)));
  const box = el("div", { class: "spec short", tabindex: "0", role: "region", "aria-label": "Spec" }, el("table", {}, el("tbody", {}, ...rows)));
  const tools = el("div", { class: "tools" },
    choice("Show", [["short", "what was said"], ["all", "every value"]], "short", (value) => box.classList.toggle("short", value === "short")),
    copyButton(data.spec.map(([text]) => text).join("\n") + "\n"));
  const which = data.runs.length > 1 ? el("p", { class: "quiet small" }, `Of ${data.runs[0].name}.`,
    data.differences.length ? " The runs differ in " : " All runs have it, but for the seed.", data.differences.join("; "), data.differences.length ? "." : "") : null;
  return section("spec", "Spec", which, tools, box);
}

function graph() {
  const stats = data.statistics;
  if (!stats) return data.noStatistics ? section("graph", "Graph and plan", el("p", { class: "quiet" }, data.noStatistics)) : null;
  const orders = ["forward", "first derivatives", "second derivatives", "third and higher"];
  const most = Math.max(...stats.functions.map((one) => one.flops), 1);
  const bar = (one) => {
    const node = el("div", { class: "bar", role: "img", "aria-label": one.flops_by_order.map((count, i) => `${orders[i]} ${flopText(count)}`).join(", ") });
    one.flops_by_order.forEach((count, order) => {
      if (!count) return;
      const part = el("span", { class: `o${order}`, title: `${orders[order]}: ${flopText(count)}` });
      part.style.width = `${(100 * count / most).toFixed(2)}%`;
      node.append(part);
    });
    return node;
  };
  const rows = stats.functions.map((one) => el("tr", {}, el("td", {}, one.function), el("td", { class: "number" }, number(one.lowered_nodes)),
    el("td", { class: "number" }, number(one.nodes)), el("td", { class: "number" }, flopText(one.flops)), el("td", { class: "strip" }, bar(one)),
    el("td", { class: "number" }, byteText(one.arena_bytes))));
  const head = ["Step", "Nodes as written", "after the passes", "Work", "by order of derivative", "Memory"].map((name, i) =>
    el("th", { class: [1, 2, 3, 5].includes(i) ? "number" : null }, name));
  const used = orders.filter((_, order) => stats.functions.some((one) => one.flops_by_order[order] > 0));
  const key = el("ul", { class: "key" }, ...used.map((name) => el("li", {}, el("span", { class: `swatch ${colour(orders.indexOf(name))}` }), name)));
  const networks = stats.networks.map((one) => `${one.name} ${number(one.parameters)} parameters in ${number(one.tensors)} tensors`).join(" · ");
  return section("graph", "Graph and plan", key, el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows))),
    el("dl", { class: "facts" }, el("dt", {}, "Networks"), el("dd", {}, networks), el("dt", {}, "Memory"), el("dd", {}, data.plan.replace(/^plan: /, ""))));
}

function machine() {
  if (!data.facts.length) return null;
  return section("machine", "Machine and versions",
    el("dl", { class: "facts" }, ...data.facts.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)])));
}

function commands() {
  return section("repeat", "Repeat it", ...data.commands.flatMap(([what, command]) => [
    el("p", { class: "quiet small" }, what), el("div", { class: "command" }, el("code", {}, command), copyButton(command)),
  ]));
}

const sections = { answer, samples, neighbours, classes, curves, runs: runTable, spec, graph, machine, repeat: commands };

function links() {
  const parts = [...document.querySelectorAll("main > section")];
  return el("nav", { "aria-label": "Sections" }, el("ul", {},
    ...parts.map((part) => el("li", {}, el("a", { href: `#${part.id}` }, part.firstChild.textContent)))));
}

function build() {
  const page = document.getElementById("page");
  const parts = Object.values(sections).map((make) => make()).filter(Boolean);
  page.append(header(), ...parts, el("footer", {}, "Made by advas-run report. This page needs no network and asks for none."));
  page.querySelector("header").after(links());
}
build();
