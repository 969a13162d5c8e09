// The live picture's front end: the controls, and a canvas that replays draw lists (see draw_list.py).
// It computes nothing of the subject: each frame comes from the learner's own function in the kernel.

const FONT = '"DejaVu Sans", Verdana, "Noto Sans", "Noto Sans KR", sans-serif';
const SILENCE = 5000;   // milliseconds; a learner's function may take 3 seconds, and is then stopped
const RETRY = 1000;     // milliseconds without an answer, after which the values are sent once more
const CLAUSE = "; ";    // between the clauses of a line of numbers
const PLAY = 3300;      // milliseconds that a playing slider takes from one end to the other
const REST = 100;       // milliseconds for which a hand rests before a move is sent whose frame was drawn ahead
const MOVING = 1000;    // milliseconds after which one is sent from a hand that does not rest
const FRESH = 1000;     // milliseconds for which a press does not ask again for what the pointer's coming has asked for
const TRAIL = 100;      // milliseconds over which a hand's speed is taken
const BRUSH = 1.25;     // cells of a pad from the middle of a stroke to where it has faded out
const PAUSE = 300;      // milliseconds without a change, after which the numbers are announced

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);
const decimals = (step) => (String(step).split(".")[1] ?? "").length;
const same = (one, other) => one === other || String(one) === String(other);     // numbers, names, or lists of numbers
const minus = (number) => String(number).replace("-", "\u2212");
// Drawn by lot, not counted: each picture of a page has a copy of this module, and labels and radio buttons with one
// name would reach into the next picture.
const ownName = () => `live-${Math.random().toString(36).slice(2)}`;

// ---- Replaying a draw list -------------------------------------------------------------------------------------

// The bytes of a message may begin at any offset, and typed arrays may not: so they are copied.
const bytes = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
const floats = (view) => new Float32Array(bytes(view));

// A sent draw list as its layers, each with its commands and its own part of the vertices and of the pixels.
function unpack(list) {
  const points = floats(list.points), pixels = new Uint8ClampedArray(bytes(list.pixels));
  let begin = 0, point = 0, pixel = 0;
  return list.layers.map((length) => {
    const commands = list.commands.slice(begin, (begin += length)), first = point;
    for (const [name, counts] of commands) {
      if (name === "path" || name === "clippath") for (const count of counts) point += 2 * count;
    }
    const images = commands.filter((command) => command[0] === "image").map(([, rows, columns]) => {
      const image = element("canvas", { width: columns, height: rows });
      const part = pixels.subarray(pixel, (pixel += 4 * rows * columns));
      image.getContext("2d").putImageData(new ImageData(part, columns, rows), 0, 0);
      return image;
    });
    return { commands, points: points.subarray(first, point), images };
  });
}

function trace(g, counts, points, start, snap) {
  let k = start;
  for (const count of counts) {
    for (let i = 0; i < count; i++, k += 2) {
      const x = snap(points[k]), y = snap(points[k + 1]);
      if (i === 0) g.moveTo(x, y); else g.lineTo(x, y);
    }
    if (count > 2 && points[k - 2] === points[k - 2 * count] && points[k - 1] === points[k - 2 * count + 1]) {
      g.closePath();
    }
  }
  return k;
}

// A hatch as a fill: one tile, drawn at the canvas's density.
function hatching(g, tile, ink, thick, density) {
  const side = tile.side * density, sample = element("canvas", { width: side, height: side }), h = sample.getContext("2d");
  h.scale(density, density);
  h.beginPath();
  trace(h, tile.counts, floats(tile.points), 0, (v) => v);
  h.fillStyle = h.strokeStyle = ink;
  h.lineWidth = thick;
  h.stroke();
  h.fill();
  const pattern = g.createPattern(sample, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / density));
  return pattern;
}

