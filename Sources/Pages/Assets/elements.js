// Words in which the page is made: everything becomes text nodes, never markup.
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

// Of lists of any length: a call has room for some ten thousand arguments.
const smallestOf = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const largestOf = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);

// Three digits in the largest unit of which there is one: 12.3 MB.
function scaled(value, units) {
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit + 1 < units.length) { value /= 1000; unit += 1; }
  return `${unit ? Number(value.toPrecision(3)) : Math.round(value)} ${units[unit]}`;
}
const flopText = (value) => scaled(value, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"]);
const byteText = (value) => scaled(value, ["B", "kB", "MB", "GB", "TB"]);
