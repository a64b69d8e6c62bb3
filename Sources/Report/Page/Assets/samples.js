// Samples over time, reals beside them, all runs at one round.
function picture(source, alt) {
  const image = el("img", { alt, src: source || null });
  // A few pixels are shown as such.
  image.addEventListener("load", () => image.classList.toggle("pixels", image.naturalWidth < 200));
  return image;
}

function samples() {
  const runs = data.runs.filter((run) => run.pictures.length);
  if (!runs.length) return null;
  const rounds = [...new Set(runs.flatMap((run) => run.pictures.map((picture) => picture.round)))].sort((a, b) => a - b);
  // Who looks at an earlier round goes on doing so.
  const start = view.round === null || !rounds.includes(view.round) ? rounds.length - 1 : rounds.indexOf(view.round);
  const slider = el("input", { type: "range", min: 0, max: rounds.length - 1, value: start, "aria-label": "Round of the samples" });
  const output = el("output", {});
  const play = el("button", { class: "plain", type: "button" }, "Play");
  const alone = runs.length === 1;
  // A run of each group: large, side by side.
  const isBeside = data.groups.every((group) => group.runs.length === 1);
  const frames = runs.map((run) => {
    const image = picture("", "");
    const caption = el("figcaption", {});
    return { run, image, caption, node: el("figure", {}, image, caption) };
  });
  const show = () => {
    const round = rounds[slider.value];
    view.round = Number(slider.value) === rounds.length - 1 ? null : round;
    output.textContent = `round ${number(round)}`;
    slider.setAttribute("aria-valuetext", `round ${round}`);
    for (const frame of frames) {
      const past = frame.run.pictures.filter((picture) => picture.round <= round);
      const picture = past[past.length - 1] || frame.run.pictures[0];
      frame.image.src = picture.source;
      frame.image.alt = `Samples of ${frame.run.name} at round ${picture.round}`;
      const label = isBeside ? data.groups[frame.run.group].label : `seed ${frame.run.seed}`;
      frame.caption.textContent = alone ? `Samples, round ${number(picture.round)}` : label + (picture.round === round ? "" : ` (round ${number(picture.round)})`);
    }
  };
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; view.isPlaying = false; play.textContent = "Play"; };
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) === rounds.length - 1) slider.value = 0;
    show();
    play.textContent = "Pause";
    view.isPlaying = true;
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (Number(slider.value) === rounds.length - 1) stop();
    }, 350);
  });
  slider.addEventListener("input", () => { stop(); show(); });
  show();
  const reals = runs.find((run) => run.reals);
  const real = reals ? el("figure", {}, picture(reals.reals, "Real samples"), isBeside ? el("figcaption", {}, "Data") : null) : null;
  const row = (group, index) => el("div", {},
    hasManyGroups() ? el("h3", { class: `charts-title ${colour(index)}` }, group.label) : null,
    el("div", { class: "stage many" }, ...frames.filter((frame) => frame.run.group === index).map((frame) => frame.node)));
  const beside = [el("div", { class: "stage pair" }, ...frames.map((frame) => frame.node), real)];
  const stage = isBeside ? beside
    : [...data.groups.map(row), real ? el("div", {}, el("h3", { class: "charts-title" }, "Data"), el("div", { class: "stage many" }, real)) : null];
  const left = data.leftOut ? el("p", { class: "quiet small" }, data.leftOut) : null;
  return section("samples", "Samples", rounds.length > 1 ? el("div", { class: "scrub" }, play, slider, output) : null, ...stage, left);
}

// Generated samples above the reals that are nearest to each: copies are seen here.
function neighbours() {
  const runs = data.runs.filter((run) => run.neighbours);
  if (!runs.length) return null;
  const frames = runs.map((run) => {
    const { round, source, shown, copies } = run.neighbours;
    const text = copies.length
      ? `${copies.length} of ${shown} are at least as near to a training sample as that is to its own neighbour: columns ${copies.map((place) => place + 1).join(", ")}.`
      : `None of ${shown} is as near to a training sample as that is to its own neighbour.`;
    return el("figure", {}, picture(source, `Samples of ${run.name} at round ${round}, above the training samples nearest to each`),
      el("figcaption", {}, data.runs.length > 1 ? `${run.name}. ` : "", `Round ${number(round)}. ${text}`));
  });
  return section("neighbours", "Nearest training samples",
    el("p", { class: "quiet small prose" }, "The first row is generated; below each sample stand the training samples nearest to it, as the metric sees them, the nearest first. About half of what a perfect generator makes is as near to a training sample as that is to its neighbour; all of it would be copying."),
    el("div", { class: "stage neighbours" }, ...frames));
}

// How often a classifier sees each class among samples and among reals.
function classes() {
  const runs = data.runs.filter((run) => run.classes);
  if (!runs.length) return null;
  const share = (counts) => { const sum = counts.reduce((a, b) => a + b, 0) || 1; return counts.map((count) => count / sum); };
  const charts = runs.map((run) => {
    const [reals, generated] = [share(run.classes.reals), share(run.classes.generated)];
    const count = reals.length, top = Math.max(...reals, ...generated);
    const width = Math.max(220, Math.min(640, count * 34)), height = 150, base = height - 20, step = width / count;
    const y = (value) => base - value / top * (base - 14);
    const percent = (value) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;
    const bars = reals.flatMap((real, k) => {
      const x = k * step + step * 0.16, wide = step * 0.68;
      const label = `class ${k}: ${percent(generated[k])} of the samples, ${percent(real)} of the reals`;
      return [
        svg("g", {}, svg("title", {}, label),
          svg("rect", { class: generated[k] < real / 10 ? "lost" : "share", x, y: y(generated[k]), width: wide, height: Math.max(0, base - y(generated[k])) }),
          svg("path", { class: "real", d: `M${x - step * 0.08} ${y(real)}h${wide + step * 0.16}` }),
          generated[k] < real / 10 ? svg("text", { class: "lost", x: x + wide / 2, y: y(real) - 5, "text-anchor": "middle" }, "lost") : null,
          count <= 40 ? svg("text", { x: x + wide / 2, y: height - 5, "text-anchor": "middle" }, String(k)) : null),
      ];
    });
    const lost = reals.filter((real, k) => generated[k] < real / 10).length;
    const text = lost ? `${lost} of ${count} classes are less than a tenth as frequent as they should be.` : `All ${count} classes are there.`;
    return el("figure", { class: `classes ${colour(run.group)}` },
      svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": text, class: "axis" }, ...bars, svg("path", { d: `M0 ${base}H${width}` })),
      el("figcaption", {}, data.runs.length > 1 ? `${run.name}. ` : "", `Round ${number(run.classes.round)}. ${text}`));
  });
  return section("classes", "Classes",
    el("p", { class: "quiet small prose" }, "Bars: the share of each class among the samples, as the classifier sees them. Lines: among the reals."),
    el("div", { class: "stage" }, ...charts));
}
