// Watches one picture in the page of a notebook: which value the slider has, and which value is on display.
// The same for all candidates. Times are milliseconds of performance.now(), which is also the clock of events.
//
// A frame is sampled where the browser has run all that draws and is about to paint: in a ResizeObserver, which the
// browser calls after all of the frame's requestAnimationFrame callbacks. It is due in every frame, because a
// requestAnimationFrame callback resizes the element that it observes.

(() => {
  const number = (text) => Number(text?.match(/[-−]?\d+(\.\d+)?/)?.[0].replace("−", "-") ?? NaN);
  const one = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });

  // The value that is on display: null where there is no picture, or not a whole one.
  const shown = {
    // The text stands above the new image, and the old image is gone when the text comes: both are there, or nothing.
    interact(root) {
      const image = root.querySelector(".widget-output img");
      const text = root.querySelector(".widget-output pre")?.textContent;
      return image?.complete && image.naturalWidth ? number(text?.split("=")[1]) : null;
    },
    // The kernel draws when the page asks for an image, whatever the slider was then: the image itself has to tell.
    ipympl(root) {
      const canvas = root.querySelector(".jupyter-matplotlib canvas, .jupyter-matplotlib-figure canvas");
      if (!canvas?.width) return null;
      one.clearRect(0, 0, 1, 1);
      one.drawImage(canvas, 2, 2, 1, 1, 0, 0, 1, 1);
      const [grey, , , opacity] = one.getImageData(0, 0, 1, 1).data;
      return opacity === 255 && grey <= 200 ? Number((-5 + 0.05 * grey).toFixed(2)) : null;
    },
    ours(root) {
      const ready = root.querySelector(".live-picture canvas")?.width > 300;
      return ready ? number(root.querySelector(".live-numbers").textContent) : null;
    },
    floor: (root) => number(root.querySelector("output")?.textContent),
    limit: (root) => root.querySelector("canvas")?.shown ?? null,
  };
  // What of it is copied at each frame: ours, to be looked at pixel by pixel afterwards, and as a handicap the limit.
  const canvases = { ours: ".live-picture canvas", limit: "canvas" };

  const notebook = () => window.jupyterapp.shell.currentWidget;
  const outputs = () => notebook().content.widgets[0].node.querySelector(".jp-Cell-outputArea");
  const run = (command) => window.jupyterapp.commands.execute(command);

  let kind, root, moves, frames, lastValue, lastEvent = 0, running = false, frameBegan, reached, due;
  const copies = [];

  const slider = () => root.querySelector("input[type=range], .noUi-target");
  const at = () => number(slider()?.value ?? root.querySelector(".widget-readout")?.textContent);
  const look = () => {
    const value = running ? at() : NaN;
    if (Number.isNaN(value) || value === lastValue) return;
    lastValue = value;
    moves.push([value, lastEvent]);
  };
  for (const type of ["pointerdown", "pointermove", "pointerup"]) {
    addEventListener(type, (event) => { lastEvent = event.timeStamp; }, true);
  }
  // After the candidate's own listeners. Where an event does not come as far, the next frame sees the value.
  for (const type of ["pointerdown", "pointermove", "mousemove", "input"]) addEventListener(type, look);

  // A copy of the canvas costs about what painting one image does; nothing is read back before `stop`.
  function copy(canvas, i) {
    const { width, height } = canvas;
    copies[i] ??= document.createElement("canvas").getContext("2d");
    if (copies[i].canvas.width !== width || copies[i].canvas.height !== height) {
      Object.assign(copies[i].canvas, { width, height });
    }
    copies[i].globalCompositeOperation = "copy";
    copies[i].drawImage(canvas, 0, 0);
    return copies[i];
  }

  // A number for the pixels; 0 where all are alike.
  function hash(g) {
    const pixels = new Uint32Array(g.getImageData(0, 0, g.canvas.width, g.canvas.height).data.buffer);
    let sum = 1, blank = true;
    for (const pixel of pixels) {
      sum = Math.imul(sum ^ pixel, 0x01000193);
      if (pixel !== pixels[0]) blank = false;
    }
    return blank ? 0 : sum;
  }

  function sample() {
    const now = performance.now();
    look();
    const value = shown[kind](root), canvas = canvases[kind] && root.querySelector(canvases[kind]);
    const text = kind === "ours" ? root.querySelector(".live-numbers")?.textContent ?? "" : "";
    const copied = canvas?.width ? copy(canvas, frames.length) : null;
    frames.push([copied, now, Number.isNaN(value) ? null : value, (canvas ?? root).clientHeight, text]);
    if (reached?.(value)) reached = undefined;
  }

  const probe = document.createElement("div");
  probe.style = "position: fixed; left: 0; top: 0; width: 1px; height: 1px; contain: strict; visibility: hidden";
  document.body.append(probe);
  new ResizeObserver(() => { if (running) sample(); }).observe(probe);
  const tick = (began) => {
    if (!running) return;
    frameBegan = began;
    probe.style.width = probe.style.width === "1px" ? "2px" : "1px";
    due = requestAnimationFrame(tick);
  };

  const until = (test) => new Promise((resolve) => {
    reached = (value) => test(value) && (resolve(true), true);
    setTimeout(() => resolve(false), 20000);
  });

  window.bench = {
    // Run the notebook's only cell and return the milliseconds until its picture is on display.
    async first(name) {
      kind = name;
      await run("notebook:clear-all-cell-outputs");
      root = outputs();
      bench.start();
      const start = performance.now();
      run("notebook:run-all-cells");
      const came = await until((value) => value !== null && !Number.isNaN(value) && slider());
      running = false;
      return came ? frames.at(-1)[1] - start : null;
    },
    track() {
      const box = slider().getBoundingClientRect(), thumb = slider().matches("input") ? 8 : 0;
      return { left: box.left + thumb, width: box.width - 2 * thumb, y: box.top + box.height / 2, value: at() };
    },
    start() {
      moves = [];
      frames = [];
      lastValue = at();
      running = true;
      cancelAnimationFrame(due);     // of an earlier turn
      sample();     // what is on display before any move
      tick(performance.now());
    },
    now: () => performance.now(),
    // What time it is, and when the last frame began.
    screen: () => [performance.now(), frameBegan],
    settled: () => until((value) => value === at()),
    // What was seen since `start`; of ours with a hash of each frame's pixels.
    stop() {
      running = false;
      const pixels = (copied) => (kind === "ours" && copied ? hash(copied) : null);
      return { moves, frames: frames.map(([copied, ...seen]) => [...seen, pixels(copied)]) };
    },
    // Fill the pool, so that no copy has to be made room for during a drag.
    prepare(count) {
      const canvas = canvases[kind] && root.querySelector(canvases[kind]);
      for (let i = 0; canvas && i < count; i++) copy(canvas, i);
    },
    python: (code) => notebook().sessionContext.session.kernel.requestExecute({ code, silent: true }).done,
    // The hash of each picture as the kernel sets it without any hand on a slider; keys are the lines of numbers.
    async references(wanted) {
      const found = {};
      for (const [text, code] of wanted) {
        await bench.python(code);
        const end = performance.now() + 2000, numbers = () => root.querySelector(".live-numbers").textContent;
        do await new Promise(requestAnimationFrame); while (numbers() !== text && performance.now() < end);
        copy(root.querySelector(canvases.ours), 0);
        if (numbers() === text) found[text] = hash(copies[0]);
      }
      return found;
    },
  };
})();
