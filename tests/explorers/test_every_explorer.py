"""What every explorer has to keep, found by itself: a new explorer needs no line here.

An explorer is a public function of a module in `helpers.explorers` that `helpers.live.explorer` has marked.
"""

import gc
import importlib
import inspect
import io
import pkgutil
import sys
import weakref
from itertools import islice, pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

import helpers.explorers
from helpers import style
from helpers.live import Choice, Live, Pad, Slider
from helpers.style import short
from tests.helpers.test_draw_list import assert_same, both_ways

EXPLORERS = {
    f"{module.name}.{name}": function
    for module in pkgutil.iter_modules(helpers.explorers.__path__)
    for name, function in vars(importlib.import_module(f"helpers.explorers.{module.name}")).items()
    if getattr(function, "is_explorer", False)
}
MOVES = 10_000     # over all explorers together, and all of them on the one that lesson 05 turns on


@pytest.fixture(params=EXPLORERS)
def explore(request):
    return EXPLORERS[request.param]


@pytest.fixture
def picture(explore):
    return explore()


def controls_of(picture: Live) -> list[Slider | Choice | Pad]:
    return list(picture._controls.values())


def places(control) -> list:
    """Both ends, the start, and the nearest step beside each."""
    if isinstance(control, Choice):
        return list(control.options)
    if isinstance(control, Pad):
        return [tuple([float(ink)] * len(control.value)) for ink in (0, 1)] + [control.take(control.value)]
    low, high, step = control.low, control.high, control.step
    return [low, low + step, high - step, high, (low + high) / 2, control.value]


def walk(picture: Live, steps: int, seed: int = 0):
    """Values for a random walk over all controls, now and then to an end."""
    random = np.random.default_rng(seed)
    for _step in range(steps):
        control = controls_of(picture)[random.integers(len(controls_of(picture)))]
        if isinstance(control, Choice):
            yield {control.name: str(random.choice(list(control.options)))}
        elif isinstance(control, Pad):
            yield {control.name: tuple(np.round(random.uniform(0, 1, len(control.value)), 3).tolist())}
        else:
            low, high, step = control.low, control.high, control.step
            value = random.choice([low, high, random.uniform(low, high)], p=[0.1, 0.1, 0.8])
            yield {control.name: round(round(float(value) / step) * step, 10)}


def settings(picture: Live, steps: int, seed: int = 5):
    """The values of a picture at its start, at each preset and along a random walk."""
    yield picture.values
    for values in [*(preset["values"] for preset in picture.presets), *walk(picture, steps, seed)]:
        picture.move(**values)
        assert picture.trouble is None
        yield picture.values


def test_a_short_cut_comes_to_where_the_artists_own_way_comes(picture, monkeypatch):
    for _ in settings(picture, 4):
        for artist in picture._moving:
            assert_same(*both_ways(artist, monkeypatch))


def test_the_stored_picture_is_what_matplotlib_draws(picture):
    for _ in islice(settings(picture, 3), 0, None, 2):
        stored = Image.open(io.BytesIO(picture.png()))
        with style.look():
            canvas = FigureCanvasAgg(picture.figure)
            for artist in picture._moving:
                artist.set_animated(False)
            canvas.draw()
            for artist in picture._moving:
                artist.set_animated(True)
            FigureCanvasBase(picture.figure)
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        assert stored.size == drawn.size
        stored, drawn = (np.asarray(image.reduce(4), float) for image in (stored, drawn))     # a text may move a pixel
        difference = np.abs(stored - drawn)
        assert difference.mean() < 1.5
        assert (difference > 80).mean() < 0.005     # no artist is missing or out of place


def preset(picture: Live, label: str) -> Live:
    """Press a preset's button."""
    picture.move(**{one["label"]: one["values"] for one in picture.presets}[label])
    return picture


def assert_good(picture: Live) -> None:
    assert picture.trouble is None, f"{picture.trouble} at {picture.values}"
    assert picture.text.startswith(f"{picture.name}: ")
    for control in controls_of(picture):
        value = picture.values[control.name]
        if isinstance(control, Slider):
            assert short(value) in picture.text, f"{control.name} = {short(value)} is not in: {picture.text}"
    assert "object at 0x" not in picture.text and "np.float" not in picture.text
    points = np.frombuffer(picture.frame["points"], "<f4")
    assert np.isfinite(points).all()


def test_there_are_explorers():
    assert EXPLORERS


def test_is_named_as_a_verb_and_documented(explore):
    assert explore.__name__.startswith("explore_")
    assert inspect.getdoc(explore)


def test_starts_without_arguments(picture):
    assert isinstance(picture, Live)
    assert_good(picture)
    assert picture.frame["commands"], "nothing moves"


def test_every_control_goes_to_its_ends(picture):
    for control in controls_of(picture):
        for place in places(control):
            before = picture.text
            changed = place != picture.values[control.name]
            picture.move(**{control.name: place})
            assert_good(picture)
            assert (picture.text != before) or not changed, f"the numbers do not follow {control.name}"
        picture.reset()


def test_every_control_moves_the_picture(picture):
    """At one of a few settings at least: a control may well be without effect at others."""
    for control in controls_of(picture):
        seen = set()
        for values in [{}, *walk(picture, 8)]:
            picture.move(**values)
            for place in places(control):
                picture.move(**{control.name: place})
                seen.add((str(picture.frame["commands"]), picture.frame["points"], picture.frame["pixels"]))
            if len(seen) > 1:
                break
        assert len(seen) > 1, f"{control.name} moves nothing"
        picture.reset()


def test_presets(picture):
    assert len({preset["label"] for preset in picture.presets}) == len(picture.presets)
    for preset in picture.presets:
        picture.move(**preset["values"])
        assert_good(picture)
        assert picture.values.items() >= preset["values"].items()


