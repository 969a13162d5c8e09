// A slider and the picture, computed and drawn here, in the event that moves the slider. No kernel is asked.

const WIDTH = 800, HEIGHT = 320, INK = "#1b1b1b", POINTS = 200;
const right = (i) => 500 + 100 * i;             // a bar's middle
const up = (y) => 280 - (230 * y) / 1.1;

function axes(g, x, title) {
  g.strokeRect(x, up(1.1), 320, 230);
  g.fillText(title, x + 120, 35);
  for (let y = 0; y < 1.1; y += 0.2) {
    g.fillRect(x - 4, up(y), 4, 1);
    g.fillText(y.toFixed(1), x - 24, up(y) + 4);
  }
}

function draw(g, z0, { z1, z2, T, low, high, colours }) {
  const left = (x) => 50 + (320 * (x - low)) / (high - low);
  g.fillStyle = "#ffffff";
  g.fillRect(0, 0, WIDTH, HEIGHT);
  g.fillStyle = g.strokeStyle = INK;
  g.font = "12px sans-serif";
  g.lineWidth = 1;
  axes(g, 50, "φ((x − z₀) / T)");
  axes(g, 440, "softmax");
  for (let x = low + 1; x < high; x += 2) g.fillText(x, left(x) - 4, 298);
  g.beginPath();
  for (let i = 0; i < POINTS; i++) {
    const x = low + ((high - low) * i) / (POINTS - 1);
    g.lineTo(left(x), up(1 / (1 + Math.exp(-(x - z0) / T))));
  }
  g.strokeStyle = colours[0];
  g.lineWidth = 2;
  g.stroke();
  const shares = [z0, z1, z2].map((z) => Math.exp(z / T)), sum = shares.reduce((a, b) => a + b);
  shares.forEach((share, i) => {
    const p = share / sum;
    g.fillStyle = colours[i];
    g.fillRect(right(i) - 35, up(p), 70, up(0) - up(p));
    g.fillStyle = INK;
    g.fillText(p.toFixed(4), right(i) - 20, up(p) - 4);
  });
  g.canvas.shown = z0;     // for whoever asks which value is on display
}

function render({ model, el }) {
  const setting = model.get("setting"), { low, high, step, width } = setting;
  el.innerHTML = `<input type="range" min="${low}" max="${high}" step="${step}" style="width: ${width}px"><br>
    <canvas width="${WIDTH}" height="${HEIGHT}"></canvas>`;
  const slider = el.querySelector("input"), g = el.querySelector("canvas").getContext("2d");
  slider.value = setting.z0;
  slider.addEventListener("input", () => draw(g, Number(slider.value), setting));
  draw(g, Number(slider.value), setting);
}

export default { render };
