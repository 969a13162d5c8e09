"""Draw lists: what is not finite leaves a gap, as in matplotlib's own pictures; fonts are named as CSS does."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers.draw_list import Recorder


@pytest.mark.parametrize(("y", "counts"), [
    ([0, 1, 2, 3], [4]),
    ([0, 1, np.nan, 3, 4, 5], [2, 3]),
    ([np.nan, np.nan, 1, 2], [2]),
    ([1, 2, np.inf], [2]),
    ([np.nan, np.nan], []),
])
def test_a_line_breaks_where_it_is_not_finite(y, counts):
    figure = Figure(figsize=(2, 2), dpi=100)
    line, = figure.subplots().plot(range(len(y)), y)
    drawn = Recorder(figure).record(line)
    assert [command[1] for command in drawn["commands"] if command[0] == "path"] == [counts]
    assert np.isfinite(np.frombuffer(drawn["points"], "<f4")).all()


def test_a_font_is_named_as_css_names_it():
    """A canvas knows numbers for weights, and ignores a font that it does not understand."""
    figure = Figure(figsize=(2, 2), dpi=100)
    text = figure.text(0.5, 0.5, "z", style="italic", weight="semibold")
    assert Recorder(figure).record(text)["commands"][-1][-1] == "italic 600"
