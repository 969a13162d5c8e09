"""The live picture in a real JupyterLab: it follows every hand, survives every function, and is legible everywhere."""

import numpy as np
import pytest

from helpers import activations

pytestmark = pytest.mark.browser

SOFTMAX = "from helpers.explorers.softmax import explore_softmax\nexplore_softmax()"
THREAD = "p = [0.4467, 0.1611, 0.3922], sum 1"


@pytest.fixture
def softmax(lab):
    """The explorer of softmax, run anew and ready."""
    return lab.run(SOFTMAX)


def expected(z, T=1.0, c=0.0) -> str:
    p = activations.softmax((np.array(z) + c) / T)
    return "p = [" + ", ".join(f"{v:.4f}" for v in p) + "]"


def test_starts_with_the_thread(softmax):
    assert THREAD in softmax.text
    assert softmax.ink() > 0.02
    assert softmax.canvas.get_attribute("aria-label") == softmax.text


def test_mouse(softmax):
    height, before, pixels = softmax.height(), softmax.text, softmax.pixels()
    softmax.drag(softmax.slider("z₁"), 0.55, 0.95, moves=60)
    softmax.wait_for_change(before)
    z1 = float(softmax.slider("z₁").input_value())
    assert z1 > 3
    softmax.wait_for_numbers(expected([1.78, z1, 1.65]))
    assert softmax.pixels() != pixels
    assert softmax.height() == height
    assert softmax.canvas.get_attribute("aria-label") == softmax.text


@pytest.mark.parametrize(("key", "value"), [
    ("ArrowRight", 0.77), ("ArrowLeft", 0.75), ("ArrowUp", 0.77), ("ArrowDown", 0.75), ("Home", -5), ("End", 5)])
def test_keyboard(softmax, key, value):
    softmax.slider("z₁").focus()
    softmax.lab.page.keyboard.press(key)
    softmax.wait_for_numbers(expected([1.78, value, 1.65]))
    assert softmax.field("z₁").input_value() == f"{value:.2f}"


def test_page_keys_move_by_more_than_a_step(softmax):
    softmax.slider("z₁").focus()
    before = softmax.text
    softmax.lab.page.keyboard.press("PageUp")
    softmax.wait_for_change(before)
    assert float(softmax.slider("z₁").input_value()) > 0.9


def test_letters_do_not_reach_the_notebook(softmax):
    """`d d` deletes a cell, `a` and `b` insert one, where JupyterLab hears them."""
    softmax.slider("z₁").focus()
    for key in "ddabxm":
        softmax.lab.page.keyboard.press(key)
    assert softmax.lab.page.locator(".jp-Notebook .jp-Cell").count() == 1
    assert softmax.canvas.is_visible()


def test_shortcuts_do_reach_the_notebook(softmax):
    softmax.slider("z₁").focus()
    assert softmax.lab.page.evaluate("window.jupyterapp.shell.currentWidget.context.model.dirty")
    softmax.lab.page.keyboard.press("ControlOrMeta+s")
    softmax.lab.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


def test_typed_numbers(softmax):
    softmax.type("z₀", "-3.125")
    softmax.wait_for_numbers(expected([-3.125, 0.76, 1.65]))
    softmax.field("z₀").press("ArrowUp")
    softmax.wait_for_numbers(expected([-3.115, 0.76, 1.65]))


def test_a_number_beyond_the_limits_is_told(softmax):
    softmax.type("z₀", "1000")
    softmax.wait_for_numbers(expected([5, 0.76, 1.65]))
    assert softmax.field("z₀").input_value() == "5.00"
    assert "z₀ goes from −5 to 5; 1000 became 5." in softmax.root.inner_text()
    softmax.root.get_by_role("button", name="Reset").click()
    softmax.wait_for_numbers(THREAD)
    assert "1000" not in softmax.root.inner_text()


def test_what_is_no_number_is_told_and_changes_nothing(softmax):
    softmax.field("z₀").fill("")
    softmax.field("z₀").press("Tab")
    assert "z₀ needs a number from −5 to 5." in softmax.root.inner_text()
    assert softmax.field("z₀").input_value() == "1.78"
    assert THREAD in softmax.text


def test_presets_and_reset(softmax):
    for button in softmax.root.get_by_role("button").all():
        button.click()
    softmax.wait_for_numbers(THREAD)       # Reset is the last one
    softmax.root.get_by_role("button", name="All equal").press("Enter")
    softmax.wait_for_numbers("p = [0.3333, 0.3333, 0.3333]")


