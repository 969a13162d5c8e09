"""The pad of lesson 10 in a real JupyterLab: drawn on by mouse, finger and keyboard, and read by a screen reader."""

import numpy as np
import pytest
from playwright.sync_api import Locator

from helpers.explorers.digits import fitted, probabilities

from .conftest import Picture
from .test_sweeps import PATIENT, wait_for_sweep

pytestmark = pytest.mark.browser

DRAWING = "from helpers.explorers.digits import explore_drawing\nexplore_drawing()"
STROKE = [(3.5, 0.5), (3.5, 2), (4, 4), (3.5, 6), (3.5, 7.5)]      # a 1, as columns and rows of the page


@pytest.fixture
def drawing(lab) -> Picture:
    """The explorer with an empty page."""
    picture = lab.run(DRAWING)
    picture.root.get_by_role("button", name="Clear").click()
    picture.wait_for_numbers("drawing: ink 0.00 on the page")
    return picture


def sheet(picture: Picture) -> Locator:
    return picture.root.get_by_role("grid", name="page", exact=True)


def page(picture: Picture) -> np.ndarray:
    """The ink in the cells as a screen reader is told of it, (8, 8)."""
    return np.array(sheet(picture).evaluate("""sheet => [...sheet.querySelectorAll('[role=gridcell]')].map(
        cell => Number(cell.getAttribute('aria-label').split(': ')[1]))""")).reshape(8, 8)


def inked(picture: Picture) -> np.ndarray:
    """The ink in the cells as it is seen, (8, 8)."""
    return np.array(sheet(picture).evaluate("""sheet => [...sheet.querySelectorAll('[role=gridcell]')].map(
        cell => Number(getComputedStyle(cell, '::before').opacity))""")).reshape(8, 8)


def at(picture: Picture, column: float, row: float) -> tuple[float, float]:
    box = sheet(picture).bounding_box()
    return box["x"] + box["width"] * column / 8, box["y"] + box["height"] * row / 8


def draw(picture: Picture, places=STROKE) -> None:
    """Draw a stroke with the mouse and leave the button pressed."""
    mouse = picture.lab.page.mouse
    mouse.move(*at(picture, *places[0]))
    mouse.down()
    for place in places[1:]:
        mouse.move(*at(picture, *place), steps=5)


def assert_numbers_are_those_of(picture: Picture, seen: np.ndarray, drawn: np.ndarray) -> None:
    """In the end, picture and numbers are the model's at what was drawn."""
    p = probabilities(seen.reshape(1, 64))[0]
    picture.wait_for_numbers(f"drawing: ink {drawn.sum():.2f} on the page")
    picture.wait_for_numbers("p = [" + ", ".join(f"{v:.3f}" for v in p) + "]")
    assert f"predicted class {p.argmax()}" in picture.text
    assert picture.canvas.get_attribute("aria-label") == picture.text
    assert not picture.trouble.is_visible()


def test_mouse(drawing):
    height, pixels, text = drawing.height(), drawing.pixels(), drawing.text
    draw(drawing)
    drawing.wait_for_change(text)      # while the button is still pressed
    drawing.lab.page.mouse.up()
    drawn = inked(drawing)
    assert drawn.max() == 1 and drawn[:, 3].min() > 0.5 and drawn[:, 0].max() == 0 == drawn[:, 7].max()
    assert_numbers_are_those_of(drawing, fitted(drawn), drawn)
    assert "predicted class 1" in drawing.text
    assert drawing.pixels() != pixels and drawing.ink() > 0.05 and drawing.height() == height
    before = drawing.text
    drawing.lab.page.mouse.move(*at(drawing, 7, 7))      # nothing is pressed
    assert np.array_equal(inked(drawing), drawn) and drawing.text == before


def test_bars_follow_while_one_draws(drawing):
    """Several frames on the way of one stroke, not one at its end."""
    drawing.numbers.evaluate("""numbers => {
        window.told = new Set();
        new MutationObserver(() => window.told.add(numbers.innerText)).observe(numbers, {childList: true});
    }""")
    for place in STROKE:
        text = drawing.text
        if place == STROKE[0]:
            draw(drawing, [place])
        else:
            drawing.lab.page.mouse.move(*at(drawing, *place))
        drawing.wait_for_change(text)
    drawing.lab.page.mouse.up()
    assert drawing.lab.page.evaluate("window.told.size") >= len(STROKE)


