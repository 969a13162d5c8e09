"""Draw lists: what is not finite leaves a gap, as in matplotlib's own pictures; fonts are named as CSS does.

A short cut comes to where the artist's own way comes.
"""

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from helpers import draw_list, style
from helpers.draw_list import Recorder


def both_ways(artist, monkeypatch) -> tuple[dict, dict]:
    """What a new recorder notes of an artist, with short cuts and without."""
    figure = artist.get_figure()
    with np.errstate(all="ignore"):     # as where a picture is drawn
        short = Recorder(figure).record(artist)
    with monkeypatch.context() as patch, np.errstate(all="ignore"):
        patch.setattr(draw_list, "SHORT_CUTS", {})
        return short, Recorder(figure).record(artist)


def assert_same(short: dict, long: dict) -> None:
    assert [command for command in short["commands"] if command[0] != "text"] == [
        command for command in long["commands"] if command[0] != "text"]
    texts = [[command for command in one["commands"] if command[0] == "text"] for one in (short, long)]
    for ours, theirs in zip(*texts, strict=True):
        assert [ours[i] for i in (3, 4, 6, 7, 8)] == [theirs[i] for i in (3, 4, 6, 7, 8)]
        assert [ours[i] for i in (1, 2, 5)] == pytest.approx([theirs[i] for i in (1, 2, 5)], abs=0.011)     # two digits
    np.testing.assert_allclose(np.frombuffer(short["points"], "<f4"), np.frombuffer(long["points"], "<f4"),
                               rtol=1e-6, atol=1e-4)
    assert short["pixels"] == long["pixels"]


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


@pytest.mark.parametrize("look", [
    *({"ha": ha, "va": va} for ha in ("left", "center", "right") for va in ("bottom", "baseline", "center", "top")),
    {"va": "center_baseline"}, {"rotation": 30}, {"rotation": 90, "va": "top"}, {"alpha": 0.3},
    {"color": (1, 0, 0, 0.4)},
    {"text": "two\nlines"}, {"text": "$x^2$"}, {"text": ""}, {"text": "q\u2082 = \u22121.5"}, {"text": "Ag"},
    {"position": (np.nan, 0.5)}, {"visible": False}, {"clip_on": True}, {"linespacing": 2.0}, {"fontsize": 7},
    {"weight": "bold", "style": "italic"}, {"bbox": {"facecolor": "white"}}, {"wrap": True},
], ids=str)
def test_a_text_is_recorded_as_its_own_way_would(look, monkeypatch):
    with style.look():
        _, (axes,) = style.picture()
        axes.set(xlim=(-2, 3), ylim=(0, 7))
        text = axes.text(0.3, 2.5, "0.4467", animated=True)
        text.set(**look)
        assert_same(*both_ways(text, monkeypatch))


@pytest.mark.parametrize("look", [
    {}, {"hatch": "///", "edgecolor": "white", "facecolor": "#b85000"}, {"alpha": 0.3}, {"facecolor": "none"},
    {"facecolor": (0, 0, 1, 0.2)}, {"linewidth": 2}, {"height": 0}, {"height": -2}, {"width": np.nan},
    {"height": np.inf}, {"height": 1e30}, {"angle": 20}, {"visible": False}, {"clip_on": False}, {"snap": False},
    {"joinstyle": "round", "capstyle": "round"},
    pytest.param({"clip_path": Rectangle((0, 0), 1, 1)}, id="clip_path"),     # str would tell its address in memory
], ids=str)
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_rectangle_is_recorded_as_its_own_way_would(look, scale, monkeypatch):
    with style.look():
        _, (axes,) = style.picture()
        axes.set(xlim=(-2, 3), ylim=(0.5, 7), yscale=scale)
        bar = axes.add_patch(Rectangle((0.3, 0.7), 1.5, 3.0, linewidth=0, animated=True))
        bar.set(**look)
        assert_same(*both_ways(bar, monkeypatch))


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_short_cuts_are_taken(scale, monkeypatch):
    figure = Figure(figsize=(2, 2), dpi=100)
    axes = figure.subplots()
    axes.set(yscale=scale, ylim=(0.1, 10))
    text, bar = axes.text(0, 1, "0.5"), axes.bar([0], [1], bottom=1, linewidth=0).patches[0]
    for artist in (text, bar):
        monkeypatch.setattr(artist, "draw", None)
        assert Recorder(figure).record(artist)["commands"]


@pytest.mark.parametrize("change", [
    {"ylim": (1, 9)}, {"yscale": "log"}, {"position": (0.3, 0.2, 0.5, 0.6)}], ids=str)
def test_what_is_kept_of_a_transform_follows_it(change):
    """A recorder that knew the axes before the change notes what a new one does."""
    figure = Figure(figsize=(2, 2), dpi=100)
    axes = figure.subplots()
    axes.set(xlim=(0, 4), ylim=(0.5, 7))
    artists = axes.text(1, 2, "0.5"), axes.add_patch(Rectangle((2, 1), 1, 3, linewidth=0))
    recorder = Recorder(figure)
    before = [recorder.record(artist) for artist in artists]
    axes.set(**change)
    after = [recorder.record(artist) for artist in artists]
    assert after == [Recorder(figure).record(artist) for artist in artists] != before


def test_few_transforms_are_kept():
    figure = Figure(figsize=(2, 2), dpi=100)
    recorder = Recorder(figure)
    for i in range(3 * draw_list.MOST_KEPT):
        text = figure.text(i, 0, "0.5", transform=Affine2D())
        assert recorder.record(text)["commands"][0][1] == i
        assert len(recorder._places) <= draw_list.MOST_KEPT


def test_a_number_is_as_wide_as_its_digits():
    font = FontProperties(family="DejaVu Sans", size=9)
    for signs in itertools.product(sorted(draw_list.UNKERNED), repeat=3):
        words = "".join(signs)
        assert draw_list._text_size(words, font, False) == pytest.approx(
            text_to_path.get_text_width_height_descent(words, font, False), abs=1e-9)
