"""Every lesson in a real JupyterLab: each explorer by mouse and keyboard, and without eyes; each prediction.

Lessons and explorers are found by themselves: a new one needs no line here. What is asked of every lesson stands in
this one file, so that each is opened once.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import ElementHandle, Locator, Page

from .conftest import TWO_FRAMES, Picture

pytestmark = pytest.mark.browser

KINDS = {"slider", "spinbutton", "button", "radio", "grid"}
CONTROLS = "input:visible, button:visible, [role=grid]:visible"


def each_picture(lesson) -> Iterator[Picture]:
    """The explorers of a lesson, one after the other, each brought into view."""
    lab, _notebook = lesson
    for i in lab.pictures():
        yield lab.picture(i)


def assert_drag_moves(picture: Picture, slider: Locator) -> None:
    """Drag a slider far away: picture and numbers follow, never blank, and nothing below is pushed about."""
    height, pixels, text = picture.height(), picture.pixels(), picture.text
    here = slider.evaluate("({ min, max, valueAsNumber }) => (valueAsNumber - min) / (max - min)")
    picture.drag(slider, here, 0.1 if here > 0.5 else 0.9, moves=10)
    picture.wait_for_change(text)
    picture.wait_for_numbers(f"{float(slider.input_value()):.10g}")
    assert picture.pixels() != pixels
    assert picture.ink() > 0.01
    assert picture.height() == height
    assert picture.root.evaluate("""root =>      // asked at once: a frame may come between two questions
        root.querySelector('canvas').ariaLabel === root.querySelector('.live-numbers').innerText""")
    assert not picture.trouble.is_visible()


def test_every_stored_picture_is_live(lesson):
    lab, notebook = lesson
    stored = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "image/png" in o.get("data", {})]
    assert len(lab.pictures()) == len(stored) > 0


def test_the_mouse_on_every_slider(lesson):
    for picture in each_picture(lesson):
        start, sliders = picture.text, picture.sliders.all()
        assert sliders
        for slider in sliders:
            assert_drag_moves(picture, slider)
            picture.root.get_by_role("button", name="Reset").click()
            picture.wait_for_numbers(start)


def test_every_prediction_replies(lesson):
    lab, notebook = lesson
    cells = [i for i, cell in enumerate(notebook.cells)
             if cell.cell_type == "code" and cell.source.startswith("predict(")]     # a model, too, has a `predict`
    assert len(cells) >= 2
    for i in cells:
        lab.scroll_to(i)
        question = lab.cell(i).locator("fieldset")
        question.wait_for()
        radios, reply = question.locator("input[type=radio]"), lab.cell(i).locator("[role=status]")
        if radios.count():
            radios.first.check()
        else:
            question.locator("input[type=number]").fill("1")
        assert reply.inner_text() == ""
        question.get_by_role("button").click()
        lab.page.wait_for_function("node => node.innerText.length > 10", arg=reply.element_handle())


# ---- without eyes, or without a mouse --------------------------------------------------------------------------------

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


def press(page: Page, slider: ElementHandle, key: str) -> float:
    """Press a key that moves the slider in focus; returns its value, once field and numbers say the same."""
    before = slider.evaluate("""slider => [
        slider.valueAsNumber, slider.closest('.live-picture').querySelector('.live-numbers').innerText]""")
    page.keyboard.press(key)
    return page.wait_for_function("""([slider, [before, text]]) => {
        const value = slider.valueAsNumber, field = slider.parentElement.querySelector('input[type=number]');
        const numbers = slider.closest('.live-picture').querySelector('.live-numbers').innerText;
        return value !== before && field.valueAsNumber === value
            && numbers !== text && numbers.includes(value) && [value];     // not 0, for which it would wait on
    }""", arg=[slider, before]).json_value()[0]


def test_keys_on_every_slider(lesson):
    for picture in each_picture(lesson):
        for slider in picture.sliders.element_handles():
            low, high, step, at = slider.evaluate(
                "({ min, max, step, valueAsNumber }) => [Number(min), Number(max), Number(step), valueAsNumber]")
            slider.focus()
            for key, value in [("Home", low), ("End", high), ("ArrowLeft", high - step), ("ArrowDown", high - 2 * step),
                               ("Home", low), ("ArrowRight", low + step), ("ArrowUp", low + 2 * step)]:
                if at != value:      # it may stand there at first
                    at = press(picture.lab.page, slider, key)
                    assert at == pytest.approx(value, abs=1e-9), key
            far = press(picture.lab.page, slider, "PageUp")
            assert low + 3 * step < far < high      # a tenth of the range, which may be two steps only
            back = press(picture.lab.page, slider, "PageDown")
            assert back == pytest.approx(low + 2 * step, abs=1.5 * step)
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


def test_nothing_plays_by_itself_in_a_lesson(lesson):
    for picture in each_picture(lesson):
        values = picture.values()
        picture.lab.page.evaluate(TWO_FRAMES)
        assert not picture.is_playing()
        assert picture.values() == values
