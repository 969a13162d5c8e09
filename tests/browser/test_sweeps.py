"""Frames drawn ahead, in a real front end: the picture follows the hand even while the kernel cannot answer at all.

In most of these tests the kernel is suspended once its sweep has arrived. What the picture then shows, it had before;
as soon as the kernel goes on, its exact frame must agree.
"""

import contextlib
import re
from collections.abc import Iterator

import numpy as np
import psutil
import pytest
from playwright.sync_api import WebSocket

from .conftest import TWO_FRAMES, Lab, Picture
from .test_picture import expected

pytestmark = pytest.mark.browser

# However busy this machine is, it is not too slow to draw ahead.
PATIENT = """import helpers.live, helpers.sweeps
helpers.sweeps.SLOW = helpers.sweeps.HURRY = helpers.live.PROBE = 60.0
"""
SOFTMAX, TRIANGLE, FIT, NET_INPUT = (
    f"{PATIENT}from helpers.explorers.{lesson} import {explore}\n{explore}()" for lesson, explore in [
        ("softmax", "explore_softmax"), ("softmax", "explore_triangle"), ("logistic", "explore_fit"),
        ("net_input", "explore_net_input")])


BY_MOUSE, BY_KEYS = 201, 203      # frames of a whole sweep from 0 and from 0.76: with keys, the far ends come last


def wait_for_sweep(picture: Picture, positions: int = BY_MOUSE) -> None:
    picture.lab.page.wait_for_function(
        "([root, positions]) => Number(root.dataset.ahead ?? 0) >= positions",
        arg=[picture.root.element_handle(), positions])


@contextlib.contextmanager
def suspended(lab: Lab) -> Iterator[None]:
    """All kernels of the lab's server stand still."""
    kernels = [child for child in psutil.Process(lab.server.process.pid).children(recursive=True)
               if "ipykernel_launcher" in " ".join(child.cmdline())]
    assert kernels
    for kernel in kernels:
        kernel.suspend()
    try:
        yield
    finally:
        for kernel in kernels:
            kernel.resume()


def come(picture: Picture, label: str, at: float) -> None:
    """Put the mouse on a slider, once it lies still."""
    slider = picture.slider(label)
    box = slider.bounding_box()
    slider.hover(position={"x": box["width"] * at, "y": box["height"] / 2})


def go_elsewhere(lab: Lab) -> None:
    lab.page.mouse.move(1, 1)


def press(picture: Picture, label: str, at: float) -> None:
    """Put the mouse on a slider, once it lies still, and press its button."""
    come(picture, label, at)
    picture.lab.page.mouse.down()


def drag_to(picture: Picture, label: str, places: list[float]) -> None:
    box = picture.slider(label).bounding_box()
    for at in places:
        picture.lab.page.mouse.move(box["x"] + box["width"] * at, box["y"] + box["height"] / 2)


def value_of(picture: Picture, label: str) -> float:
    return float(picture.slider(label).input_value())


@pytest.fixture
def softmax(lab):
    return lab.run(SOFTMAX)


@pytest.fixture
def overheard(fresh_lab, server, request) -> tuple[Picture, WebSocket]:
    """The explorer of softmax in a page of its own, and the line to its kernel, to listen in."""
    lines = []
    fresh_lab.page.on("websocket", lambda line: lines.append(line))
    picture = fresh_lab.open(server.notebook(request.function.__name__, SOFTMAX)).run_all().picture()
    return picture, next(line for line in lines if "/channels" in line.url)


def test_the_mouse_is_followed_without_the_kernel(softmax):
    press(softmax, "z₁", 0.5)
    wait_for_sweep(softmax)
    with suspended(softmax.lab):
        for place in np.linspace(0.02, 0.98, 20):
            drag_to(softmax, "z₁", [float(place)])
            softmax.wait_for_numbers(expected([1.78, value_of(softmax, "z₁"), 1.65]))
        last, pixels = value_of(softmax, "z₁"), softmax.pixels()
    softmax.lab.page.mouse.up()
    softmax.type("z₁", "0")
    softmax.type("z₁", str(last))
    softmax.wait_for_numbers(expected([1.78, last, 1.65]))
    softmax.lab.wait_for_kernel()
    assert softmax.pixels() == pixels