def test_a_stroke_beyond_the_edge_goes_on_within(drawing):
    draw(drawing, [(3.5, 3.5), (12, 3.5), (12, 12), (6.5, 6.5)])
    drawing.lab.page.mouse.up()
    drawn = inked(drawing)
    assert drawn[3, 7] > 0.5 and drawn[6, 6] > 0.5
    assert_numbers_are_those_of(drawing, fitted(drawn), drawn)


def test_finger(drawing):
    """A finger draws, and does not scroll the page."""
    session = drawing.lab.context.new_cdp_session(drawing.lab.page)
    top = sheet(drawing).bounding_box()["y"]

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [
            dict(zip("xy", at(drawing, *point), strict=True)) for point in points]})

    touch("touchStart", STROKE[0])
    for place in STROKE[1:]:
        touch("touchMove", place)
    touch("touchEnd")
    session.detach()
    drawing.wait_for_numbers("predicted class 1")
    drawn = inked(drawing)
    assert drawn[:, 3].min() > 0.5
    assert_numbers_are_those_of(drawing, fitted(drawn), drawn)
    assert sheet(drawing).bounding_box()["y"] == top


def cursor(picture: Picture) -> str:
    """What a screen reader says of the cell under the cursor."""
    return sheet(picture).evaluate("""sheet =>
        document.getElementById(sheet.getAttribute('aria-activedescendant')).getAttribute('aria-label')""")


def test_keyboard(drawing):
    sheet(drawing).focus()
    press = drawing.lab.page.keyboard.press
    assert cursor(drawing) == "row 1, column 1: 0"
    for key, told in [
        ("ArrowUp", "row 1, column 1: 0"), ("ArrowRight", "row 1, column 2: 0"), ("ArrowDown", "row 2, column 2: 0"),
        ("End", "row 2, column 8: 0"), ("ArrowRight", "row 2, column 8: 0"), ("Home", "row 2, column 1: 0"),
        ("ArrowRight", "row 2, column 2: 0"), (" ", "row 2, column 2: 1"), ("Delete", "row 2, column 2: 0"),
        ("Enter", "row 2, column 2: 1"), ("Backspace", "row 2, column 2: 0"),
        ("Shift+ArrowDown", "row 3, column 2: 1"), ("Shift+ArrowDown", "row 4, column 2: 1"),
        ("ArrowLeft", "row 4, column 1: 0")]:
        press(key)
        assert cursor(drawing) == told, key
    drawn = page(drawing)
    assert drawn.sum() == 2 and drawn[2, 1] == drawn[3, 1] == 1
    assert np.array_equal(inked(drawing), drawn)
    assert_numbers_are_those_of(drawing, fitted(drawn), drawn)


def test_what_is_drawn_by_keys_is_said(drawing):
    told = drawing.root.locator(".live-pad-cell")
    assert told.get_attribute("aria-live") == "polite" and told.inner_text() == ""
    sheet(drawing).focus()
    for key, words in [("ArrowRight", ""), (" ", "row 1, column 2: 1"), ("Delete", "row 1, column 2: 0"), ("End", "")]:
        drawing.lab.page.keyboard.press(key)
        assert told.inner_text() == words
    described = sheet(drawing).evaluate(
        "sheet => document.getElementById(sheet.getAttribute('aria-describedby')).innerText")
    assert "Space" in described and "Delete" in described


def test_keys_on_the_page_do_not_reach_the_notebook(drawing):
    """`d d` would delete the cell, an arrow select another; Escape does reach it, as from every control."""
    page_, press = drawing.lab.page, drawing.lab.page.keyboard.press
    page_.evaluate("""() => {
        window.heard = [];
        document.body.addEventListener('keydown', window.hear = event => window.heard.push(event.key));
    }""")
    sheet(drawing).focus()
    for key in ("d", "d", "a", "b", "ArrowDown", "Enter", "Backspace", "x", "Escape"):
        press(key)
    assert page_.evaluate("window.heard") == ["Escape"]
    page_.evaluate("document.body.removeEventListener('keydown', window.hear)")
    assert page_.locator(".jp-Notebook .jp-Cell").count() == 1


def test_tab_goes_through(drawing):
    """The page is one stop, not sixty-four."""
    clear = drawing.root.get_by_role("button", name="Clear")
    clear.focus()
    drawing.lab.page.keyboard.press("Tab")
    assert sheet(drawing).evaluate("sheet => sheet === document.activeElement")
    drawing.lab.page.keyboard.press("Tab")
    assert drawing.slider("move right").evaluate("slider => slider === document.activeElement")