function replay(g, { commands, points, images }, colour, density, hatch) {
  const exact = (v) => v;
  let k = 0, shown = 0;
  g.save();
  for (const [name, ...o] of commands) {
    if (name === "unclip") {
      g.restore();
      g.save();
    } else if (name === "clip") {
      g.beginPath();
      g.rect(...o);
      g.clip();
    } else if (name === "clippath") {
      g.beginPath();
      k = trace(g, o[0], points, k, exact);
      g.clip();
    } else if (name === "image") {
      const [, , a, b, c, d, e, f, smooth] = o;
      g.save();
      g.transform(a, b, c, d, e, f);
      g.imageSmoothingEnabled = smooth;
      g.drawImage(images[shown++], 0, 0);
      g.restore();
    } else if (name === "text") {
      const [x, y, words, size, width, ink, angle, font] = o;
      g.save();
      g.translate(x, y);
      g.rotate((-angle * Math.PI) / 180);
      g.font = `${font} ${size}px ${FONT}`;
      const measured = g.measureText(words).width;
      if (measured) g.scale(width / measured, 1);   // whatever font there is: as wide as matplotlib laid it out
      g.fillStyle = colour(ink);
      g.fillText(words, 0, 0);
      g.restore();
    } else {
      const [counts, face, edge, width, dashes, cap, join, snaps, hatched] = o;
      // Upright edges go to whole device pixels: a line's middle where its width is even, else half a pixel beside.
      const half = Math.round(width * density) % 2 ? 0.5 : 0;
      const snap = snaps ? (v) => (Math.floor(v * density - half + 0.5) + half) / density : exact;
      g.beginPath();
      k = trace(g, counts, points, k, snap);
      if (face) {
        g.fillStyle = colour(face);
        g.fill();
      }
      if (hatched) {
        g.fillStyle = hatch(...hatched);
        g.fill();
      }
      if (edge && width) {
        g.strokeStyle = colour(edge);
        g.lineWidth = width;
        g.lineCap = cap;
        g.lineJoin = join;
        g.setLineDash(dashes ? dashes.slice(1) : []);
        g.lineDashOffset = dashes ? dashes[0] : 0;
        g.stroke();
      }
    }
  }
  g.restore();
}

// ---- The page's theme ------------------------------------------------------------------------------------------

// Any CSS colour as its brightness and opacity, both from 0 to 255: painted, and read back.
const dot = element("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
function look(css) {
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = css;
  dot.fillRect(0, 0, 1, 1);
  const [r, g, b, opacity] = dot.getImageData(0, 0, 1, 1).data;
  return [0.299 * r + 0.587 * g + 0.114 * b, opacity];
}

// Dark is what looks dark: the first ancestor with a background of its own decides, in any front end. Where there is
// none, as in a web view that lets its window shine through, the page's ink tells.
function isDark(node) {
  for (let at = node; at; at = at.parentElement) {
    const [brightness, opacity] = look(getComputedStyle(at).backgroundColor);
    if (opacity > 128) return brightness < 128;
  }
  return look(getComputedStyle(node.parentElement ?? node).color)[0] > 128;
}

// ---- Controls --------------------------------------------------------------------------------------------------

function sliderControl(control, hand, say, words) {
  const id = ownName(), { name, label, low, high, step, grid } = control, digits = decimals(step);
  const range = element("input", { type: "range", id, min: low, max: high, step });
  const field = element("input", {
    type: "number", min: low, max: high, step: "any", "aria-label": fill(words.typed, { label }) });
  // A mouse or a finger is no finer than the grid, whose frames can all be drawn ahead; keys know every step.
  let dragged = false, shown;
  const byKeys = () => {
    dragged = false;
    if (!hand.holds(control, true)) hand.hold(control, true);
  };
  range.addEventListener("pointermove", ({ buttons }) => { if (!buttons) hand.reach(control); });
  range.addEventListener("pointerleave", hand.leave);
  range.addEventListener("pointerdown", () => { dragged = true; hand.hold(control, false); });
  range.addEventListener("keydown", byKeys);
  range.addEventListener("focus", () => {
    if (!range.matches(":active")) hand.hold(control, !dragged);     // else it was pressed just now
  });
  range.addEventListener("input", () => {
    const value = Number(range.value);
    hand.move(name, dragged ? onGrid(control, value) : value);
  });
  range.addEventListener("change", () => show(shown));
  const typed = (final) => {
    const value = field.valueAsNumber, taken = Math.min(Math.max(value, low), high);
    const limits = { label, low: minus(low), high: minus(high), value: minus(value), taken: minus(taken) };
    if (Number.isNaN(value)) {
      if (final) { say(fill(words["no number"], limits)); show(shown, true); }
    } else if (value === taken || final) {
      shown = taken;
      hand.move(name, taken);
      say(value === taken ? "" : fill(words.limits, limits));
      if (final) show(taken, true);
    }
  };
  field.addEventListener("focus", () => hand.hold(control, true));
  field.addEventListener("input", () => { byKeys(); typed(false); });
  field.addEventListener("change", () => typed(true));
  // Arrow keys in the field move by the slider's step, which the field itself does not have, as it takes any number.
  field.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    byKeys();
    const next = Math.min(Math.max(Number((shown + way * step).toFixed(10)), low), high);
    hand.move(name, next);
    say("");
  });
  const show = (value, anew = false) => {
    // What is being typed stays as it is, unless the value has been changed elsewhere meanwhile.
    const typing = value === shown && !anew && field.matches(":focus");
    shown = value;
    if (Number(range.value) !== value) range.value = value;
    range.setAttribute("aria-valuetext", minus(value));
    if (!typing) field.value = Number(value.toFixed(digits)) === value ? value.toFixed(digits) : value;
  };
  return { node: element("div", { class: "live-control" }, element("label", { for: id }, label), range, field), show };
}

