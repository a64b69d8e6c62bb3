// What the page knows: the document, and for each function its cells, one for each layer and order of derivative.
const documentData = JSON.parse(document.getElementById("data").textContent);
const orderNames = ["Forward", "Backward", "Double backward", "Third order", "Fourth order"];
const orderName = (order) => orderNames[order] || `Order ${order}`;

// `G.2.0.main.1` is of the second layer of G, `generator.optimizer` stands for itself.
function rowOf(layer) {
  const found = /^([^.\s]+)\.(\d+)(\.|$)/.exec(layer);
  return found ? { name: `${found[1]}.${found[2]}`, network: found[1] } : { name: layer || "other", network: "" };
}

function buildFunction(source, number) {
  const graph = {
    number, title: source.title, inputs: source.inputs, passes: source.passes, memory: source.memory, results: source.results, nodes: [],
    cells: [], rows: [], orders: [], flop: 0, bytes: 0, ms: 0,
  };
  source.nodes.forEach((node, id) => {
    graph.nodes.push({
      id, op: node.op, text: node.text, formula: node.formula, type: node.type, operands: node.operands, users: [],
      order: node.order, layer: node.layer, term: node.term || "", at: node.at || null, flop: node.flop || 0,
      bytes: node.bytes || 0, pass: node.pass, given: node.given || "", ms: node.ms || 0, results: [], cell: null,
      block: null, step: -1, graph,
    });
  });
  for (const node of graph.nodes) {
    for (const id of new Set(node.operands)) graph.nodes[id].users.push(node.id);
    graph.flop += node.flop;
    graph.bytes += node.bytes;
    graph.ms += node.ms;
  }
  for (const result of source.results) graph.nodes[result.node].results.push(result.name);
  placeNodes(graph);
  placeMemory(graph);
  return graph;
}

// Batches stand in a row of their own; what a layer is given else, its weights, belongs to the cell that reads it first.
function placeNodes(graph) {
  const rows = new Map(), cells = new Map();
  const cellOf = (row, order) => {
    if (!rows.has(row.name)) rows.set(row.name, { ...row, first: rows.size, cells: [] });
    const key = `${row.name}|${order}`;
    if (!cells.has(key)) {
      cells.set(key, {
        name: row.name, row: rows.get(row.name), order, nodes: [], flop: 0, bytes: 0, ms: 0, open: false,
      });
    }
    return cells.get(key);
  };
  for (const node of graph.nodes) {
    if (node.given === "batch") node.cell = cellOf({ name: "inputs", network: "" }, 0);
    else if (node.op !== "input") node.cell = cellOf(rowOf(node.layer), node.order);
  }
  for (const node of graph.nodes) {
    if (node.cell) continue;
    const user = node.users.map((id) => graph.nodes[id]).find((other) => other.cell);
    node.cell = user ? user.cell : cellOf({ name: "inputs", network: "" }, 0);
  }
  for (const node of graph.nodes) {
    const cell = node.cell;
    cell.nodes.push(node);
    cell.flop += node.flop;
    cell.bytes += node.bytes;
    cell.ms += node.ms;
  }
  graph.cells = [...cells.values()];
  graph.rows = sortRows([...rows.values()], graph.cells);
  graph.orders = [...new Set(graph.cells.map((cell) => cell.order))].sort((a, b) => a - b);
  graph.rows.forEach((row, place) => { row.place = place; });
}

// Inputs first, networks in the order in which data goes through them, then terms, then what moves the parameters.
function sortRows(rows, cells) {
  const networks = [], natural = new Intl.Collator("en", { numeric: true });
  for (const cell of cells) {
    cell.row.cells.push(cell);
    if (cell.row.network && !networks.includes(cell.row.network)) networks.push(cell.row.network);
  }
  const depth = (name) => {
    const ids = cells.filter((cell) => cell.row.network === name && cell.order === 0)
      .flatMap((cell) => cell.nodes.filter((node) => node.op !== "input").map((node) => node.id));
    return smallestOf(ids);
  };
  networks.sort((a, b) => depth(a) - depth(b));
  const rank = (row) => {
    if (row.name === "inputs") return -1;
    if (row.network) return networks.indexOf(row.network);
    return /\.optimizer$|^ema /.test(row.name) ? 1000 : 500;
  };
  return rows.sort((a, b) =>
    rank(a) - rank(b) || (a.network ? natural.compare(a.name, b.name) : a.first - b.first));
}

// The block of memory of each node, and the step that computes it.
function placeMemory(graph) {
  if (!graph.memory) return;
  graph.memory.blocks = graph.memory.blocks.map(([node, offset, bytes, from, to, scratch]) =>
    ({ node: graph.nodes[node], offset, bytes, from, to, scratch: scratch === 1 }));
  for (const block of graph.memory.blocks) if (!block.scratch) block.node.block = block;
  graph.memory.steps.forEach((id, place) => {
    if (graph.nodes[id].step < 0) graph.nodes[id].step = place + 1;
  });
}

const graphs = documentData.functions.map(buildFunction);
const files = documentData.sources;
const hasTimes = graphs.some((graph) => graph.ms > 0);
// The spec itself comes first.
const mainFile = 0;
