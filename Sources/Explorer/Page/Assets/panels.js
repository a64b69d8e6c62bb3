// The panels beside the graph: the spec, what is selected, the passes, the costs.
function specPanel() {
  const choices = el("div", { class: "choice files", role: "group", "aria-label": "File" });
  const list = el("ol", { class: "lines", "aria-label": "Lines of the spec" });
  const panel = el("section", { class: "panel spec", "aria-label": "The spec" }, choices, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Text of the spec" }, list));
  const order = [mainFile, ...files.keys()].filter((file, place, all) => all.indexOf(file) === place);
  function fillChoices() {
    choices.replaceChildren(...order.map((file) => el("button", {
      "aria-pressed": String(file === state.file), title: files[file].name,
      onclick: () => { state.file = file; update(); },
    }, shortName(files[file].name))));
  }
  function update() {
    fillChoices();
    const costs = lineCosts(state.graph, state.file), most = Math.max(...[...costs.values()].map((cost) => cost.flop), 0);
    list.replaceChildren(...files[state.file].lines.map((text, index) => specLine(text, index + 1, costs.get(index + 1), most)));
    mark();
  }
  function mark() {
    const lines = new Set();
    for (const node of state.lit || []) if (node.at && node.at[0] === state.file) lines.add(node.at[1]);
    [...list.children].forEach((item, index) => item.classList.toggle("lit", lines.has(index + 1)));
    const first = list.querySelector(".lit");
    if (first && !(state.selection && state.selection.kind === "line")) first.scrollIntoView({ block: "nearest" });
  }
  onChange((what) => {
    if (what === "function") update();
    if (what !== "selection") return;
    const places = [...(state.lit || [])].map((node) => node.at).filter(Boolean);
    if (places.length && !places.some((at) => at[0] === state.file) && places.every((at) => at[0] === places[0][0])) {
      state.file = places[0][0];
      update();
    } else mark();
  });
  update();
  return panel;
}
const shortName = (name) => (name.startsWith("<") ? name.slice(1, -1).replace("prelude ", "prelude: ") : name.split("/").pop());

function lineCosts(graph, file) {
  const costs = new Map();
  for (const node of graph.nodes) {
    if (!node.at || node.at[0] !== file || node.op === "input") continue;
    const cost = costs.get(node.at[1]) || { flop: 0, count: 0 };
    cost.flop += node.flop;
    cost.count += 1;
    costs.set(node.at[1], cost);
  }
  return costs;
}

function specLine(text, line, cost, most) {
  if (!cost) {
    // A regularizer's nodes come from its entry in the prelude; its line in the spec leads to the term.
    const term = (/^\s*-\s*\{?\s*(\w+)/.exec(text) || [])[1];
    const known = term && state.graph.nodes.some((node) => node.term === term);
    if (!known) return el("li", {}, el("code", {}, text || " "));
    return el("li", { class: "made" }, el("button", { title: `the term ${term}`, onclick: () => selectTerm(term) }, el("code", {}, text)));
  }
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  bar.style.width = `${most > 0 ? Math.max(4, 100 * cost.flop / most) : 4}%`;
  return el("li", { class: "made" },
    el("button", { title: `${countText(cost.count, "node")}, ${flopText(cost.flop)}`, onclick: () => selectLine(state.file, line) },
      el("code", {}, text), el("span", { class: "gauge" }, bar)));
}

// Links to nodes, the most of a list that anybody reads.
function nodeLinks(nodes, limit = 24) {
  const shown = nodes.slice(0, limit).map((node) => el("li", {}, el("button", { class: "link", onclick: () => reveal(node) },
    el("span", { class: `dot o${Math.min(node.order, 3)}` }), nodeTitle(node), el("small", {}, ` ${node.layer || node.type}`))));
  return el("ul", { class: "links" }, shown, nodes.length > limit && el("li", { class: "quiet" }, `and ${nodes.length - limit} more`));
}
function reveal(node) {
  node.cell.open = true;
  layoutGraph(state.graph);
  selectNode(node);
  if (state.tab === "graph") centerOn(boxOf(node));
}
const facts = (pairs) => el("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== "" && value !== undefined && value !== false)
  .map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));

function detailPanel() {
  const body = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Details" });
  const panel = el("section", { class: "panel detail", "aria-label": "What is selected" }, body);
  const update = () => {
    const selection = state.selection;
    body.replaceChildren(...(!selection ? functionDetail(state.graph)
      : selection.kind === "cell" ? cellDetail(selection.cell)
        : selection.kind === "node" ? nodeDetail(selection.node, selection)
          : selection.kind === "line" ? lineDetail(selection) : termDetail(selection)));
    body.scrollTop = 0;
  };
  onChange(update);
  update();
  return panel;
}

function functionDetail(graph) {
  const terms = [...new Set(graph.nodes.map((node) => node.term).filter(Boolean))];
  return [
    el("h2", {}, graph.title),
    facts([
      ["nodes", `${graph.nodes.filter((node) => node.op !== "input").length}, and ${graph.inputs} inputs`], ["work", flopText(graph.flop)],
      ["moved", byteText(graph.bytes)], hasTimes && ["measured", timeText(graph.ms)],
      ["memory", graph.memory && `${byteText(graph.memory.bytes)} arena, at most ${byteText(graph.memory.peak.bytes)} alive`],
    ].filter(Boolean)),
    terms.length > 0 && el("h3", {}, "Terms of the objective"),
    terms.length > 0 && el("p", { class: "quiet" }, "What each term adds to those above it. A node that two terms need is of the first."),
    el("ul", { class: "links" }, terms.map((term) => el("li", {}, el("button", { class: "link", onclick: () => selectTerm(term) }, term, el("small", {}, termOrders(graph, term)))))),
    el("h3", {}, "Dearest"),
    nodeLinks(graph.nodes.filter((node) => node.flop > 0).sort(state.color === "time" ? (a, b) => b.ms - a.ms : (a, b) => b.flop - a.flop), 8),
    el("h3", {}, "Results"),
    el("ul", { class: "links" }, graph.results.slice(0, 40).map((result) => el("li", {}, el("button", { class: "link", onclick: () => reveal(graph.nodes[result.node]) }, result.name))),
      graph.results.length > 40 && el("li", { class: "quiet" }, `and ${graph.results.length - 40} more`)),
    helpText(),
  ].filter(Boolean);
}
function termOrders(graph, term) {
  const counts = graph.orders.map((order) => graph.nodes.filter((node) => node.term === term && node.order === order && node.op !== "input").length);
  return ` ${graph.orders.map((order, place) => counts[place] && `${counts[place]} ${orderName(order).toLowerCase()}`).filter(Boolean).join(", ")}`;
}
const helpText = () => el("details", { class: "help" }, el("summary", {}, "How to read and move"),
  el("p", {}, "A row is a layer, a column an order of derivative: what the layer computes forward, its derivative, and the derivative of that. A cell holds the nodes of one layer and one order; it unfolds with a double click or Enter. A line leads from a value to what reads it."),
  el("dl", { class: "keys" }, [["drag, wheel", "move, zoom"], ["arrows", "next cell or node"], ["Enter", "unfold or fold a cell"], ["u", "unfold or fold all"], ["+ − 0", "zoom, show all"], ["/", "search"], ["Esc", "select nothing"], ["1 to 5", "the views"]]
    .map(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])));