// The position for a mouse that is nearest to a value: see sweeps.py.
function onGrid({ low, high, grid }, value) {
  if (value <= low || value >= high) return value;
  return Math.min(Math.max(Number((Math.round(value / grid) * grid).toFixed(10)) + 0, low), high);
}

function choiceControl(control, hand) {
  const name = ownName(), buttons = new Map();
  const node = element("fieldset", { class: "live-control live-choice" }, element("legend", {}, control.label));
  for (const [value, label] of Object.entries(control.options)) {
    const button = element("input", { type: "radio", name, value });
    button.addEventListener("change", () => button.checked && hand.move(control.name, value));
    buttons.set(value, button);
    node.append(element("label", {}, button, label));
  }
  return { node, show: (value) => { buttons.get(value).checked = true; } };
}

// A sheet of cells to draw on. It is one stop for Tab; within it a cursor goes from cell to cell, and a screen reader is
// told the one under it.
function padControl({ name, label, rows, columns }, hand, say, words) {
  const id = ownName(), cells = [];
  const node = element("div", { class: "live-control live-pad" });
  const sheet = element("div", {
    role: "grid", tabindex: 0, "aria-label": label, "aria-describedby": `${id}-keys`, style: `aspect-ratio: ${columns} / ${rows}` });
  for (let row = 0; row < rows; row++) {
    const line = element("div", { role: "row", style: `grid-template-columns: repeat(${columns}, 1fr)` });
    for (let column = 0; column < columns; column++) {
      cells.push(element("div", { role: "gridcell", id: `${id}-${cells.length}` }));
      line.append(cells.at(-1));
    }
    sheet.append(line);
  }
  // What keys have drawn is said, for a reader does not look again at a cell that it has just read.
  const drawn = element("span", { class: "live-pad-cell", "aria-live": "polite" });
  let shown = [], here = 0, last = null;
  const inWords = (i) => fill(words.cell, {
    row: Math.floor(i / columns) + 1, column: (i % columns) + 1, value: Number(shown[i].toFixed(2)) });
  const goTo = (i) => {
    cells[here].removeAttribute("aria-selected");
    here = i;
    cells[here].setAttribute("aria-selected", "true");
    sheet.setAttribute("aria-activedescendant", cells[here].id);
  };
  // A cell is a number from 0 to 1; a line may be inked more than once, and gets no darker than its darkest stroke.
  const ink = (strength) => {
    const erases = erase.getAttribute("aria-pressed") === "true";
    hand.move(name, shown.map((value, i) => {
      const s = strength(i);
      return Number((erases ? Math.min(value, 1 - s) : Math.max(value, s)).toFixed(3));
    }));
  };
  const set = (value) => {
    hand.move(name, shown.map((old, i) => (i === here ? value : old)));
    drawn.textContent = inWords(here);
  };

  // The brush is soft: full in the middle of a cell, and fading out over the next ones.
  const place = ({ clientX, clientY }) => {
    const box = sheet.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * columns - 0.5, ((clientY - box.top) / box.height) * rows - 0.5];
  };
  const stroke = (from, to) => {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]], length = dx * dx + dy * dy;
    ink((i) => {
      const [x, y] = [(i % columns) - from[0], Math.floor(i / columns) - from[1]];
      const along = length ? Math.min(Math.max((x * dx + y * dy) / length, 0), 1) : 0;
      return Math.min(Math.max(BRUSH - Math.hypot(x - along * dx, y - along * dy), 0), 1);
    });
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();     // it would select text
    sheet.focus({ preventScroll: true });
    sheet.setPointerCapture(event.pointerId);
    drawn.textContent = "";
    last = place(event);
    stroke(last, last);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!last) return;
    const [from, to] = [last, place(event)];
    last = to;
    stroke(from, to);
  });
  for (const event of ["pointerup", "pointercancel"]) sheet.addEventListener(event, () => { last = null; });

  sheet.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = Math.floor(here / columns), column = here % columns;
    const ways = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column], Home: [row, 0], End: [row, columns - 1] };
    if (event.key in ways) {
      const [r, c] = ways[event.key];
      drawn.textContent = "";
      goTo(Math.min(Math.max(r, 0), rows - 1) * columns + Math.min(Math.max(c, 0), columns - 1));
      if (event.shiftKey) set(1);
    } else if (event.key === " " || (event.key === "Enter" && !event.shiftKey)) {
      set(1);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      set(0);
    } else {
      return;
    }
    event.preventDefault();
  });
  sheet.addEventListener("focus", hand.letGo);

  const button = (name_, press) => {
    const made = element("button", { type: "button" }, name_);
    made.addEventListener("click", press);
    return made;
  };
  const erase = button(words.erase, () => {
    erase.setAttribute("aria-pressed", String(erase.getAttribute("aria-pressed") !== "true"));
  });
  erase.setAttribute("aria-pressed", "false");
  const clear = button(words.clear, () => {
    hand.letGo();
    erase.setAttribute("aria-pressed", "false");
    drawn.textContent = "";
    hand.move(name, shown.map(() => 0));
  });
  const head = element("div", { class: "live-pad-head" }, element("b", { "aria-hidden": "true" }, label), erase, clear);
  node.append(element("div", { class: "live-pad-sheet" }, head, sheet),
    element("div", { class: "live-pad-notes" }, drawn, element("p", { id: `${id}-keys` }, words.keys)));
  const show = (values) => {
    const before = shown;
    shown = values;
    values.forEach((value, i) => {
      if (before[i] === value) return;
      cells[i].style.setProperty("--ink", value);
      cells[i].setAttribute("aria-label", inWords(i));
    });
  };
  goTo(0);
  return { node, show };
}