def test_the_mouse_comes_to_round_numbers_and_both_ends(softmax):
    press(softmax, "z₁", 0.31)
    for place in (0.0, 0.123, 0.457, 0.6789, 1.0):
        drag_to(softmax, "z₁", [place])
        value = value_of(softmax, "z₁")
        assert value == round(round(value / 0.05) * 0.05, 10)
        assert abs(value - (10 * place - 5)) < 1
    softmax.lab.page.mouse.up()
    assert value_of(softmax, "z₁") == 5
    softmax.wait_for_numbers(expected([1.78, 5, 1.65]))


def test_a_press_is_told_once(overheard):
    """It moves the focus too, and each message has its price just then."""
    (softmax, line), holds = overheard, []
    line.on("framesent", lambda message: holds.append(message) if b'"hold"' in message else None)
    softmax.slider("z₁").evaluate("""slider => {     // at one time, however busy this machine is
        slider.dispatchEvent(new PointerEvent("pointermove", {bubbles: true}));
        slider.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true, buttons: 1}));
    }""")
    wait_for_sweep(softmax)
    assert len(holds) == 1      # when the pointer came
    with line.expect_event("framesent", lambda message: b'"hold"' in message):
        press(softmax, "z₁", 0.5)     # told again: of what was sent long ago, something may have been lost
    softmax.lab.page.mouse.up()
    with line.expect_event("framesent", lambda message: re.search(b'"by_keys": ?true', message)):
        softmax.slider("z₂").focus()      # without a press, as by Tab
    assert len(holds) == 3


def test_a_pointer_that_comes_is_expected(softmax):
    """What it drags at once is there, and the kernel need not even hear of the press."""
    come(softmax, "z₁", 0.5)
    wait_for_sweep(softmax)
    with suspended(softmax.lab):
        softmax.lab.page.mouse.down()
        for place in (0.6, 0.1, 0.9):
            drag_to(softmax, "z₁", [place])
            softmax.wait_for_numbers(expected([1.78, value_of(softmax, "z₁"), 1.65]))
        softmax.lab.page.mouse.up()


def test_a_pointer_that_goes_leaves_nothing(softmax):
    for focus in (softmax.root.get_by_role("button", name="Reset", exact=True), softmax.slider("z₂")):
        focus.focus()     # wherever it lies
        come(softmax, "z₁", 0.5)
        wait_for_sweep(softmax)
        go_elsewhere(softmax.lab)
        assert softmax.root.get_attribute("data-ahead") is None
    press(softmax, "z₁", 0.5)
    softmax.lab.page.mouse.up()
    wait_for_sweep(softmax)
    go_elsewhere(softmax.lab)
    softmax.lab.page.evaluate(TWO_FRAMES)
    assert int(softmax.root.get_attribute("data-ahead")) >= BY_MOUSE      # pressed, it is held until the focus goes


def test_a_pointer_that_passes_keeps_no_frames_from_the_keys(softmax):
    slider, field = softmax.slider("z₁"), softmax.field("z₁")
    for control, act, value in [(slider, lambda: slider.press("ArrowRight"), 0.77),
                                (field, lambda: field.press("ArrowUp"), 0.78), (field, lambda: field.fill("0.5"), 0.5)]:
        control.focus()
        wait_for_sweep(softmax, BY_KEYS)
        come(softmax, "z₁", 0.5)      # its own frames stay
        assert int(softmax.root.get_attribute("data-ahead")) >= BY_KEYS
        come(softmax, "z₂", 0.5)
        assert int(softmax.root.get_attribute("data-ahead") or 0) < BY_KEYS
        go_elsewhere(softmax.lab)
        act()
        wait_for_sweep(softmax, BY_KEYS)
        softmax.wait_for_numbers(expected([1.78, value, 1.65]))
        control.blur()