function placeLink(at) {
  return at && el("button", { class: "link", onclick: () => { selectLine(at[0], at[1]); } }, placeTitle(at));
}

function cellDetail(cell) {
  const nodes = cell.name === "inputs" ? cell.nodes : cell.nodes.filter((node) => node.op !== "input"), graph = state.graph;
  const neighbours = (direction) => {
    const found = new Map();
    for (const node of cell.nodes) for (const id of node[direction]) {
      const other = graph.nodes[id].cell;
      if (other !== cell) found.set(other, (found.get(other) || 0) + 1);
    }
    return [...found.entries()].sort((a, b) => b[1] - a[1]).slice(0, 14).map(([other]) => el("li", {}, el("button", { class: "link", onclick: () => { selectCell(other); centerOn(other); } },
      el("span", { class: `dot o${Math.min(other.order, 3)}` }), other.name, el("small", {}, ` ${orderName(other.order).toLowerCase()}`))));
  };
  const at = (nodes.find((node) => node.at) || {}).at;
  return [
    el("h2", {}, cell.name), el("p", { class: `order o${Math.min(cell.order, 3)}` }, orderName(cell.order)),
    at && el("pre", { class: "source" }, files[at[0]].lines[at[1] - 1].trim()),
    facts([
      ["spec", placeLink(at)], ["nodes", String(nodes.length)],
      ["work", cell.flop > 0 && `${flopText(cell.flop)}, ${shareText(cell.flop, graph.flop)}`], ["moved", cell.bytes > 0 && byteText(cell.bytes)],
      ["measured", cell.ms > 0 && `${timeText(cell.ms)}, ${shareText(cell.ms, graph.ms)}`], ["peak", roofShare(cell)],
    ]),
    el("button", { class: "plain", onclick: () => toggleCell(cell) }, cell.open ? "Fold" : "Unfold to its nodes"),
    el("h3", {}, "Nodes"), nodeLinks(nodes, 40),
    el("h3", {}, "Reads from"), el("ul", { class: "links" }, neighbours("operands")),
    el("h3", {}, "Read by"), el("ul", { class: "links" }, neighbours("users")),
  ].filter(Boolean);
}

