// The data of the page, and words for its curves and numbers.
let data = JSON.parse(document.getElementById("data").textContent);

const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Four significant digits: 0.1234, 12,345, 1.234e−7.
function number(value, digits = 4) {
  if (value === null || !Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    text = value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  } else if (Number.isInteger(value) || size >= 10 ** digits) {
    text = Math.round(value).toLocaleString("en-US");
  } else {
    text = String(Number(value.toPrecision(digits)));
  }
  return text.replace(/-/g, "−");
}
// A name that may go on in another line behind each of its parts: class_|histogram.|p.
const breakable = (text) => text.split(/(?<=[._])/).flatMap((part, i) => i ? [el("wbr"), part] : [part]);
const signed = (value) => (value > 0 ? "+" : "") + number(value, 3);

// `1:05`, or `0:00.25` with so many digits of a second.
function clock(seconds, digits = 0) {
  const total = Number(seconds.toFixed(digits)), two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(total / 3600), minutes = Math.floor(total / 60) % 60;
  const rest = (total % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

// A round that is about that of a step on a logarithmic or linear axis: 1, 2 or 5 times a power of ten.
function ticks(low, high, count) {
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999);
  // Counted from the first: beyond 2^53 a counter that grows by one stands still.
  const first = Math.ceil(low / step - 1e-9), length = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length }, (_, i) => (first + i) * step);
}

// Between two powers of ten, which are given by their exponents.
function logTicks(low, high) {
  const values = [], first = Math.floor(low), last = Math.ceil(high);
  const factors = last - first > 3 ? [1] : [1, 2, 5];
  const every = Math.max(1, Math.ceil((last - first) / 6));
  for (let power = first; power <= last; power += 1) {
    if ((power - first) % every) continue;
    for (const factor of factors) {
      const exponent = power + Math.log10(factor);
      if (exponent >= low - 5e-4 && exponent <= high + 5e-4) values.push(factor * 10 ** power);
    }
  }
  // Between 2 and 5 there are none of them, and one alone says nothing of the scale.
  return values.length > 1 ? values : ticks(10 ** low, 10 ** high, 5);
}

// Digits that tell each mark from the next, as far as there is room for them.
function digitsOf(marks) {
  const step = marks.length > 1 ? marks[1] - marks[0] : 0, size = largestOf(marks.map(Math.abs));
  return step > 0 ? Math.min(6, Math.max(3, 1 + Math.ceil(Math.log10(size / step)))) : 3;
}

// Digits of a second that tell each time from the next; the page's times have two.
function secondDigitsOf(times) {
  const step = times.length > 1 ? times[1] - times[0] : 1;
  return Math.min(2, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
}

function copyButton(text) {
  const button = el("button", { class: "plain", type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page of a file has no clipboard in some browsers; the older way has no such limit.
      const area = el("textarea", {}, text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}

// Buttons of which one is pressed; `choose` is called with its value.
function choice(name, options, value, choose) {
  const buttons = options.map(([key, label]) =>
    el("button", { type: "button", "aria-pressed": String(key === value) }, label));
  buttons.forEach((button, index) => button.addEventListener("click", () => {
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    choose(options[index][0]);
  }));
  return el("div", {}, el("span", { class: "name" }, name),
    el("span", { class: "choice", role: "group", "aria-label": name }, ...buttons));
}

const section = (id, title, ...children) =>
  el("section", { id, "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), ...children);
const colour = (group) => `g${group % 6}`;
const hasManyGroups = () => data.groups.length > 1;
