"""The map of lesson 00 is shown in a real JupyterLab before anything is run."""

import pytest

pytestmark = pytest.mark.browser


def test_the_map_is_shown(fresh_lab):
    fresh_lab.open("notebooks/00_start_here.ipynb")
    cell = fresh_lab.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
        cell => cell.model.id === 'map-picture')""")
    fresh_lab.scroll_to(cell)
    picture = fresh_lab.cell(cell).locator("img")
    fresh_lab.page.wait_for_function("img => img.complete && img.naturalWidth > 1000", arg=picture.element_handle())
    alternative = picture.get_attribute("alt")
    assert alternative.startswith("Map of the lessons.") and "05 Softmax builds on 04." in alternative
    box, page = picture.bounding_box(), fresh_lab.page.locator(".jp-Notebook").first.bounding_box()
    assert 400 < box["width"] <= page["width"]
    corner = """img => {
        const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
        const g = canvas.getContext('2d');
        g.drawImage(img, 0, 0, 1, 1, 0, 0, 1, 1);
        return g.getImageData(0, 0, 1, 1).data[3];
    }"""
    assert picture.evaluate(corner) == 0     # it stands on the page's own background, light or dark