def test_random_walk(picture):
    for values in walk(picture, 300, seed=1):
        picture.move(**values)
        assert_good(picture)


def test_reset_gives_the_first_frame_again(picture):
    first = picture.frame
    for values in walk(picture, 30, seed=2):
        picture.move(**values)
    picture.reset()
    assert picture.frame == first


def test_a_frame_depends_on_its_values_alone(explore):
    """Two pictures that came to the same values show the same, whatever else was moved in the meantime.

    Where the way itself is a value (a track, a best result), both go the same way.
    """
    one, other = explore(), explore()
    for values in walk(one, 40, seed=3):
        one.move(**values)
    for values in walk(other, 40 if other._remember else 15, seed=3 if other._remember else 4):
        other.move(**values)
    other.move(**one.values)
    assert one.frame == other.frame


def test_saved_form(picture):
    data, metadata = picture._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == picture.text == metadata["image/png"]["alt"]
    picture.move(**next(walk(picture, 1)))
    assert_good(picture)


def test_no_figure_is_left_open(explore):
    for _ in range(3):
        explore()._repr_mimebundle_()
    assert plt.get_fignums() == []


def test_closed_it_holds_nothing_any_more_and_says_so(explore, capsys):
    """IPython keeps the pictures of all the runs of a cell: what they were drawn with must not stay with them."""
    picture = explore()
    picture._on_message(picture, {"view": "mine", "hold": next(iter(picture._controls)), "by_keys": False}, [])
    for values in walk(picture, 3, seed=8):
        picture.move(**values)
    figure, follow = weakref.ref(picture.figure), weakref.ref(picture._follow)
    picture.close()
    picture.close()
    gc.collect()
    assert figure() is None and follow() is None
    with pytest.raises(ValueError, match="closed"):
        picture.move(**values)
    picture._ipython_display_()
    assert "closed" in capsys.readouterr().out
    kept = weakref.ref(picture)
    del picture
    gc.collect()
    assert kept() is None


def test_memory_is_flat(explore):
    picture = explore()
    moves = MOVES if explore.__name__ == "explore_softmax" else MOVES // len(EXPLORERS)
    way, rounds = list(walk(picture, 50, seed=7)), moves // 50
    looks, blocks = {rounds * quarter // 4 for quarter in (1, 2, 3, 4)}, []
    for i in range(1, rounds + 1):
        picture.reset()
        for values in way:
            picture.move(**values)
        if i in looks:
            gc.collect()
            blocks.append(sys.getallocatedblocks())
    # A leak grows in each part of the way; caches that fill, here or in what ran before, only in the first.
    assert min(after - before for before, after in pairwise(blocks)) < 100


# ---- The learner's own function -----------------------------------------------------------------------------------

def raises(*_):
    raise ZeroDivisionError("planted")


def learners(explore) -> list[str]:
    """The arguments that take a function of the learner's."""
    return [name for name, parameter in inspect.signature(explore).parameters.items() if callable(parameter.default)]


TAKES_A_FUNCTION = {name: explore for name, explore in EXPLORERS.items() if learners(explore)}
BROKEN = {
    "returns nothing": lambda *_: None,
    "raises": raises,
    "is a word": lambda *_: "word",
    "has another shape": lambda *_: np.zeros((7, 7)),
    "takes no argument": lambda: 1.0,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("explore", TAKES_A_FUNCTION.values(), ids=TAKES_A_FUNCTION)
def test_broken_function_gives_a_sentence(explore, broken):
    for name in learners(explore):
        picture = explore(**{name: broken})
        assert picture.trouble["sentence"] and "\n" not in picture.trouble["sentence"]
        assert "fault" not in picture.trouble["sentence"]
        data, _ = picture._repr_mimebundle_()
        assert picture.trouble["sentence"] in data["text/plain"]


@pytest.mark.parametrize("explore", TAKES_A_FUNCTION.values(), ids=TAKES_A_FUNCTION)
def test_nan_is_shown_as_nan(explore):
    for name in learners(explore):
        good = inspect.signature(explore).parameters[name].default
        picture = explore(**{name: lambda *args, good=good: good(*args) * np.nan})
        assert picture.trouble is None
        assert "nan" in picture.text


@pytest.mark.parametrize("explore", TAKES_A_FUNCTION.values(), ids=TAKES_A_FUNCTION)
@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300, -1e300])
def test_huge_values_are_survived(explore, value):
    for name in learners(explore):
        good = inspect.signature(explore).parameters[name].default
        picture = explore(**{name: lambda *args, good=good: np.full_like(good(*args), value)})
        assert picture.trouble is None


@pytest.mark.parametrize("explore", TAKES_A_FUNCTION.values(), ids=TAKES_A_FUNCTION)
def test_last_good_frame_stays_and_the_next_good_value_clears_the_trouble(explore):
    for name in learners(explore):
        good = inspect.signature(explore).parameters[name].default
        broken = []

        def sometimes(*args, good=good, broken=broken):
            return raises() if broken else good(*args)

        picture = explore(**{name: sometimes})
        shown = picture.frame
        broken.append(True)
        picture.move(**next(walk(picture, 1, seed=8)))
        assert "ZeroDivisionError" in picture.trouble["sentence"] + picture.trouble["where"]
        assert {**picture.frame, "trouble": None} == shown
        broken.clear()
        picture.reset()
        assert picture.trouble is None
        assert picture.frame == shown


def test_a_loop_without_end_is_stopped():
    def loops(z):
        while True:
            z = z + 0

    picture = EXPLORERS["softmax.explore_softmax"](loops)
    assert "3 seconds" in picture.trouble["sentence"]
