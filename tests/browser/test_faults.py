"""What befalls a live picture while a hand is on it: it says so where it must, comes back, and never shows a wrong one.

Each test ends with what is true of every good picture: its numbers are the mathematics at its sliders' values.
"""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from .conftest import Lab, Picture
from .link import Link
from .test_picture import SOFTMAX, expected

pytestmark = pytest.mark.browser

SILENT = "No answer from the kernel yet."
CUT = 5000      # milliseconds
FAR = 0.05      # seconds, each way


@contextlib.contextmanager
def hand_on(picture: Picture, label: str = "z₁") -> Iterator[Callable[[float], None]]:
    """Hold a slider by the mouse, at its middle; yields what moves the hand to another part of its length."""
    mouse, slider, at = picture.lab.page.mouse, picture.slider(label), 0.5

    def place(part: float) -> tuple[float, float]:
        box = slider.bounding_box()      # anew: it may have been moved meanwhile
        return box["x"] + box["width"] * part, box["y"] + box["height"] / 2

    def to(part: float, moves: int = 20) -> None:
        nonlocal at
        (x, y), (end, _) = place(at), place(part)
        for i in range(1, moves + 1):
            mouse.move(x + (end - x) * i / moves, y)
        at = part

    slider.scroll_into_view_if_needed()
    mouse.move(*place(at))
    mouse.down()
    try:
        yield to
    finally:
        mouse.up()


def shown(text: str) -> list[float]:
    """The values of z₀, z₁, z₂, T and c that a picture of softmax says it shows; it has to be right about p."""
    z, T, c, p = re.search(r"z = \[(.*?)\], T = (\S+), c = (\S+) → (p = \[.*?\])", text).groups()
    values = [*map(float, z.split(", ")), float(T), float(c)]
    assert p == expected(values[:3], *values[3:])
    return values


def assert_lives(picture: Picture) -> None:
    """The picture shows where its sliders stand and waits for nothing, or does so in a moment."""
    picture.lab.page.wait_for_function("""([root, silent]) => {
        const [z0, z1, z2, T, c] = [...root.querySelectorAll('input[type=range]')].map(slider => Number(slider.value));
        return root.innerText.includes(`z = [${z0}, ${z1}, ${z2}], T = ${T}, c = ${c} → `)
            && !root.innerText.includes(silent);
    }""", arg=[picture.root.element_handle(), SILENT])
    assert shown(picture.text) == [float(slider.input_value()) for slider in picture.sliders.all()]
    assert picture.canvas.get_attribute("aria-label") == picture.text
    assert picture.ink() > 0.02
    assert not picture.trouble.is_visible()


def assert_follows(picture: Picture) -> None:
    """A hand on each of two sliders moves the picture."""
    assert_lives(picture)
    for label in ("z₁", "temperature T"):
        text, pixels, slider = picture.text, picture.pixels(), picture.slider(label)
        low, high, value = (float(slider.evaluate(f"slider => slider.{name}")) for name in ("min", "max", "value"))
        with hand_on(picture, label) as to:
            to(0.3 if value > (low + high) / 2 else 0.8)
        picture.wait_for_change(text)
        assert_lives(picture)
        assert picture.pixels() != pixels


@pytest.fixture
def watch() -> Iterator[Callable[[Picture], None]]:
    """Looks at each frame of a picture as it is shown; none may be blank or wrong."""
    watched = []

    def begin(picture: Picture) -> None:
        watched.append(picture)
        picture.canvas.evaluate("""canvas => {
            const root = canvas.parentElement, numbers = root.querySelector('.live-numbers'), frames = [];
            const g = canvas.getContext('2d');
            new MutationObserver(() => {
                const pixels = new Uint32Array(g.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
                frames.push({inked: pixels.some(pixel => pixel !== pixels[0]), text: numbers.textContent,
                             name: canvas.getAttribute('aria-label')});
            }).observe(numbers, {childList: true, characterData: true, subtree: true});
            canvas.frames = frames;
        }""")

    yield begin
    for picture in watched:
        frames = picture.canvas.evaluate("canvas => canvas.frames")
        assert frames
        for frame in frames:
            assert frame["inked"] and frame["name"] == frame["text"]
            shown(frame["text"])


def forgive(lab: Lab, *parts: str) -> None:
    """Take back complaints of the front end that a test's own deeds explain."""
    lab.errors[:] = [error for error in lab.errors if not any(part in error for part in parts)]


# ---- the kernel and the way to it ---------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def link(server) -> Iterator[Link]:
    with Link(urlsplit(server.url).port) as link:
        yield link


@pytest.fixture(scope="module")
def rough_lab(browser, server, link) -> Iterator[Lab]:
    """A page whose kernel and connection have a hard life, over a link of its own."""
    lab = Lab(browser, server)
    lab.open(server.notebook("rough", ""), link.url)
    yield lab
    lab.close()