def test_a_pointer_over_another_view_takes_nothing_from_the_keys(lab):
    lab.run(SOFTMAX.replace("\nexplore_softmax()", "\npicture = explore_softmax()\ndisplay(picture, picture)"))
    one, other = lab.picture(view=0), lab.picture(view=1)
    one.slider("z₁").focus()
    wait_for_sweep(one, BY_KEYS)
    come(other, "z₂", 0.5)
    go_elsewhere(lab)
    with suspended(lab):
        lab.page.keyboard.press("ArrowRight")
        one.wait_for_numbers(expected([1.78, 0.77, 1.65]))
    press(other, "z₂", 0.5)
    lab.page.mouse.up()
    wait_for_sweep(other)
    assert one.root.get_attribute("data-ahead") is None


def test_keys_are_followed_without_the_kernel(softmax):
    softmax.slider("z₁").focus()
    wait_for_sweep(softmax, BY_KEYS)
    with suspended(softmax.lab):
        for key, value in [("ArrowRight", 0.77), ("ArrowUp", 0.78), ("ArrowLeft", 0.77), ("Home", -5), ("End", 5)]:
            softmax.lab.page.keyboard.press(key)
            softmax.wait_for_numbers(expected([1.78, value, 1.65]))


def test_typed_numbers_are_followed_without_the_kernel(softmax):
    softmax.field("z₁").focus()
    wait_for_sweep(softmax, BY_KEYS)
    with suspended(softmax.lab):
        softmax.field("z₁").fill("0.9")
        softmax.wait_for_numbers(expected([1.78, 0.9, 1.65]))
        softmax.lab.page.keyboard.press("ArrowUp")
        softmax.wait_for_numbers(expected([1.78, 0.91, 1.65]))


def test_there_and_back_while_the_kernel_is_silent(overheard):
    """The answers come late and more than one at a time; none takes the picture back to where the hand was between."""
    softmax, line = overheard

    def about(value):
        return lambda message: b'"asked"' in message and re.search(b'"z1": ?%s,' % value.encode(), message)

    softmax.field("z₁").focus()
    wait_for_sweep(softmax, BY_KEYS)
    with line.expect_event("framereceived", about("1.5")), suspended(softmax.lab):
        softmax.field("z₁").fill("1")
        line.wait_for_event("framesent", about("1"))      # past ipywidgets, since nothing was heard
        softmax.field("z₁").fill("1.5")
        line.wait_for_event("framesent", about("1.5"))
        softmax.field("z₁").fill("1")
        softmax.wait_for_numbers(expected([1.78, 1, 1.65]))
        softmax.numbers.evaluate("""numbers => {
            numbers.told = [];
            new MutationObserver(() => numbers.told.push(numbers.textContent)).observe(numbers, {childList: true});
        }""")
    softmax.type("z₁", "-4")     # not drawn ahead: where it is shown, the page has heard all that came before
    softmax.wait_for_numbers(expected([1.78, -4, 1.65]))
    between = expected([1.78, 1.5, 1.65])
    assert [told for told in softmax.numbers.evaluate("numbers => numbers.told") if between in told] == []


def test_two_sliders_in_turn(softmax):
    """What was drawn ahead for the one is stale once the other has moved."""
    z = {"z₀": 1.78, "z₁": 0.76}
    for label, place in [("z₀", 0.9), ("z₁", 0.2), ("z₀", 0.1), ("z₁", 0.7)]:
        press(softmax, label, 0.5)
        wait_for_sweep(softmax)
        with suspended(softmax.lab):
            drag_to(softmax, label, [0.4, place])
            z[label] = value_of(softmax, label)
            softmax.wait_for_numbers(expected([z["z₀"], z["z₁"], 1.65]))
        softmax.lab.page.mouse.up()