function nodeDetail(node, selection) {
  const graph = state.graph, block = node.block;
  const change = node.pass !== undefined && graph.passes[node.pass];
  const lifetime = block && `${block.from === 0 ? "from the start" : `from step ${block.from}`} to ${block.to >= graph.memory.end ? "the end" : `step ${block.to}`}`;
  const alive = block && block.from <= graph.memory.peak.time && graph.memory.peak.time <= block.to;
  const reader = node.users.map((id) => graph.nodes[id]).filter((user) => user.step > 0).sort((a, b) => b.step - a.step)[0];
  const heir = block && graph.memory.blocks.find((other) => !other.scratch && other.from === block.to + 1 && other.offset < block.offset + block.bytes && block.offset < other.offset + other.bytes && reader === other.node);
  const scratch = graph.memory && graph.memory.blocks.find((other) => other.scratch && other.node === node);
  return [
    el("h2", {}, nodeTitle(node)), el("p", { class: `order o${Math.min(node.order, 3)}` }, `${orderName(node.order)}${node.layer ? `, ${node.layer}` : ""}`),
    el("p", { class: "formula" }, node.formula), el("pre", { class: "source" }, `${node.op === "input" ? "" : `%${node.id} = `}${node.text} : ${node.type}`),
    facts([
      ["type", el("code", {}, node.type)], ["spec", placeLink(node.at)],
      ["line", node.at && el("code", {}, files[node.at[0]].lines[node.at[1] - 1].trim())],
      ["term", node.term && el("button", { class: "link", onclick: () => selectTerm(node.term) }, node.term)],
      ["made by", node.op === "input" ? "given" : change ? el("button", { class: "link", onclick: () => showPass(node.pass) }, `pass ${change.pass}`) : documentData.stage === "optimized" ? "differentiation and lowering; no pass changed it" : null],
      ["work", node.flop > 0 && `${flopText(node.flop)}, ${shareText(node.flop, graph.flop)}`],
      ["moved", node.bytes > 0 && byteText(node.bytes)], ["intensity", node.bytes > 0 && node.flop > 0 && `${Number((node.flop / node.bytes).toPrecision(3))} FLOP/B`],
      ["measured", node.ms > 0 && `${timeText(node.ms)}, ${shareText(node.ms, graph.ms)}${node.flop > 0 ? `, ${Number((node.flop / node.ms / 1e6).toPrecision(3))} GF/s` : ""}`],
      ["peak", roofShare(node)],
      ["step", node.step > 0 && `${node.step} of ${graph.memory.steps.length}`], ["memory", block && `${byteText(block.bytes)} at ${block.offset.toLocaleString("en-US")}`],
      ["alive", lifetime], ["last read by", reader && el("button", { class: "link", onclick: () => reveal(reader) }, nodeTitle(reader))],
      ["written over", heir && `in place, by ${nodeTitle(heir.node)}`], ["scratch", scratch && `${byteText(scratch.bytes)} while it runs, in step ${scratch.from}`],
      ["at the peak", block && (alive ? "alive" : "not alive")], ["results", node.results.join(", ")],
    ]),
    el("div", { class: "buttons" },
      el("button", { class: "plain", "aria-pressed": String(selection.reach === "operands"), onclick: () => selectReach(node, "operands") }, "all it depends on"),
      el("button", { class: "plain", "aria-pressed": String(selection.reach === "users"), onclick: () => selectReach(node, "users") }, "all that depends on it"),
      block && el("button", { class: "plain", onclick: () => showTab("memory") }, "in the memory plan")),
    node.operands.length > 0 && el("h3", {}, "Reads"), node.operands.length > 0 && nodeLinks([...new Set(node.operands)].map((id) => graph.nodes[id])),
    node.users.length > 0 && el("h3", {}, "Read by"), node.users.length > 0 && nodeLinks(node.users.map((id) => graph.nodes[id])),
  ].filter(Boolean);
}