@pytest.fixture
def rough(rough_lab) -> Iterator[Picture]:
    """Softmax on that page; above it, the kernel's process id."""
    rough_lab.errors.clear()
    yield rough_lab.run(f"import os\nprint(os.getpid())\n{SOFTMAX}")
    assert not rough_lab.errors, "\n".join(rough_lab.errors)


def restart(lab: Lab) -> None:
    lab.page.evaluate("async () => {"
                      " await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }")


def kill(lab: Lab) -> None:
    """What a system out of memory does. JupyterLab starts the kernel again, and says so in a dialog."""
    os.kill(int(lab.cell(0).locator(".jp-OutputArea-output pre").first.inner_text()),
            getattr(signal, "SIGKILL", signal.SIGTERM))


def shut_down(lab: Lab) -> None:
    lab.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")


@pytest.mark.parametrize("fault", [restart, kill, shut_down])
def test_a_kernel_lost_during_a_drag_is_told_and_the_cell_run_again_lives(rough, fault):
    lab = rough.lab
    with hand_on(rough) as to:
        to(0.7)
        assert_lives(rough)
        fault(lab)
        to(0.9)
        rough.root.get_by_text(SILENT).wait_for()
    shown(rough.text)
    assert rough.ink() > 0.02
    if fault is kill:
        lab.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    if fault is not shut_down:
        lab.wait_for_kernel()
    lab.run_all()
    assert lab.page.locator(".live-picture").count() == 1
    assert_follows(lab.picture())
    if fault is shut_down:      # only now: until the cell was run again, the old picture went on asking
        forgive(lab, "Could not send widget sync message")


def test_page_reloaded_during_a_drag(rough):
    """The page comes back with the last value that the kernel has heard of."""
    lab = rough.lab
    lab.command("docmanager:save")
    with hand_on(rough) as to:
        to(0.9)
        lab.page.reload()
        lab.wait_for_kernel()
    again = lab.picture()
    assert shown(again.text)[1] != 0.76
    assert_follows(again)


def test_two_tabs(rough):
    """What is moved in one tab moves in the other."""
    lab = rough.lab
    lab.command("docmanager:save")
    tab = lab.tab()
    tab.open("notebooks/rough.ipynb")
    other = tab.picture()
    assert_lives(other)
    for mine, yours in ((rough, other), (other, rough), (rough, other)):
        mine.lab.page.bring_to_front()
        text = yours.text
        assert_follows(mine)
        yours.lab.page.bring_to_front()
        yours.wait_for_change(text)
        yours.wait_for_numbers(mine.text)
        assert_lives(yours)
    tab.page.close()
    lab.page.bring_to_front()


@pytest.fixture
def far(rough, link) -> Iterator[None]:
    """A distance, so that there are messages under way in each direction at any time; and a page that is not patient.

    JupyterLab tries to connect again after a time drawn by lot from 0 to 1, 3, 7, 15 s: here from their first tenth.
    """
    page = rough.lab.page
    page.evaluate("() => { window.drawn = Math.random; Math.random = () => window.drawn() / 10; }")
    link.delay = FAR
    yield
    link.delay = 0
    page.evaluate("() => { Math.random = window.drawn; }")


def test_connection_cut_during_a_drag_and_restored(rough, link, far):
    """At the latest with the next move all is well again, whatever was lost on the way."""
    lab = rough.lab
    with hand_on(rough) as to:
        to(0.7)
        link.cut()
        to(0.9)
        # JupyterLab asks the server for something now and then, at last it says that it gets no answer: here it asks.
        lab.page.evaluate("() => { window.jupyterapp.serviceManager.sessions.refreshRunning().catch(() => {}); }")
        lab.page.wait_for_timeout(CUT)
        link.restore()
        lab.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.connectionStatus"
            " === 'connected'")
        to(0.8)
    lab.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    assert_follows(rough)
    forgive(lab, "WebSocket connection to", "net::ERR_CONNECTION_REFUSED")


def test_cell_run_again_during_a_drag(lab):
    before = lab.run(SOFTMAX)
    with hand_on(before) as to:
        to(0.7)
        assert_lives(before)
        place = before.slider("z₁").bounding_box()
        lab.run_all()
        before.root.wait_for()      # the new one, in the old one's place
        for i in range(10):
            lab.page.mouse.move(place["x"] + place["width"] * (0.7 + 0.02 * i), place["y"] + place["height"] / 2)
    assert lab.page.locator(".live-picture").count() == 1
    assert_follows(lab.picture())


# ---- the learner's function ---------------------------------------------------------------------------------------

def own_softmax(line: str) -> str:
    """A cell with a learner's function that has a line of its own before it is right."""
    return f"""import time
import numpy as np
from helpers.explorers.softmax import explore_softmax

def softmax(z):
    {line}
    e = np.exp(z - z.max())
    return e / e.sum()

explore_softmax(softmax)"""