def test_a_finger_is_followed_without_the_kernel(fresh_lab, server):
    softmax = fresh_lab.open(server.notebook("finger", SOFTMAX)).run_all().picture()
    session = fresh_lab.context.new_cdp_session(fresh_lab.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    box = softmax.slider("z₁").bounding_box()

    def touch(kind, at):
        points = [] if at is None else [{"x": box["x"] + box["width"] * at, "y": box["y"] + box["height"] / 2}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.575)
    touch("touchMove", 0.7)
    wait_for_sweep(softmax)
    with suspended(fresh_lab):
        for place in (0.75, 0.3, 0.9):
            touch("touchMove", place)
            value = value_of(softmax, "z₁")
            assert abs(value - (10 * place - 5)) < 1
            softmax.wait_for_numbers(expected([1.78, value, 1.65]))
        touch("touchEnd", None)


@pytest.mark.parametrize(("code", "label"), [(SOFTMAX, "z₁"), (NET_INPUT, "w₁")], ids=["softmax", "net input"])
def test_no_frame_is_wrong(lab, code, label):
    """Each frame painted in a drag against the kernel's own for these values: the line of numbers and every pixel."""
    picture = lab.run(code)
    picture.canvas.evaluate("""canvas => {
        const numbers = canvas.parentElement.querySelector('.live-numbers');
        window.frames_seen = new Map();
        window.watch = new MutationObserver(() => window.frames_seen.set(numbers.textContent, canvas.toDataURL()));
        window.watch.observe(numbers, {childList: true});
    }""")
    press(picture, label, 0.5)
    places = [float(place) for place in np.linspace(0.1, 0.9, 25)]
    drag_to(picture, label, places)     # while they are still being drawn, and then once they are there
    wait_for_sweep(picture, 31 if label == "w₁" else 201)
    drag_to(picture, label, places[::-1])
    lab.page.mouse.up()
    seen = lab.page.evaluate("""() => { window.watch.disconnect(); return [...window.frames_seen]; }""")
    assert len(seen) > 20
    slider = picture.slider(label)
    go_elsewhere(lab)
    slider.blur()     # from here on nothing is drawn ahead
    for text, pixels in seen[::5]:
        number = re.search(rf"{label[0]} = \[[^,]*, ([^,]*), [^,]*\]", text)[1]
        before = picture.text
        slider.evaluate("""(slider, value) => {
            slider.value = value;
            slider.dispatchEvent(new Event('input'));
        }""", number)
        if before != text:
            lab.page.wait_for_function("([node, text]) => node.textContent === text",
                                       arg=[picture.numbers.element_handle(), text])
        assert picture.root.get_attribute("data-ahead") is None
        assert picture.pixels() == pixels


def test_the_track_waits_for_the_kernel_and_all_else_does_not(lab):
    picture = lab.run(TRIANGLE)
    press(picture, "z₁", 0.5)
    wait_for_sweep(picture, 201)
    with suspended(lab):
        drag_to(picture, "z₁", [0.9])
        z1 = value_of(picture, "z₁")
        picture.wait_for_numbers(expected([1.78, z1, 1.65]))
        ahead = picture.pixels()
    lab.page.mouse.up()
    lab.page.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before",
                               arg=[picture.canvas.element_handle(), ahead])
    assert expected([1.78, z1, 1.65]) in picture.text


def test_the_best_so_far_waits_for_the_kernel_and_all_else_does_not(lab):
    picture = lab.run(FIT)
    press(picture, "weight w", 0.34)
    wait_for_sweep(picture, 121)
    before = picture.text.split("; ")[1]
    with suspended(lab):
        drag_to(picture, "weight w", [0.1])
        w = value_of(picture, "weight w")
        picture.wait_for_numbers(f"fit: w = {w:g}, b = 0 → mean log loss")
        assert picture.text.split("; ")[1] == before
        drag_to(picture, "weight w", [0.36])
    lab.page.mouse.up()
    w = value_of(picture, "weight w")
    picture.wait_for_numbers(f"fit: w = {w:g}, b = 0")


def test_where_the_function_fails_the_picture_says_so_and_the_next_good_value_clears_it(lab):
    picture = lab.run(PATIENT + """from helpers.activations import softmax
from helpers.explorers.softmax import explore_softmax

def planted(z):
    if 2 < z[1] < 3:
        raise ValueError("planted")
    return softmax(z)

explore_softmax(planted)""")
    press(picture, "z₁", 0.5)
    wait_for_sweep(picture, 175)
    drag_to(picture, "z₁", [0.6, 0.75])
    picture.trouble.wait_for()
    assert "planted" in picture.trouble.inner_text()
    with suspended(lab):
        drag_to(picture, "z₁", [0.9])
        assert not picture.trouble.is_visible()
        assert expected([1.78, value_of(picture, "z₁"), 1.65]) in picture.text
    lab.page.mouse.up()