def test_erase_and_clear(drawing):
    draw(drawing)
    drawing.lab.page.mouse.up()
    erase = drawing.root.get_by_role("button", name="Erase")
    erase.click()
    assert erase.get_attribute("aria-pressed") == "true"
    draw(drawing, [(0.5, 0.5), (7.5, 0.5)])
    drawing.lab.page.mouse.up()
    drawn = inked(drawing)
    assert drawn[0].max() == 0 and drawn[4].max() > 0.5
    assert_numbers_are_those_of(drawing, fitted(drawn), drawn)
    drawing.root.get_by_role("button", name="Clear").click()
    drawing.wait_for_numbers("drawing: ink 0.00 on the page")
    assert not inked(drawing).any() and erase.get_attribute("aria-pressed") == "false"


def test_a_setting_fills_the_page_and_reset_takes_it_back(drawing):
    drawing.root.get_by_role("button", name="A 7 of the data").click()
    drawing.wait_for_numbers("predicted class 7")
    seven = inked(drawing)
    assert seven.max() == 1
    drawing.root.get_by_role("button", name="Reset").click()
    drawing.wait_for_numbers("predicted class 3")
    assert not np.array_equal(inked(drawing), seven)


def test_a_slider_beside_the_page_is_still_drawn_ahead(lab):
    """The page is a list, which never is the same object twice: what was drawn ahead has to be known by its numbers."""
    picture = lab.run(PATIENT + DRAWING)
    picture.slider("move right").focus()
    wait_for_sweep(picture, 61)
    sheet(picture).focus()
    lab.page.wait_for_function("root => root.dataset.ahead === undefined", arg=picture.root.element_handle())
    draw(picture)
    lab.page.mouse.up()
    drawn = inked(picture)
    assert_numbers_are_those_of(picture, fitted(drawn), drawn)


def test_two_views_of_one_page_agree(lab):
    one = lab.run("from IPython.display import display\nfrom helpers.explorers.digits import explore_drawing\n"
                  "picture = explore_drawing()\ndisplay(picture)\ndisplay(picture)")
    other = lab.picture(view=1)
    one.root.get_by_role("button", name="Clear").click()
    other.wait_for_numbers("drawing: ink 0.00 on the page")
    sheet(other).focus()
    lab.page.keyboard.press(" ")
    one.wait_for_numbers("drawing: ink 1.00 on the page")
    assert inked(one)[0, 0] == inked(other)[0, 0] == 1


def test_a_model_of_the_learners_own_is_asked(lab):
    picture = lab.run("import numpy as np\nfrom helpers.explorers.digits import explore_drawing\n"
                      "def ink_alone(X):\n    P = np.full((len(X), 10), 0.05)\n"
                      "    P[np.arange(len(X)), np.minimum(X.sum(axis=1), 9).astype(int)] = 0.55\n    return P\n"
                      "explore_drawing(ink_alone)")
    picture.root.get_by_role("button", name="Clear").click()
    picture.root.get_by_text("as drawn", exact=True).click()
    picture.wait_for_numbers("predicted class 0, confidence 0.550")
    sheet(picture).focus()
    for ink in (1, 2, 3):
        lab.page.keyboard.press(" ")
        picture.wait_for_numbers(f"predicted class {ink}, confidence 0.550")
        lab.page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_accessible_and_legible(drawing, theme):
    """Ink stands out from paper, and the cursor from both."""
    lab = drawing.lab
    lab.use_theme(theme)
    try:
        sheet(drawing).focus()
        lab.page.keyboard.press(" ")
        drawing.wait_for_numbers("drawing: ink 1.00 on the page")
        assert ("live-dark" in drawing.root.get_attribute("class")) == (theme == "Dark")
        ink, paper = sheet(drawing).evaluate("""sheet => [
            getComputedStyle(sheet.querySelector('[role=gridcell]'), '::before').backgroundColor,
            getComputedStyle(sheet).backgroundColor].map(colour => Number(colour.match(/\\d+/)[0]))""")
        assert abs(ink - paper) > 180 and (paper < 60) == (theme == "Dark")
        assert lab.violations() == []
    finally:
        lab.use_theme("Light")