function lineDetail(selection) {
  const text = files[selection.file].lines[selection.line - 1].trim();
  return [el("h2", {}, placeTitle([selection.file, selection.line])), el("pre", { class: "source" }, text), ...ordersDetail(selection.nodes)];
}
function termDetail(selection) {
  return [el("h2", {}, selection.term), el("p", { class: "quiet" }, "What this term adds. A node that an earlier term needs too is of that one, though this one may have made it more work."), ...ordersDetail(selection.nodes)];
}
function ordersDetail(nodes) {
  const work = nodes.filter((node) => node.op !== "input");
  return [
    facts([["nodes", String(work.length)], ["work", flopText(work.reduce((sum, node) => sum + node.flop, 0))]]),
    ...state.graph.orders.flatMap((order) => {
      const own = work.filter((node) => node.order === order);
      return own.length ? [el("h3", { class: `o${Math.min(order, 3)}` }, `${orderName(order)}: ${countText(own.length, "node")}, ${flopText(own.reduce((sum, node) => sum + node.flop, 0))}`), nodeLinks(own, 16)] : [];
    }),
  ];
}

function costPanel() {
  const body = el("tbody", {}), note = el("p", { class: "quiet" });
  const head = ["layer", "order", "nodes", "work", "", "moved", hasTimes && "time"].filter((name) => name !== false);
  const panel = el("section", { class: "panel costs", "aria-label": "Costs" }, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of costs" }, note,
    el("table", {}, el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, name)))), body)));
  onChange((what) => { if (what === "function" || what === "selection") update(); });
  function update() {
    const graph = state.graph, key = hasTimes ? "ms" : "flop";
    note.textContent = `${graph.title}: ${flopText(graph.flop)}${hasTimes ? `, ${timeText(graph.ms)} measured` : ""}. Layers and orders of derivative, dearest first.`;
    const cells = graph.cells.filter((cell) => cell.flop > 0 || cell.bytes > 0).sort((a, b) => b[key] - a[key]);
    body.replaceChildren(...cells.map((cell) => {
      const bar = el("span", { class: `bar o${Math.min(cell.order, 3)}` });
      bar.style.width = `${(100 * cell[key]) / (cells[0][key] || 1)}%`;
      return el("tr", { class: state.lit && isLit(cell.nodes) ? "lit" : null },
        el("td", {}, el("button", { class: "link", onclick: () => { selectCell(cell); } }, cell.name)),
        el("td", {}, orderName(cell.order)), el("td", { class: "number" }, String(cell.nodes.filter((node) => node.op !== "input").length)),
        el("td", { class: "number" }, flopText(cell.flop)), el("td", { class: "gauge" }, bar), el("td", { class: "number" }, byteText(cell.bytes)),
        hasTimes && el("td", { class: "number" }, timeText(cell.ms)));
    }));
  }
  update();
  return panel;
}

let openPass = null;
function passPanel() {
  const body = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "List of passes" });
  onChange((what) => { if (what === "function" || what === "pass") update(); });
  function update() {
    const graph = state.graph;
    body.replaceChildren(
      el("p", { class: "quiet" }, graph.passes.length ? "What each pass that changed the graph took away and added, in order. Nodes are counted with inputs; numbers are those before the pass, then those behind it." : "No pass changes this graph."),
      ...graph.passes.map((change, place) => passItem(change, place)));
    const open = body.querySelector("details[open]");
    if (open && openPass !== null) open.scrollIntoView({ block: "nearest" });
  }
  update();
  return el("section", { class: "panel passes", "aria-label": "Passes" }, body);
}
function passItem(change, place) {
  const [before, after] = change.nodes, [old, now] = change.multiplyAdds, [removed, added] = change.counts;
  const list = (lines, count, sign, name) => lines.length > 0 && el("ul", { class: `diff ${name}` },
    lines.map(([text, from]) => el("li", {}, el("code", {}, `${sign} ${text}`), el("small", {}, from))),
    count > lines.length && el("li", { class: "quiet" }, `${sign} ${count - lines.length} more`));
  return el("details", { open: openPass === place },
    el("summary", {}, el("strong", {}, change.pass), el("span", { class: "quiet" }, change.summary || ""),
      el("span", { class: "number" }, `${before} → ${after} nodes`), el("span", { class: "number" }, old === now ? "" : `${flopText(2 * old)} → ${flopText(2 * now)}`),
      el("span", { class: "number quiet" }, removed + added ? `−${removed} +${added}` : "order only")),
    removed + added > 12 && el("p", { class: "kinds" }, kinds(change.removed, "−"), " ", kinds(change.added, "+")),
    list(change.removed, removed, "−", "removed"), list(change.added, added, "+", "added"));
}
// `−69 zip, 65 map` of the lines that are listed.
function kinds(lines, sign) {
  const counts = new Map();
  for (const [text] of lines) {
    const kind = (/= (\w+)/.exec(text) || ["", "input"])[1];
    counts.set(kind, (counts.get(kind) || 0) + 1);
  }
  const parts = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${count} ${kind}`);
  return parts.length ? `${sign}${parts.join(", ")}` : "";
}
function showPass(place) {
  openPass = place;
  showTab("passes");
  changed("pass");
}