def test_slow_function(lab, watch):
    """Moves are left out, and the last one is not; a number typed while frames are drawn ahead comes first."""
    picture = lab.run(own_softmax("time.sleep(0.5)"))
    watch(picture)
    with hand_on(picture) as to:
        for part in (0.9, 0.1, 0.7):
            to(part)
        picture.wait_for_change(picture.text)
    assert_lives(picture)
    for z0 in ("3", "-2"):
        picture.type("z₀", z0)
        assert_lives(picture)
    lab.wait_for_kernel()
    assert len(picture.canvas.evaluate("canvas => canvas.frames")) < 20


@pytest.mark.parametrize(("line", "told"), [
    ("if 1 < z[1] < 2: raise KeyError('planted')", "KeyError"),
    ("if 1 < z[1] < 2: return z[:2]", "(2,)"),
    ("if 1 < z[1] < 2: return np.ones((3, 1)) / 3", "(3, 1)"),
], ids=["raises", "too few", "a column"])
def test_function_that_fails_at_some_values(lab, watch, line, told):
    """Dragged through them and back, into them, and out."""
    picture = lab.run(own_softmax(line))
    watch(picture)
    with hand_on(picture) as to:
        to(0.9)
        assert_lives(picture)
        to(0.3)
        assert_lives(picture)
        to(0.65)
        picture.trouble.wait_for()
        assert 1 < float(picture.slider("z₁").input_value()) < 2
        assert told in picture.trouble.inner_text()
        assert picture.ink() > 0.02
        to(0.8)
        assert_lives(picture)
    assert_lives(picture)
    with hand_on(picture, "z₀") as to:
        to(0.2)
    assert_lives(picture)


# ---- many, and changes of the window ------------------------------------------------------------------------------

def test_thirty_pictures(fresh_lab, server):
    """All appear, and each follows its own hand alone."""
    lab, count = fresh_lab, 30
    lab.open(server.notebook("thirty", *[SOFTMAX] * count)).run_all()
    assert len(lab.pictures()) == count
    pictures = [lab.picture(i) for i in range(count)]
    # Not their inner text: the browser leaves out what is far from the window.
    texts = [picture.canvas.get_attribute("aria-label") for picture in pictures]
    assert {tuple(shown(text)) for text in texts} == {(1.78, 0.76, 1.65, 1, 0)}
    assert all(picture.ink() > 0.02 for picture in pictures)
    for i in (0, count // 2, count - 1):
        assert_follows(lab.picture(i))
        texts[i] = pictures[i].text
        assert [picture.canvas.get_attribute("aria-label") for picture in pictures] == texts


@pytest.fixture
def softmax(lab) -> Picture:
    return lab.run(SOFTMAX)


@pytest.fixture
def cdp(lab):
    session = lab.context.new_cdp_session(lab.page)
    yield session
    session.detach()


@pytest.fixture
def view(lab, cdp) -> Iterator[Callable[[Lab], None]]:
    """Changes how the page is looked at; undone after the test."""
    size = lab.page.viewport_size

    def change(kind: str) -> None:
        if kind == "dark theme":
            lab.use_theme("Dark")
            lab.page.wait_for_selector(".live-picture.live-dark")
        elif kind == "narrow window":
            lab.page.set_viewport_size({"width": 620, "height": 800})
            lab.page.wait_for_function("() => innerWidth === 620")
        else:
            zoom = int(kind.split()[1]) / 100
            cdp.send("Emulation.setDeviceMetricsOverride", {
                "width": round(1280 / zoom), "height": round(1000 / zoom), "deviceScaleFactor": zoom, "mobile": False})
            lab.page.wait_for_function("zoom => devicePixelRatio === zoom", arg=zoom)

    yield change
    cdp.send("Emulation.clearDeviceMetricsOverride")
    lab.page.set_viewport_size(size)
    lab.use_theme("Light")


@pytest.mark.parametrize("kind", ["narrow window", "zoom 50 %", "zoom 125 %", "zoom 300 %", "dark theme"])
def test_view_changed_during_a_drag(softmax, watch, view, kind):
    lab = softmax.lab
    watch(softmax)
    with hand_on(softmax) as to:
        to(0.7)
        assert_lives(softmax)
        pixels = softmax.pixels()
        view(kind)
        lab.page.wait_for_function("""canvas =>
            Math.abs(canvas.width - canvas.clientWidth * devicePixelRatio) <= 0.5
            && Math.abs(canvas.height / canvas.width - canvas.clientHeight / canvas.clientWidth) < 0.01""",
            arg=softmax.canvas.element_handle())
        assert_lives(softmax)
        assert softmax.pixels() != pixels
        to(0.85)
        assert_lives(softmax)
        assert float(softmax.slider("z₁").input_value()) > 2
        corner = softmax.canvas.evaluate("canvas => canvas.getContext('2d').getImageData(1, 1, 1, 1).data[0]")
        assert (corner < 64) == (kind == "dark theme")
    assert_lives(softmax)
    assert_follows(softmax)
