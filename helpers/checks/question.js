// The view of one prediction. The answer goes to the kernel as a message; the reply comes back as the model's state,
// so that two views of one question, and a page loaded again, show the same.

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const name = "question-" + Math.random().toString(36).slice(2); // its own in every view of every notebook
  const words = () => model.get("words");
  const legend = element("legend");
  const fields = element("div", { className: "course-question-fields" });
  const button = element("button", { type: "button" });
  const reply = element("p", { className: "course-question-reply" });
  reply.setAttribute("role", "status");
  reply.setAttribute("aria-live", "polite");
  const box = element("fieldset", { className: "course-question" }, [legend, fields, button, reply]);

  function answer() {
    const number = fields.querySelector("input[type=number]");
    const picked = fields.querySelector("input[type=radio]:checked");
    reply.textContent = words().waiting;
    model.send({ answer: number ? number.value : picked ? picked.value : "" });
  }

  function ask() {
    legend.textContent = model.get("question");
    button.textContent = words().answer;
    const options = model.get("choices").map((text, index) => element("label", {}, [
      element("input", { type: "radio", name, value: String(index) }),
      element("span", { textContent: text }),
    ]));
    const number = () => element("label", {}, [
      element("span", { textContent: words().number }),
      element("input", { type: "number", step: "any" }),
    ]);
    fields.replaceChildren(...(options.length ? options : [number()]));
    show();
  }

  function show() {
    const given = model.get("given");
    for (const radio of fields.querySelectorAll("input[type=radio]")) radio.checked = radio.value === given;
    // What cannot be a number leaves the field alone, so that the learner can correct it.
    for (const field of fields.querySelectorAll("input[type=number]")) if (given) field.value = given;
    reply.textContent = model.get("reply");
  }

  button.addEventListener("click", answer);
  // The notebook has shortcuts on arrows and letters; here they belong to the fields. Ctrl+S, Shift+Enter and Escape
  // (which leaves for the notebook) go through.
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab" || event.key === "Escape") return;
    if (event.key === "Enter" && event.shiftKey) return;
    event.stopPropagation();
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      answer();
    }
  });

  ask();
  model.on("change:question change:choices change:words", ask);
  model.on("change:turn change:reply", show);
  el.append(box);
  return () => {
    model.off("change:question change:choices change:words", ask);
    model.off("change:turn change:reply", show);
  };
}

export default { render };