def test_a_hand_elsewhere_leaves_nothing(softmax):
    softmax.slider("z₁").focus()
    wait_for_sweep(softmax, BY_KEYS)
    softmax.slider("z₁").blur()
    assert softmax.root.get_attribute("data-ahead") is None


# ---- Play --------------------------------------------------------------------------------------------------------

def play(picture: Picture):
    return picture.root.locator(".live-play")


def test_play_goes_to_both_ends_and_back(lab):
    picture = lab.run(SOFTMAX)
    height = picture.height()
    picture.numbers.evaluate("""numbers => {
        window.played = [];
        window.watch = new MutationObserver(() => window.played.push(numbers.textContent));
        window.watch.observe(numbers, {childList: true});
    }""")
    press(picture, "z₁", 0.575)
    wait_for_sweep(picture, 201)
    lab.page.mouse.up()
    begin = value_of(picture, "z₁")
    button = play(picture)
    assert button.get_attribute("aria-label") == "Play z₁"
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    lab.page.wait_for_function("button => button.getAttribute('aria-pressed') === 'false'", arg=button.element_handle())
    picture.wait_for_numbers(expected([1.78, begin, 1.65]))
    played = lab.page.evaluate("() => { window.watch.disconnect(); return window.played; }")
    assert any("z = [1.78, 5, 1.65]" in text for text in played)
    assert any("z = [1.78, -5, 1.65]" in text for text in played)
    values = [float(re.search(r"z = \[1.78, ([^,]*), 1.65\]", text)[1]) for text in played]
    top, bottom = values.index(5), values.index(-5)
    assert top < bottom and values[:top] == sorted(values[:top])
    assert values[top:bottom] == sorted(values[top:bottom], reverse=True)
    assert picture.height() == height


@pytest.mark.parametrize("stop", [
    lambda picture: play(picture).click(),
    lambda picture: picture.slider("z₂").click(),
    lambda picture: picture.slider("z₂").press("ArrowRight"),
    lambda picture: picture.type("z₀", "1"),
], ids=["itself", "mouse", "key", "number"])
def test_any_hand_stops_it(lab, stop):
    picture = lab.run(SOFTMAX)
    before = picture.text
    play(picture).click()
    picture.wait_for_change(before)
    stop(picture)
    assert play(picture).get_attribute("aria-pressed") == "false"
    values = [value_of(picture, label) for label in ("z₀", "z₁", "z₂")]
    picture.wait_for_numbers(expected(values))
    lab.page.evaluate(TWO_FRAMES)
    assert [value_of(picture, label) for label in ("z₀", "z₁", "z₂")] == values


def test_what_plays_goes_on_while_a_pointer_comes_to_another_slider(overheard):
    (picture, line), holds = overheard, []
    line.on("framesent", lambda message: holds.extend(re.findall(rb'"hold": ?([^,]*),', message)))
    before = picture.text
    picture.slider("z₁").focus()
    play(picture).press("Enter")
    picture.wait_for_change(before)
    come(picture, "z₂", 0.5)
    go_elsewhere(picture.lab)
    assert play(picture).get_attribute("aria-pressed") == "true"
    with line.expect_event("framesent", lambda message: re.search(b'"hold": ?null', message)):
        play(picture).press("Enter")
        play(picture).blur()
    assert set(holds) == {b'"z1"', b"null"}


def test_a_picture_run_again_while_it_plays_stops(lab):
    picture = lab.run(SOFTMAX)
    before = picture.text
    play(picture).click()
    picture.wait_for_change(before)
    again = lab.run_all().picture()
    assert play(again).get_attribute("aria-pressed") == "false"
    assert expected([1.78, 0.76, 1.65]) in again.text
