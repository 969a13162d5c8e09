"""Whoever uses the keys sees where they are; nothing moves that nobody asked for. Each lesson: see `test_lessons`."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.image import imread

from .conftest import TWO_FRAMES, Lab, Picture
from .test_picture import SOFTMAX, THREAD, expected

pytestmark = pytest.mark.browser

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


def test_nothing_plays_by_itself(motion):
    picture = motion.run(SOFTMAX)
    motion.page.evaluate(TWO_FRAMES)
    assert not picture.is_playing()
    assert picture.values() == [1.78, 0.76, 1.65, 1, 0]
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
    assert picture.is_playing()
    if stop == "button":
        play.press("Enter")
    else:
        picture.slider("z₀").press("Home")
    assert not picture.is_playing()
    values = picture.values()
    assert values[1] > 1.5 and [values[0], *values[2:]] == [1.78 if stop == "button" else -5, 1.65, 1, 0]
    picture.wait_for_numbers(expected(values[:3]))
    motion.page.evaluate(TWO_FRAMES)
    assert picture.values() == values
    assert expected(values[:3]) in picture.text