const CONTROLS = { slider: sliderControl, choice: choiceControl, pad: padControl };

// ---- The view --------------------------------------------------------------------------------------------------

const views = new Set();     // of this picture in this page; they share what the controls' values are
let holder = null;           // the one of them for which the kernel draws ahead, if any

function render({ model, el }) {
  const words = model.get("words"), [width, height] = model.get("size"), dark = model.get("dark");
  const canvas = element("canvas", { role: "img", style: `aspect-ratio: ${width} / ${height}; max-width: ${width}px` });
  const numbers = element("output", { class: "live-numbers", "aria-live": "polite" });
  const note = element("p", { class: "live-note", role: "status" });
  const trouble = element("div", { class: "live-trouble", role: "alert", hidden: "" });
  const g = canvas.getContext("2d"), view = ownName();
  views.add(view);

  const say = (sentence) => { note.textContent = sentence; };
  // A kernel that was restarted or died takes what is sent and never answers: that must not go unsaid. And where the
  // connection was cut, ipywidgets may wait for ever for the end of a message that was lost, and send nothing more:
  // so what stays unanswered is sent past it, one message at a time.
  let owed = null;        // the timer, while the kernel owes an answer
  let past = false;       // whether to send past ipywidgets
  let asked = null;       // the message past it that is under way
  const tell = (content) => {
    try { model.send({ ...content, view }); } catch { say(words.silent); }     // the kernel's end is known to be gone
  };
  const ask = () => {
    asked = ownName();
    tell({ asked, values: model.get("values"), resets: model.get("resets"), by: model.get("by") });
  };
  const send = () => {
    model.set("by", [view, moves, speed()]);
    model.save_changes();
    if (past && !asked) ask();
    if (owed) return;
    const since = performance.now();
    owed = setInterval(() => {
      past = true;
      model.save_changes();     // what ipywidgets still holds back is then no older than what goes past it
      ask();
      if (performance.now() - since > SILENCE) say(words.silent);
    }, RETRY);
  };
  const heardFromKernel = (answer) => {
    if (owed && answer !== asked) past = false;      // ipywidgets does get through
    if (answer === asked || !past) asked = null;
    clearInterval(owed);
    owed = null;
    if (note.textContent === words.silent) say("");
  };

  // ---- What the hand does: the values go to the kernel, and the frame for them is shown if it was drawn ahead ----

  let sweep = null;       // the frames along the slider that is held, as far as they have arrived
  let held = null, byKeys = false, came = null;      // which one, how, and since when if a pointer has only come to it
  const holds = ({ name }, by_keys) => holder === view && held === name && byKeys === by_keys;
  const forget = () => {
    sweep = null;
    delete root.dataset.ahead;
  };
  const drawAhead = ({ name }, by_keys) => {
    if (name !== held) forget();
    holder = view;
    held = name;
    byKeys = by_keys;
    trail = [here()];
    tell({ hold: name, by_keys });
  };
  // A pointer over a slider is a hand that is about to press it: what it needs at once is drawn by then.
  // It takes nothing from a hand elsewhere that plays, or has this slider already.
  const reach = (control) => {
    if (playing || held === control.name || (holder && holder !== view)) return;
    drawAhead(control, false);
    came = performance.now();
    keepStill();
  };
  const leave = () => { if (came !== null) letGo(); };
  const hold = (control, by_keys) => {
    if (holds(control, by_keys) && came !== null && performance.now() - came < FRESH) trail = [here()];
    else drawAhead(control, by_keys);
    came = null;
    touched(control);
  };
  const letGo = () => {
    if (held) tell({ hold: null });
    if (holder === view) holder = null;
    held = kept = came = null;
    forget();
  };
  // How fast the hand moves the slider that is held, a second: so the kernel knows where it will be.
  let trail = [];
  const here = () => [performance.now(), model.get("values")[held]];
  const speed = () => {
    const now = performance.now();
    while (trail.length > 1 && trail[1][0] < now - TRAIL) trail.shift();
    if (!held || now - trail[0][0] < 1) return 0;
    return (1000 * (model.get("values")[held] - trail[0][1])) / (now - trail[0][0]);
  };
  const arrived = (message, buffers) => {
    if (message.view !== view) return;
    if (message.confirm) tell({ got: message.slice, at: model.get("values")[held], speed: speed() });
    if (!held) return;
    if (sweep?.sweep !== message.sweep) sweep = { ...message, layers: [], ready: new Map() };
    unpack({ ...message, points: buffers[0], pixels: buffers[1] }).forEach((layer, i) => {
      sweep.layers[message.first + i] = layer;
    });
    for (const [value, ...parts] of message.frames) sweep.ready.set(value, parts);
    root.dataset.ahead = sweep.ready.size;     // to be seen from outside
    if (shown < moves) showAhead();
  };
  // The frame for the controls' values, if it has been drawn ahead and nothing else has changed since.
  const drawnAhead = () => {
    if (!sweep) return null;
    const values = model.get("values"), { base, name } = sweep;
    const stale = base.resets !== model.get("resets") ||
      Object.entries(base.values).some(([other, value]) => !same(values[other], value));
    const found = stale ? null : sweep.ready.get(values[name]);
    if (!found) return null;
    // What the kernel remembers, as a track, is that of its last answer.
    const [clauses, parts] = found, told = model.get("frame").text.split(CLAUSE);
    const layers = parts.map((i, k) => (i < 0 ? exact[k] : sweep.layers[i]));
    if (layers.includes(undefined)) return null;     // a slice was lost
    return { text: clauses.map((clause, k) => clause ?? told[k]).join(CLAUSE), layers, remembers: parts.includes(-1) };
  };
  const showAhead = () => {
    const ready = drawnAhead();
    if (ready) {
      shown = moves;
      showFrame(ready);
      showTrouble(null);
    }
    return ready;
  };

  // Moves are counted, and an answer tells which of them it knew, so that an answer to an earlier one does not take the
  // picture back: not even to values at which the hand has been twice.
  let moves = 0, settled = 0, shown = 0, exact = [];     // the last move, the last answered, the last shown
  let mine = null;               // where the hand has put the controls
  const moved = () => {
    moves++;
    if (held) trail.push(here());
    pass(showAhead());
  };
  // Send the last move on: in a while, where its frame was drawn ahead. The kernel has better things to do than to draw
  // it once more, and each answer holds up the page for a moment.
  let later = null, sentAt = 0;
  const pass = (ready) => {
    clearTimeout(later);
    if (!ready || ready.remembers || performance.now() - sentAt > MOVING) sendNow();
    else later = setTimeout(sendNow, REST);
  };
  const sendNow = () => {
    clearTimeout(later);
    sentAt = performance.now();
    send();
  };
  const answered = () => {
    const sent = model.get("frame"), { values, resets, asked: answer, by: [whose, move] } = model.get("of");
    exact = unpack(sent);
    if (whose === view) settled = move;
    else if (!views.has(whose) && settled >= moves) model.set({ values, resets });     // it was moved in another page
    heardFromKernel(answer);
    if (settled >= shown) {
      shown = settled;
      // What went wrong is told beside the last good frame, which may be one that was drawn ahead.
      if (!sent.trouble || !frame?.layers.length) showFrame({ text: sent.text, layers: exact });
      showTrouble(sent.trouble);
    } else if (shown === moves && frame.remembers) {
      showAhead();     // with what the kernel remembers by now
    }
    if (settled < moves) pass(shown === moves && frame);
  };
  const put = (values, resets = model.get("resets")) => {
    mine = { values, resets };
    model.set(mine);
    moved();
  };
  const move = (name, value) => {
    if (!same(model.get("values")[name], value)) put({ ...model.get("values"), [name]: value });
  };
  // The controls were set elsewhere; while a move of the hand is not answered yet, the hand knows better.
  const setElsewhere = () => {
    if (settled < moves) model.set(mine);
    showValues();
  };

  const hand = { reach, leave, holds, hold, letGo, move };
  const controls = model.get("controls").map((control) => [
    control.name, CONTROLS[control.kind](control, hand, say, words)]);
  const showValues = () => {
    const values = model.get("values");
    for (const [name, control] of controls) control.show(values[name]);
  };

  const button = (label, press) => {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", press);
    return made;
  };
  const setting = (label, set) => button(label, () => { say(""); set(); });
  const settings = element("div", { class: "live-settings", role: "group", "aria-label": words.presets },
    ...model.get("presets").map(({ label, values }) =>
      setting(label, () => put({ ...model.get("values"), ...values }))),
    setting(words.reset, () => put(
      Object.fromEntries(model.get("controls").map((control) => [control.name, control.value])),
      model.get("resets") + 1)));

  // ---- Play: the slider that was touched last goes to its ends and back; it never starts by itself ----

  const sign = element("span", { class: "live-sign", "aria-hidden": "true" });
  let last = model.get("controls").find((control) => control.kind === "slider"), playing;
  const stop = () => {
    cancelAnimationFrame(playing);
    playing = undefined;
    play.setAttribute("aria-pressed", "false");
    sign.textContent = "\u25b6";     // a triangle: play
  };
  const start = () => {
    const { name, low, high } = last, from = model.get("values")[name];
    const legs = [[from, high], [high, low], [low, from]];     // the end of each is shown, however few frames there are
    let begun, walked = 0;
    const step = (now) => {
      begun ??= now;
      const [here, there] = legs[0], length = Math.abs(there - here);
      const way = ((now - begun) / PLAY) * (high - low) - walked;
      if (way < length) {
        move(name, onGrid(last, here + Math.sign(there - here) * way));
      } else {
        walked += length;
        legs.shift();
        move(name, there);
      }
      if (legs.length) playing = requestAnimationFrame(step);
      else stop();
    };
    hold(last, false);
    play.setAttribute("aria-pressed", "true");
    sign.textContent = "\u25a0";     // a square: stop
    playing = requestAnimationFrame(step);
  };
  const play = button("", () => (playing ? stop() : start()));
  play.className = "live-play";
  // All names lie in one place, so that the button is as wide as the longest and never pushes the picture about.
  const names = new Map(model.get("controls").filter((control) => control.kind === "slider")
    .map((control) => [control.name, element("span", {}, control.label)]));
  play.append(sign, element("span", {}, ...names.values()));
  const touched = (control) => {
    last = control;
    for (const [name, node] of names) node.hidden = name !== control.name;
    play.setAttribute("aria-label", fill(words.play, { label: control.label }));
  };
  if (last) {
    stop();
    touched(last);
    settings.append(play);
  }

  const root = element("div", { class: "live-picture" },
    element("div", { class: "live-controls" }, ...controls.map(([, control]) => control.node)),
    settings, canvas, numbers, note, trouble);
  // A hand on any control takes over from what plays.
  for (const event of ["pointerdown", "keydown"]) {
    root.addEventListener(event, ({ target }) => { if (playing && !play.contains(target)) stop(); }, true);
  }
  // Whoever looks elsewhere lets go; but a notebook may take the focus away in the midst of a drag.
  let pressed = false;
  const letGoUnless = (within) => { if (!pressed && !root.contains(within)) letGo(); };
  const released = () => {
    pressed = false;
    letGoUnless(document.activeElement);
  };
  root.addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const event of ["pointerup", "pointercancel"]) addEventListener(event, released, true);
  root.addEventListener("focusout", ({ relatedTarget }) => letGoUnless(relatedTarget));
  // A notebook takes arrows and single letters for commands of its own ("d d" deletes the cell): what is typed here
  // stays here, but for leaving it, running the cell, and shortcuts such as Ctrl+S.
  root.addEventListener("keydown", (event) => {
    const shortcut = event.ctrlKey || event.metaKey || event.altKey || (event.key === "Enter" && event.shiftKey);
    if (!shortcut && event.key !== "Escape" && event.key !== "Tab") event.stopPropagation();
  });
  el.append(root);

  // ---- The picture ----

  const still = unpack(model.get("still"));
  let frame = null, isDarkPage = false;     // the frame shown: its layers and its line of numbers
  const colour = (hex) => (isDarkPage && dark[hex.slice(0, 7)] ? dark[hex.slice(0, 7)] + hex.slice(7) : hex);
  const hatches = new Map();
  const hatch = (pattern, ink, thick) => {
    const key = [pattern, colour(ink), thick].join();
    if (!hatches.has(key)) hatches.set(key, hatching(g, model.get("tiles")[pattern], colour(ink), thick, canvas.width / width));
    return hatches.get(key);
  };
  const draw = (on, layers) => {
    const density = canvas.width / width;
    on.setTransform(density, 0, 0, density, 0, 0);
    for (const layer of layers) replay(on, layer, colour, density, hatch);
  };
  const drawStill = (on) => {
    on.fillStyle = colour("#ffffffff");
    on.fillRect(0, 0, canvas.width, canvas.height);
    draw(on, still);
  };
  // While a slider is held, what stands still is kept as pixels; a page with many pictures has no memory for all.
  let kept = null;
  const keepStill = () => {
    if (kept || !canvas.width) return;
    kept = element("canvas", { width: canvas.width, height: canvas.height });
    drawStill(kept.getContext("2d"));
  };
  const paint = () => {
    if (!canvas.width || !frame) return;
    if (held) keepStill();
    g.resetTransform();
    if (kept) g.drawImage(kept, 0, 0);
    else drawStill(g);
    draw(g, frame.layers);
  };
  const paintAnew = () => {
    kept = null;
    hatches.clear();
    paint();
  };
  const fit = () => {
    const wanted = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!wanted || wanted === canvas.width) return false;
    canvas.width = wanted;
    canvas.height = Math.round((wanted * height) / width);
    fitted = devicePixelRatio;
    numbers.style.minHeight = "";     // another width breaks the numbers into other lines
    longest = 0;
    paintAnew();     // at once: setting the size has emptied the canvas
    return true;
  };
  const recolour = () => {
    if (!root.isConnected) return;     // what is no part of the page has no colours around it
    const now = isDark(root);
    root.classList.toggle("live-dark", now);
    if (now !== isDarkPage) { isDarkPage = now; paintAnew(); }
  };
  let quiet, fitted = 0, longest = 0;
  const showFrame = (next) => {
    frame = next;
    if (devicePixelRatio === fitted || !fit()) paint();     // to measure anything else costs a layout
    if (numbers.textContent === frame.text) return;
    numbers.textContent = frame.text;
    canvas.setAttribute("aria-label", frame.text);
    // While they run, numbers are not read aloud: only those at which they come to rest.
    numbers.setAttribute("aria-busy", "true");
    clearTimeout(quiet);
    quiet = setTimeout(() => numbers.removeAttribute("aria-busy"), PAUSE);
    // The picture's place stays as it is while numbers grow and shrink.
    if (frame.text.length < longest) return;
    const { height: tall } = numbers.getBoundingClientRect();
    if (!tall) return;     // not yet part of the page
    longest = frame.text.length;
    numbers.style.minHeight = `${Math.max(parseFloat(numbers.style.minHeight) || 0, tall)}px`;
  };
  const showTrouble = (wrong) => {
    if (!wrong && trouble.hidden) return;
    canvas.classList.toggle("live-stale", Boolean(wrong));
    trouble.hidden = !wrong;
    trouble.replaceChildren(...(wrong ? [element("p", {}, wrong.sentence)] : []),
      ...(wrong?.where ? [element("pre", { tabindex: "0" }, wrong.where)] : []));
  };

  const heard = { "change:answers": answered, "change:values": setElsewhere, "msg:custom": arrived };
  for (const [event, act] of Object.entries(heard)) model.on(event, act);
  // Also called when the view becomes part of the page: at first, or not until it is scrolled to.
  const sizes = new ResizeObserver(() => { recolour(); fit(); });
  sizes.observe(canvas);
  addEventListener("resize", fit);     // a zoomed page
  let screen;     // a window moved to another screen, or a zoom that leaves the picture's place as it is
  const watchScreen = () => {
    fit();
    screen?.removeEventListener("change", watchScreen);
    screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    screen.addEventListener("change", watchScreen);
  };
  watchScreen();
  // To find out how dark a page is costs time, and a page may change its icon whenever the kernel is busy.
  const isStyle = (node) => node.nodeName === "STYLE" || node.rel?.includes("stylesheet");
  const restyles = ({ type, target, addedNodes, removedNodes }) =>
    type === "attributes" || [target, ...addedNodes, ...removedNodes].some(isStyle);
  const themes = new MutationObserver((changes) => {
    if (!changes.some(restyles)) return;
    recolour();
    requestAnimationFrame(() => requestAnimationFrame(recolour));
  });
  for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
  themes.observe(document.head, { childList: true, subtree: true });
  root.addEventListener("transitionend", recolour);

  showValues();
  answered();
  return () => {
    letGo();
    views.delete(view);
    clearInterval(owed);
    clearTimeout(later);
    clearTimeout(quiet);
    cancelAnimationFrame(playing);
    for (const [event, act] of Object.entries(heard)) model.off(event, act);
    sizes.disconnect();
    themes.disconnect();
    removeEventListener("resize", fit);
    screen.removeEventListener("change", watchScreen);
    for (const event of ["pointerup", "pointercancel"]) removeEventListener(event, released, true);
  };
}

export default { render };