def test_no_frame_is_blank_and_the_last_is_right(softmax):
    """Every frame painted while the hand moves, and the place of everything below the picture."""
    softmax.canvas.evaluate("""canvas => {
        window.frames_seen = [];
        const numbers = canvas.parentElement.querySelector('.live-numbers'), g = canvas.getContext('2d');
        new MutationObserver(() => {
            const pixels = new Uint32Array(g.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
            const first = pixels[0];
            window.frames_seen.push([pixels.some(pixel => pixel !== first), canvas.parentElement.clientHeight]);
        }).observe(numbers, {childList: true, characterData: true, subtree: true});
    }""")
    for start, end in [(0.6, 0.1), (0.1, 1.0), (1.0, 0.3)]:
        softmax.drag(softmax.slider("z₁"), start, end, moves=60)
    z1 = float(softmax.slider("z₁").input_value())
    softmax.wait_for_numbers(expected([1.78, z1, 1.65]))
    seen = softmax.lab.page.evaluate("window.frames_seen")
    assert seen and all(inked for inked, _ in seen)
    assert len({height for _, height in seen}) == 1


def test_no_queue(lab):
    """Where the learner's function is slower than the hand, moves are left out, not lined up."""
    picture = lab.run("""import time
from helpers.activations import softmax
from helpers.explorers.softmax import explore_softmax

def slow(z):
    time.sleep(0.05)
    return softmax(z)

explore_softmax(slow)""")
    picture.numbers.evaluate("""numbers => {
        window.frames_seen = 0;
        new MutationObserver(() => { window.frames_seen += 1; }).observe(numbers, {childList: true});
    }""")
    picture.drag(picture.slider("z₁"), 0.1, 0.9, moves=150)
    before = lab.page.evaluate("window.frames_seen")
    picture.wait_for_numbers(expected([1.78, float(picture.slider("z₁").input_value()), 1.65]))
    lab.wait_for_kernel()
    seen = lab.page.evaluate("window.frames_seen")
    assert seen < 100
    assert seen - before <= 2       # the one in the making, and the last


def test_a_cell_run_again_leaves_one_picture(softmax):
    lab = softmax.lab
    for _ in range(5):
        lab.run_all()
    again = lab.picture()
    assert lab.page.locator(".live-picture").count() == 1
    again.type("z₁", "2")
    again.wait_for_numbers(expected([1.78, 2, 1.65]))


def test_reload_keeps_the_picture(fresh_lab, server):
    """The page comes back from the kernel as it was."""
    softmax = fresh_lab.open(server.notebook("reload", SOFTMAX)).run_all().picture()
    softmax.type("z₁", "2")
    softmax.wait_for_numbers(expected([1.78, 2, 1.65]))
    lab = softmax.lab
    lab.command("docmanager:save")
    lab.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    lab.page.reload()
    lab.wait_for_kernel()
    again = lab.picture()
    assert expected([1.78, 2, 1.65]) in again.text
    again.type("z₁", "-1")
    again.wait_for_numbers(expected([1.78, -1, 1.65]))
    # JupyterLab draws outputs while it still asks the kernel for its widgets, complains, and draws them once more.
    lab.errors[:] = [error for error in lab.errors if "widget model not found" not in error]


def test_two_pictures_on_a_page_share_nothing(fresh_lab, server):
    """Labels and radio buttons belong to their own picture."""
    show = "from helpers.explorers.softmax import explore_overflow\nexplore_overflow()"
    lab = fresh_lab.open(server.notebook("pair", show, show)).run_all()
    one, other = lab.picture(0), lab.picture(1)
    one.root.get_by_label("float16", exact=True).check()
    one.wait_for_numbers("overflow: float16")
    assert other.root.get_by_label("float64", exact=True).is_checked()
    other.root.locator("label", has_text="size s of z").click()
    assert other.sliders.first.evaluate("slider => slider === document.activeElement")


def test_two_views_of_one_picture_agree(lab):
    one = lab.run("from IPython.display import display\nfrom helpers.explorers.softmax import explore_softmax\n"
                  "picture = explore_softmax()\ndisplay(picture)\ndisplay(picture)")
    other = lab.picture(view=1)
    one.type("z₁", "2")
    other.wait_for_numbers(expected([1.78, 2, 1.65]))
    assert one.field("z₁").evaluate("field => field === document.activeElement")
    other.slider("z₁").press("End")
    one.wait_for_numbers(expected([1.78, 5, 1.65]))
    assert one.field("z₁").input_value() == "5.00"


