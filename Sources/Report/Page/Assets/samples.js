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
