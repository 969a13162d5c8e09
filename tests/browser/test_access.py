"""Every explorer of every lesson without eyes, without a mouse, and without motion that nobody asked for."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Locator

from .conftest import TWO_FRAMES, Lab, Picture
from .test_picture import SOFTMAX, THREAD, expected

pytestmark = pytest.mark.browser

KINDS = {"slider", "spinbutton", "button", "radio", "grid"}
CONTROLS = "input:visible, button:visible, [role=grid]:visible"


def each_picture(lesson) -> Iterator[Picture]:
    """The explorers of a lesson, one after the other, each brought into view."""
    lab, _notebook = lesson
    for i in lab.pictures():
        yield lab.picture(i)


def tree(picture: Picture) -> list[tuple[str, str, bool]]:
    """What a screen reader is told of a picture: role and name of each thing, and whether it takes the focus."""
    session = picture.lab.context.new_cdp_session(picture.lab.page)
    picture.root.evaluate("root => { window.asked = root; }")
    root = session.send("Runtime.evaluate", {"expression": "window.asked"})["result"]["objectId"]
    nodes = session.send("Accessibility.queryAXTree", {"objectId": root})["nodes"]
    session.detach()
    return [(node["role"]["value"], node.get("name", {}).get("value", "").strip(),
             any(p["name"] == "focusable" and p["value"]["value"] for p in node.get("properties", [])))
            for node in nodes if not node["ignored"]]


def images(picture: Picture) -> list[str]:
    return [name for role, name, _focusable in tree(picture) if role in ("img", "image")]


# ---- every explorer of every lesson -------------------------------------------------------------------------------

def test_every_control_has_a_name_of_its_own(lesson):
    for picture in each_picture(lesson):
        controls = [(role, name) for role, name, focusable in tree(picture) if focusable or role in KINDS]
        names = [name for _role, name in controls]
        assert {role for role, _name in controls} <= KINDS
        assert sum(role == "slider" for role, _name in controls) == picture.sliders.count() > 0
        assert len(controls) == picture.root.locator(CONTROLS).count()
        assert all(names), controls
        assert len(set(names)) == len(names), controls


def test_the_text_alternative_follows(lesson):
    """The canvas is an image, and its name the line of numbers: before a move, after it, and after Reset."""
    for picture in each_picture(lesson):
        start, slider = picture.text, picture.sliders.last
        assert images(picture) == [start] and len(start) > 20
        slider.press("Home" if at_upper_end(slider) else "End")
        picture.wait_for_change(start)
        assert images(picture) == [picture.text]
        picture.root.get_by_role("button", name="Reset").click()
        picture.wait_for_numbers(start)
        assert images(picture) == [start]


def at_upper_end(slider: Locator) -> bool:
    return slider.evaluate("slider => slider.value === slider.max")


def press(picture: Picture, slider: Locator, key: str) -> float:
    """Press a key that moves the slider in focus; returns its value, once field and numbers say the same."""
    before, text = float(slider.input_value()), picture.text
    picture.lab.page.keyboard.press(key)
    picture.lab.page.wait_for_function("""([slider, numbers, before, text]) => {
        const value = slider.valueAsNumber, field = slider.parentElement.querySelector('input[type=number]');
        return value !== before && field.valueAsNumber === value
            && numbers.innerText !== text && numbers.innerText.includes(value);
    }""", arg=[slider.element_handle(), picture.numbers.element_handle(), before, text])
    return float(slider.input_value())


def test_keys_on_every_slider(lesson):
    for picture in each_picture(lesson):
        for slider in picture.sliders.all():
            low, high, step = (float(slider.get_attribute(name)) for name in ("min", "max", "step"))
            slider.focus()
            for key, value in [("Home", low), ("End", high), ("ArrowLeft", high - step), ("ArrowDown", high - 2 * step),
                               ("Home", low), ("ArrowRight", low + step), ("ArrowUp", low + 2 * step)]:
                if float(slider.input_value()) != value:      # it may stand there at first
                    assert press(picture, slider, key) == pytest.approx(value, abs=1e-9), key
            far = press(picture, slider, "PageUp")
            assert low + 3 * step < far < high      # a tenth of the range, which may be two steps only
            assert press(picture, slider, "PageDown") == pytest.approx(low + 2 * step, abs=1.5 * step)
        assert not picture.trouble.is_visible()


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_wrong_with_moved_pictures(lesson, theme):
    """Every output of a lesson, after each slider of each explorer was moved, and a number was refused."""
    lab, _notebook = lesson
    lab.use_theme(theme)
    try:
        for picture in each_picture(lesson):
            for slider in picture.sliders.all():
                text = picture.text
                slider.press("Home" if at_upper_end(slider) else "End")
                picture.wait_for_change(text)
            picture.fields.first.fill("1e6")
            picture.fields.first.press("Enter")
            assert ("live-dark" in picture.root.get_attribute("class")) == (theme == "Dark")
        assert lab.page.locator(".live-note:not(:empty)").count() == len(lab.pictures())
        assert lab.violations() == []
    finally:
        lab.use_theme("Light")


# ---- focus --------------------------------------------------------------------------------------------------------

OVERFLOW = SOFTMAX.replace("explore_softmax", "explore_overflow")      # every kind of control
PAD = "from helpers.explorers.digits import explore_drawing\nexplore_drawing()"
BROKEN = SOFTMAX.replace("()", "(lambda z: 1 / 0)")                    # a traceback, which can be scrolled
RING = 6        # pixels around a control in which its focus is looked for


def photograph(picture: Picture, box: dict) -> np.ndarray:
    """Colours of the page in a box and RING pixels around it, shape (height, width, 3), from 0 to 1."""
    clip = {"x": box["x"] - RING, "y": box["y"] - RING, "width": box["width"] + 2 * RING,
            "height": box["height"] + 2 * RING}
    return imread(io.BytesIO(picture.lab.page.screenshot(clip=clip, animations="disabled")))[..., :3]


def luminance(colours: np.ndarray) -> np.ndarray:
    """The relative luminance of sRGB colours, shape (..., 3), as WCAG 2 defines it."""
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def assert_ring(before: np.ndarray, after: np.ndarray, kind: str) -> None:
    """Between two photographs, on each of the four sides a line turned up that stands out against what was there."""
    dark, light = np.sort([luminance(before), luminance(after)], axis=0)
    stands_out = (light + 0.05) / (dark + 0.05) >= 3
    inner = slice(RING, -RING)
    sides = {"above": stands_out[:RING, inner].any(axis=0), "below": stands_out[-RING:, inner].any(axis=0),
             "left": stands_out[inner, :RING].any(axis=1), "right": stands_out[inner, -RING:].any(axis=1)}
    for side, line in sides.items():
        assert line.mean() > 0.8, f"{kind}, {side}: {line.mean():.0%}"


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.parametrize(("code", "kinds"), [
    (OVERFLOW, {"radio", "range", "number", "button"}), (BROKEN, {"pre"}), (PAD, {"grid"})],
    ids=["controls", "traceback", "pad"])
def test_focus_is_visible(lab, theme, code, kinds):
    """Tab comes to every control in the order in which they stand, and a ring is around the one with the focus."""
    lab.use_theme(theme)
    try:
        picture = lab.run(code)
        picture.root.evaluate("""root => {
            window.stops = [...root.querySelectorAll('input, button, pre, [role=grid]')].filter(
                node => node.type !== 'radio' || node.checked);
        }""")
        count, seen = lab.page.evaluate("() => { window.stops[0].focus(); return window.stops.length; }"), set()
        for i in range(count):
            if i:
                lab.page.keyboard.press("Tab")
            focused = lab.page.evaluate_handle("document.activeElement")
            assert focused.evaluate("(node, i) => node === window.stops[i]", i), f"stop {i}"
            kind = focused.evaluate("node => node.classList[0] ?? node.type ?? node.role ?? node.tagName.toLowerCase()")
            kind = "button" if kind == "submit" else kind
            if kind in seen:
                continue
            seen.add(kind)
            after = photograph(picture, box := focused.bounding_box())
            focused.evaluate("node => node.blur()")
            before = photograph(picture, box)
            focused.evaluate("node => node.focus()")
            assert_ring(before, after, kind)
        assert kinds <= seen
    finally:
        lab.use_theme("Light")


# ---- motion -------------------------------------------------------------------------------------------------------

@pytest.fixture(params=["no-preference", "reduce"])
def motion(lab, request) -> Iterator[Lab]:
    """The page of someone who has, or has not, asked their system for less motion."""
    lab.page.emulate_media(reduced_motion=request.param)
    yield lab
    lab.page.emulate_media(reduced_motion="no-preference")


def is_playing(picture: Picture) -> bool:
    return {"true": True, "false": False}[picture.root.locator(".live-play").get_attribute("aria-pressed")]


def slider_values(picture: Picture) -> list[float]:
    return [float(slider.input_value()) for slider in picture.sliders.all()]


def test_nothing_plays_by_itself(motion):
    picture = motion.run(SOFTMAX)
    motion.page.evaluate(TWO_FRAMES)
    assert not is_playing(picture)
    assert slider_values(picture) == [1.78, 0.76, 1.65, 1, 0]
    assert THREAD in picture.text


@pytest.mark.parametrize("stop", ["button", "hand"])
def test_play_and_stop(motion, stop):
    """The slider touched last plays; the same key stops it, and so does a hand on another slider."""
    picture = motion.run(SOFTMAX)
    picture.slider("z₁").press("ArrowRight")
    picture.wait_for_numbers(expected([1.78, 0.77, 1.65]))
    play = picture.root.get_by_role("button", name="Play z₁", exact=True)
    play.press("Enter")
    motion.page.wait_for_function("slider => slider.value > 1.5", arg=picture.slider("z₁").element_handle())
    assert is_playing(picture)
    if stop == "button":
        play.press("Enter")
    else:
        picture.slider("z₀").press("Home")
    assert not is_playing(picture)
    values = slider_values(picture)
    assert values[1] > 1.5 and [values[0], *values[2:]] == [1.78 if stop == "button" else -5, 1.65, 1, 0]
    picture.wait_for_numbers(expected(values[:3]))
    motion.page.evaluate(TWO_FRAMES)
    assert slider_values(picture) == values
    assert expected(values[:3]) in picture.text


def test_nothing_plays_by_itself_in_a_lesson(lesson):
    for picture in each_picture(lesson):
        values = slider_values(picture)
        picture.lab.page.evaluate(TWO_FRAMES)
        assert not is_playing(picture)
        assert slider_values(picture) == values
