"""Bars and their numbers, which have to be read whatever the bar is filled with."""

import pytest
from matplotlib.colors import to_rgba

from helpers.style import PAPER, Bars, picture


@pytest.mark.parametrize(("far", "text"), [(3.0, "3.0000"), (-3.0, "-3.0000"), (1e12, "1e+12")])
def test_a_number_that_stands_on_its_bar_has_a_plate_and_no_other_has(far, text):
    _figure, (axes,) = picture(1)
    axes.set(xlim=(-0.6, 2.6), ylim=(-1, 1))
    bars = Bars(axes, 3)
    for values in ([far, 0.5, float("nan")], [-0.5, far, 0.0], [far, 0.5, float("nan")]):
        bars.show(values)
        plates = [label.get_bbox_patch() for label in bars.labels]
        beyond = values.index(far)
        assert bars.labels[beyond].get_text() == text
        assert [plate is not None for plate in plates] == [i == beyond for i in range(3)]
        assert plates[beyond].get_facecolor() == to_rgba(PAPER)
        bottom, top = sorted((0, bars.patches[beyond].get_height()))
        assert bottom < bars.labels[beyond].get_position()[1] < top