@pytest.fixture
def silences(lab):
    """Counts the timers that wait for the kernel's answer; undone after the test."""
    lab.page.evaluate("""() => {
        const [set, clear] = [window.setInterval, window.clearInterval];
        const undo = () => Object.assign(window, {setInterval: set, clearInterval: clear});
        const silences = window.silences = {running: new Set(), undo};
        window.setInterval = (act, wait, ...more) => {
            const timer = set(act, wait, ...more);
            if (String(act).includes('words.silent')) silences.running.add(timer);
            return timer;
        };
        window.clearInterval = timer => { silences.running.delete(timer); clear(timer); };
    }""")
    yield
    lab.page.evaluate("window.silences.undo()")


@pytest.mark.parametrize("function", ["", "lambda z: None"], ids=["right", "broken"])
def test_a_kernel_that_answers_with_the_same_frame_is_not_silent(lab, silences, function):
    picture = lab.run(SOFTMAX.replace("()", f"({function})"))
    reset = picture.root.get_by_role("button", name="Reset")
    reset.click()
    lab.page.wait_for_function("() => window.silences.running.size === 0")
    reset.click()
    lab.page.wait_for_function("() => window.silences.running.size === 0")


BROKEN = {
    "nothing": ("return None", "return"),
    "raises": ("raise KeyError('planted')", "KeyError"),
    "loops": ("while True: pass", "3 seconds"),
    "shape": ("return np.zeros(5)", "(5,)"),
}


