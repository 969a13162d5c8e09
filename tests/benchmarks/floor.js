// A slider, and the number that the kernel answered.

function render({ model, el }) {
  const { low, high, step, width } = model.get("setting");
  el.innerHTML = `<input type="range" min="${low}" max="${high}" step="${step}" style="width: ${width}px"><output></output>`;
  const [slider, output] = el.children;
  const show = () => { output.textContent = model.get("answer"); };
  slider.value = model.get("value");
  slider.addEventListener("input", () => {
    model.set("value", Number(slider.value));
    model.save_changes();
  });
  model.on("change:answer", show);
  show();
}

export default { render };
