"""Every lesson in a real JupyterLab: each explorer by mouse and keyboard, each prediction.

Lessons and explorers are found by themselves: a new one needs no line here.
"""

import pytest

from .conftest import Picture

pytestmark = pytest.mark.browser


def assert_drag_moves(picture: Picture) -> None:
    """Drag the first slider far away: picture and numbers follow, never blank, and nothing below is pushed about."""
    height, pixels, slider = picture.height(), picture.pixels(), picture.sliders.first
    low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))
    value = float(slider.input_value())
    picture.drag(slider, (value - low) / (high - low), 0.1 if value - low > high - value else 0.9)
    picture.wait_for_numbers(f"{float(slider.input_value()):.10g}")
    assert picture.pixels() != pixels
    assert picture.ink() > 0.01
    assert picture.height() == height
    assert picture.canvas.get_attribute("aria-label") == picture.text
    assert not picture.trouble.is_visible()


def test_every_picture_follows_mouse_and_keyboard(lesson):
    lab, notebook = lesson
    pictures = lab.pictures()
    stored = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == len(stored) > 0
    for i in pictures:
        picture = lab.picture(i)
        sliders = picture.sliders.all()
        assert sliders
        assert_drag_moves(picture)
        for slider in sliders:
            slider.focus()
            value, step, high = (float(v) for v in (
                slider.input_value(), slider.get_attribute("step"), slider.get_attribute("max")))
            near_the_end = value + step >= high      # one step up would leave nothing for the End key
            for key in ("ArrowLeft" if near_the_end else "ArrowRight", "Home" if near_the_end else "End"):
                text = picture.text
                lab.page.keyboard.press(key)
                picture.wait_for_change(text)
        picture.root.get_by_role("button", name="Reset").click()


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