@pytest.mark.parametrize(("body", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_function_leaves_a_living_page(lab, body, told):
    """It breaks where z₁ > 1, and only there: a sentence, the last good frame, and on it goes."""
    picture = lab.run(f"""import numpy as np
from helpers.explorers.softmax import explore_softmax

def softmax(z):
    if z[1] > 1:
        {body}
    return np.exp(z) / np.exp(z).sum()

explore_softmax(softmax)""")
    assert not picture.trouble.is_visible()
    pixels, before = picture.pixels(), picture.text
    picture.type("z₁", "2")
    picture.trouble.wait_for()
    assert told in picture.trouble.inner_text()
    assert picture.pixels() == pixels and picture.text == before
    picture.type("z₁", "0.5")
    picture.wait_for_numbers(expected([1.78, 0.5, 1.65]))
    assert not picture.trouble.is_visible()


def test_a_function_broken_from_the_start(lab):
    picture = lab.run("from helpers.explorers.softmax import explore_softmax\nexplore_softmax(lambda z: None)")
    assert "return" in picture.trouble.inner_text()
    picture.type("z₁", "2")
    assert "return" in picture.trouble.inner_text()


def test_nan_is_shown(lab):
    picture = lab.run("from helpers.explorers.softmax import explore_softmax\n"
                      "explore_softmax(lambda z: z * float('nan'))")
    assert "p = [nan, nan, nan]" in picture.text
    assert not picture.trouble.is_visible()
    assert picture.ink() > 0.02


def test_a_hostile_word_is_text(lab):
    """What a learner's function raises is shown as written: it is no markup."""
    picture = lab.run("""from helpers.explorers.softmax import explore_softmax
def softmax(z): raise ValueError("<img src=x onerror='window.hacked = 1'>")
explore_softmax(softmax)""")
    assert "<img src=x" in picture.trouble.inner_text()
    assert lab.page.evaluate("window.hacked") is None


@pytest.fixture
def screen(softmax):
    """Sets the page's width and density, as another screen or a zoomed page does; undone after the test."""
    session = softmax.lab.context.new_cdp_session(softmax.lab.page)

    def use(width, density):
        session.send("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 1000, "deviceScaleFactor": density, "mobile": False})
        softmax.lab.page.wait_for_function("density => devicePixelRatio === density", arg=density)

    yield use
    session.send("Emulation.clearDeviceMetricsOverride")


SCREENS = {"double density": (1280, 2), "triple density": (1280, 3),
           "zoom 50 %": (2560, 0.5), "zoom 125 %": (1024, 1.25), "zoom 300 %": (427, 3)}


@pytest.mark.parametrize(("width", "density"), SCREENS.values(), ids=SCREENS)
def test_sharp_at_any_density(softmax, screen, width, density):
    screen(width, density)
    softmax.type("z₁", "2")
    softmax.lab.page.wait_for_function(
        "([canvas, density]) => canvas.width === Math.round(canvas.clientWidth * density)",
        arg=[softmax.canvas.element_handle(), density])
    assert softmax.ink() > 0.02


def test_dark_theme(softmax):
    """Switched while open: the paper turns dark, and what is drawn stays legible on it."""
    light = softmax.pixels()
    softmax.lab.use_theme("Dark")
    softmax.lab.page.wait_for_selector(".live-picture.live-dark")
    assert softmax.pixels() != light
    corner = softmax.canvas.evaluate("canvas => [...canvas.getContext('2d').getImageData(1, 1, 1, 1).data]")
    assert max(corner[:3]) < 64
    assert softmax.ink() > 0.02
    assert softmax.lab.violations() == []
    softmax.lab.use_theme("Light")
    softmax.lab.page.wait_for_selector(".live-picture:not(.live-dark)")
    assert softmax.pixels() == light


def test_theme_switched_while_the_picture_is_no_part_of_the_page(softmax):
    """A front end may make a picture that is far from view, or take it away, and attach it when it is scrolled to."""
    parent = softmax.root.evaluate_handle("root => root.parentElement")
    for theme, is_dark in (("Dark", True), ("Light", False)):
        root = softmax.root.evaluate_handle("root => { root.remove(); return root; }")
        softmax.lab.use_theme(theme)
        was_dark = root.evaluate("root => root.classList.contains('live-dark')")
        parent.evaluate("(parent, root) => parent.append(root)", root)
        softmax.lab.page.wait_for_selector(f".live-picture{'.live-dark' if is_dark else ':not(.live-dark)'}")
        assert was_dark is not is_dark     # it was not known before


@pytest.mark.parametrize(("background", "ink", "dark"), [
    ("color(srgb 0.1 0.1 0.12)", "black", True), ("oklch(0.97 0 0)", "white", False),
    ("transparent", "rgb(230, 230, 230)", True), ("transparent", "black", False)])
def test_dark_is_what_looks_dark(softmax, background, ink, dark):
    """Colours in any notation, and pages that let their window shine through."""
    around = f"color: {ink} !important; background-color: {background} !important;"
    added = softmax.lab.page.add_style_tag(
        content="* { background-color: transparent !important; } .jp-OutputArea-child { " + around + " }")
    try:
        softmax.lab.page.wait_for_selector(f".live-picture{'.live-dark' if dark else ':not(.live-dark)'}")
    finally:
        added.evaluate("style => style.remove()")
    softmax.lab.page.wait_for_selector(".live-picture:not(.live-dark)")


@pytest.fixture
def window(softmax):
    """Sets the window's size; undone after the test."""
    before = softmax.lab.page.viewport_size
    yield lambda width, height: softmax.lab.page.set_viewport_size({"width": width, "height": height})
    softmax.lab.page.set_viewport_size(before)


def test_narrow_window(softmax, window):
    """The picture shrinks with its place and is painted anew."""
    window(620, 900)
    softmax.lab.page.wait_for_function(
        "canvas => canvas.clientWidth < 500 && canvas.width === Math.round(canvas.clientWidth * devicePixelRatio)",
        arg=softmax.canvas.element_handle())
    assert softmax.ink() > 0.02
    box, place = softmax.canvas.bounding_box(), softmax.root.bounding_box()
    assert box["x"] + box["width"] <= place["x"] + place["width"] + 1


def test_a_phones_width(softmax, window):
    """Nothing sticks out: long labels break."""
    softmax.lab.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    window(360, 900)
    softmax.lab.page.wait_for_function("root => root.clientWidth > 100 && root.clientWidth < 300",
                                       arg=softmax.root.element_handle())
    assert softmax.root.evaluate("root => root.scrollWidth - root.clientWidth") == 0


def test_accessible(softmax):
    assert softmax.lab.violations() == []
    softmax.type("z₀", "1000")
    assert softmax.lab.violations() == []


FIGURES = """
import numpy as np
from matplotlib.patches import Circle, Wedge
from helpers.live import Live, Slider
from helpers.style import CLASSES, HATCHES, INK, look, picture

with look():
    figure, (a, b, c) = picture(3)
    x = np.linspace(0, 10, 20_000)
    a.plot(x, np.sin(x), CLASSES[0])
    a.plot(x, np.where(np.abs(x - 5) < 1, np.nan, np.cos(x)), "--", color=CLASSES[1])
    a.fill_between(x, -1, np.sin(x) - 1.5, color=CLASSES[2], alpha=0.3)
    a.errorbar([2, 4, 6], [0, 0.5, 0], yerr=0.3, fmt="o", color=INK)
    a.set(title=r"$\\varphi(z) = \\frac{1}{1 + e^{-z}}$", ylabel="upright", xlim=(1, 9))
    for i in range(3):
        b.bar(i, i + 1, color=CLASSES[i], hatch=HATCHES[i], edgecolor="#ffffff")
    b.add_patch(Circle((1, 2.5), 0.4, clip_on=True, color="#b0005a"))
    b.annotate("here", (1, 2.5), (0, 2.8), arrowprops={"arrowstyle": "->"})
    b.scatter([0, 1, 2], [0.5, 0.5, 0.5], c=[0.1, 0.5, 0.9], marker="^", s=80, cmap="viridis")
    image = c.imshow(np.arange(12).reshape(3, 4), cmap="cividis", interpolation="none", aspect="auto")
    clipped = c.imshow(np.arange(12).reshape(3, 4), cmap="magma", extent=(0, 3, 0, 2), clip_path=None)
    clipped.set_clip_path(Wedge((1.5, 1), 0.8, 0, 270, transform=c.transData))
    c.contour(np.add.outer(np.arange(3.0), np.arange(4.0)), colors=INK, linestyles=":")
    c.set(xlim=(-0.5, 3.5), ylim=(2.5, -0.5))
    Live("zoo", figure, lambda t: f"zoo: t = {t}", [Slider("t", "t", 0, 0, 1)])
"""


def test_the_canvas_shows_what_matplotlib_draws(fresh_lab, server):
    """Every kind of artist, side by side: the draw list, replayed and stored, and the figure drawn by Agg itself."""
    code = FIGURES.replace("    Live(", "    live = Live(") + """
import io
from IPython.display import Image
from matplotlib.backends.backend_agg import FigureCanvasAgg
display(live)
file = io.BytesIO()
FigureCanvasAgg(figure).print_png(file)
Image(file.getvalue())
"""
    shown = fresh_lab.open(server.notebook("zoo", code)).run_all().picture()
    differences = shown.canvas.evaluate("""async canvas => {
        const outputs = window.jupyterapp.shell.currentWidget.content.widgets[0].model.outputs.toJSON();
        const decoded = async output => {
            const image = new Image();
            image.src = 'data:image/png;base64,' + output.data['image/png'];
            await image.decode();
            return image;
        };
        const pixels = picture => {
            const small = new OffscreenCanvas(200, 80), g = small.getContext('2d');
            g.drawImage(picture, 0, 0, 200, 80);
            return g.getImageData(0, 0, 200, 80).data;
        };
        const theirs = pixels(await decoded(outputs.at(-1)));
        return [canvas, await decoded(outputs[0])].map(pixels).map(ours => {
            let sum = 0, far = 0;
            for (let i = 0; i < ours.length; i++) {
                const d = Math.abs(ours[i] - theirs[i]);
                sum += d;
                far += d > 80;
            }
            return [sum / ours.length, far / ours.length];
        });
    }""")
    assert len(differences) == 2
    for mean, far in differences:
        assert mean < 5, differences        # of 255: fonts are smoothed, and hatches begin, elsewhere
        assert far < 0.005, differences     # no artist is missing or out of place


def test_stored_picture_and_remedy(fresh_lab, server):
    """A notebook that was saved and is not run: the picture, its numbers' remedy, no widget that fails."""
    path = server.notebook("stored", SOFTMAX)
    lab = fresh_lab
    lab.open(path).run_all().picture()
    assert not lab.page.get_by_text("No sliders here?").is_visible()
    lab.page.evaluate("""() => {      // what refresh.py does to the lessons
        const outputs = window.jupyterapp.shell.currentWidget.content.widgets[0].model.outputs, kept = outputs.toJSON();
        for (const output of kept) delete output.data['application/vnd.jupyter.widget-view+json'];
        outputs.fromJSON(kept);
    }""")
    lab.page.wait_for_selector(".jp-OutputArea-output img")
    assert lab.page.get_by_text("No sliders here?").is_visible()
