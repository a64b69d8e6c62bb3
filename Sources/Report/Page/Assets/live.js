// Follows runs that train: asks its server for new data, and changes what it changes.
const live = { tag: null, pause: 2000, note: el("span", { class: "live", role: "status" }) };

const focusable = (node) => [...node.querySelectorAll("a, button, input, summary, [tabindex]")];

function place(name, node) {
  const old = document.getElementById(name);
  if (old && node) {
    const focused = focusable(old).indexOf(document.activeElement);
    old.replaceWith(node);
    // Whoever uses the keyboard goes on where they were.
    const heir = focusable(node)[focused];
    if (heir) heir.focus({ preventScroll: true });
  } else if (old) old.remove();
  else if (node) {
    // Before the next section that is there.
    const names = Object.keys(sections);
    const next = names.slice(names.indexOf(name) + 1).map((id) => document.getElementById(id)).find(Boolean);
    (next || document.querySelector("footer")).before(node);
    document.querySelector("nav").replaceWith(links());
  }
}

// The charts themselves stay where they are those of the curves that change, so that who reads one goes on reading.
function updateCurves() {
  const changing = data.curves.filter((curve) => !isConstant(curve));
  const isSame = data.curves.length === live.curves && changing.length === shownCharts.length
    && changing.every(({ owner, title }, i) => shownCharts[i].curve.owner === owner && shownCharts[i].curve.title === title);
  live.curves = data.curves.length;
  if (!isSame) return place("curves", curves());
  shownCharts.forEach((chart, index) => {
    chart.curve = changing[index];
    chart.draw();
  });
}

function show(next) {
  const open = [...document.querySelectorAll("#answer details")].map((node) => node.open);
  data = next;
  document.title = data.title;
  document.querySelector("header").replaceWith(header());
  document.querySelector("header .lead").append(live.note);
  place("answer", answer());
  document.querySelectorAll("#answer details").forEach((node, index) => { node.open = open[index] || false; });
  if (!view.isPlaying) place("samples", samples());
  place("neighbours", neighbours());
  place("classes", classes());
  updateCurves();
  place("runs", runTable());
}

async function follow() {
  try {
    const answer = await fetch("data", { headers: live.tag ? { "If-None-Match": live.tag } : {}, cache: "no-store" });
    if (answer.status === 200) {
      live.tag = answer.headers.get("ETag");
      show(await answer.json());
    }
    if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
    const isTraining = data.runs.some((run) => run.state === "running");
    live.note.textContent = isTraining ? " Live." : "";
    live.pause = isTraining ? 2000 : 5000;
  } catch {
    live.note.textContent = ` No answer from advas-run since ${new Date().toLocaleTimeString()}; this is the last that it said.`;
    live.pause = 10000;
  }
  setTimeout(follow, live.pause);
}
live.curves = data.curves.length;
document.querySelector("footer").textContent = "Served by advas-run report --serve, which this page asks for news, and nobody else. The same without a server: advas-run report.";
document.querySelector("header .lead").append(live.note);
follow();
