"""The same pictures in Notebook 7, which shows one notebook without JupyterLab around it.

The front end of the pictures is the same in both, so a few lessons stand for all.
"""

from collections.abc import Iterator

import pytest

from .conftest import TOKEN, Lab, Server
from .test_lessons import assert_drag_moves

pytestmark = pytest.mark.browser


class Notebook(Lab):
    """A notebook open in Notebook 7."""

    def open(self, path: str, url: str = "") -> "Notebook":
        self.page.goto(f"{url or self.server.url}/notebooks/{path}?token={TOKEN}")
        self.wait_for_kernel()
        return self


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A server of its own: one that has sent JupyterLab a font refuses Notebook 7 its own of the same name."""
    server = Server(tmp_path_factory.mktemp("notebook7"))
    yield server
    server.close()


@pytest.fixture(scope="module", params=["00_start_here", "05_softmax"])
def opened(request, browser, server):
    notebook = Notebook(browser, server)
    notebook.open(f"notebooks/{request.param}.ipynb").run_all()
    yield notebook
    notebook.close()


def test_is_notebook_7(opened):
    assert opened.page.evaluate("() => window.jupyterapp.name") == "Jupyter Notebook"
    assert opened.page.locator(".jp-LabShell").count() == 0


def test_pictures_follow_mouse_and_keyboard(opened):
    opened.errors.clear()
    pictures = opened.pictures()
    assert pictures
    for i in pictures:
        picture = opened.picture(i)
        assert_drag_moves(picture, picture.sliders.first)
        text = picture.text
        picture.sliders.last.focus()
        opened.page.keyboard.press("Home" if float(picture.sliders.last.input_value()) > 0 else "End")
        picture.wait_for_change(text)
        picture.root.get_by_role("button", name="Reset").click()
    assert opened.errors == []


def test_predictions_reply(opened):
    question = opened.page.locator("fieldset").first
    question.scroll_into_view_if_needed()
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button").click()
    reply = opened.page.locator("[role=status]").first
    opened.page.wait_for_function("node => node.innerText.length > 10", arg=reply.element_handle())
