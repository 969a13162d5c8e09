"""The live picture's engine: what it takes, what it refuses, and what a cell that is run again leaves behind."""

import json
import re
import threading

import matplotlib
import numpy as np
import pytest
import scipy.special
from jupyter_client.manager import start_new_kernel

from helpers import style, words
from helpers.explorers.logistic import explore_family
from helpers.explorers.softmax import explore_softmax
from helpers.live import Choice, Live, Pad, Slider, explorer


@explorer
def explore_square(square=np.square) -> Live:
    """A parabola with a moving point."""
    figure, (ax,) = style.picture()
    point, = ax.plot([0], [0], "o", animated=True)

    def follow(x, colour):
        point.set(data=([x], [square(x)]), color=colour)
        return f"square: x = {style.short(x)}, {colour} → {style.short(square(x))}"

    return Live("square", figure, follow, [
        Slider("x", "x", 1, -2, 2), Choice("colour", "c", "red", {"red": "r", "blue": "b"})])


def test_moves_from_code():
    picture = explore_square()
    picture.move(x=1.5, colour="blue")
    assert picture.text == "square: x = 1.5, blue → 2.25"


def test_keeps_to_the_limits():
    picture = explore_square()
    picture.move(x=1000)
    assert picture.values["x"] == 2
    picture.move(x=float("-inf"))
    assert picture.values["x"] == -2
    picture.move(x=-0.0)
    assert picture.text == "square: x = 0, red → 0"


@pytest.mark.parametrize(("values", "told"), [
    ({"x": float("nan")}, "x needs a number from -2 to 2."),
    ({"x": "wide"}, "x needs a number from -2 to 2."),
    ({"x": None}, "x needs a number from -2 to 2."),
    ({"x": 10**400}, "x needs a number from -2 to 2."),
    ({"colour": "green"}, "c is one of red, blue."),
    ({"colour": []}, "c is one of red, blue."),
    ({"y": 1}, "There is no control 'y'; there are x, colour."),
])
def test_refuses_what_is_no_value(values, told):
    picture = explore_square()
    with pytest.raises(ValueError, match=re.escape(told)):
        picture.move(**values)
    assert picture.values == {"x": 1, "colour": "red"}


@pytest.mark.parametrize("sent", [
    {"x": None}, {"x": "<b>"}, {"x": []}, {"colour": 3}, {"colour": []}, {"other": 1}, {}])
def test_a_front_end_that_sends_nonsense_changes_nothing(sent):
    picture = explore_square()
    before = picture.frame
    picture.set_state({"values": sent})
    assert picture.values == {"x": 1, "colour": "red"}
    assert picture.frame == before


@explorer
def explore_ink() -> Live:
    """A page and the sum of its ink."""
    figure, (ax,) = style.picture()
    point, = ax.plot([0], [0], "o", animated=True)

    def follow(page, x):
        point.set_data([x], [sum(page)])
        return f"ink: x = {style.short(x)} → {style.short(sum(page))}"

    return Live("ink", figure, follow, [Pad("page", "page", [0, 0.5, 0, 0, 0, 1], rows=2, columns=3),
                                        Slider("x", "x", 0, 0, 9)], {"Full": {"page": [1] * 6}})


def test_a_pad_is_a_tuple_from_0_to_1():
    picture = explore_ink()
    assert picture.values["page"] == (0, 0.5, 0, 0, 0, 1) and picture.text == "ink: x = 0 → 1.5"
    picture.move(page=np.array([[0.25, -3, float("inf"), 0, -0.0, 1]]).ravel())
    assert picture.values["page"] == (0.25, 0, 1, 0, 0, 1) and picture.text == "ink: x = 0 → 2.25"
    assert all(type(v) is float and str(v) != "-0.0" for v in picture.values["page"])
    picture.move(**picture.presets[0]["values"])
    assert picture.text == "ink: x = 0 → 6"
    picture.reset()
    assert picture.text == "ink: x = 0 → 1.5"


@pytest.mark.parametrize("value", [None, 1, "ink", [1] * 5, [[1] * 6], [1] * 5 + [float("nan")], [1] * 5 + ["x"],
                                   [1] * 5 + [10**400], [[1, 2], [3], [4], [5], [6], [7]], {}])
def test_what_is_no_page_is_refused(value):
    picture = explore_ink()
    with pytest.raises(ValueError, match=re.escape("page needs 6 numbers from 0 to 1.")):
        picture.move(page=value)
    before = picture.frame
    picture.set_state({"values": {"page": value, "x": 0}})
    assert picture.values["page"] == (0, 0.5, 0, 0, 0, 1) and picture.frame == before


def test_a_page_from_the_front_end_is_one_frame():
    """It comes as a list; the answer carries the values by which the page knows it again."""
    picture = explore_ink()
    answers = picture.answers
    picture.set_state({"values": {"page": [0.5] * 6, "x": 2}})
    assert picture.answers == answers + 1 and picture.text == "ink: x = 2 → 3"
    assert json.dumps(picture.of["values"]) == json.dumps({"page": [0.5] * 6, "x": 2.0})


def test_frames_are_drawn_ahead_beside_a_page():
    """A hand on the slider beside it: a sweep, for this page alone; a hand on the pad: none."""
    picture = explore_ink()
    picture._on_message(picture, {"view": "v", "hold": "x"}, [])
    base = picture.sweep._basis()
    picture.move(page=[1] * 6)
    assert picture.sweep._basis() != base
    picture._on_message(picture, {"view": "v", "hold": "page"}, [])
    assert picture.sweep is None


def test_reset_is_one_frame():
    picture = explore_square()
    picture.move(x=2)
    frames = []
    picture.observe(lambda change: frames.append(change["new"]["text"]), "frame")
    picture.reset()
    assert frames == ["square: x = 1, red → 1"]


def test_reset_from_the_front_end_forgets():
    figure, (ax,) = style.picture()
    line, = ax.plot([], [], animated=True)

    def remember(memory, x):
        return [*(memory or []), x]

    def follow(x, memory):
        line.set_data(memory, memory)
        return f"track: {memory}"

    picture = Live("track", figure, follow, [Slider("x", "x", 0, 0, 9, 1)], remember=remember)
    picture.move(x=3)
    picture.move(x=5)
    assert picture.text == "track: [0.0, 3.0, 5.0]"
    picture.set_state({"values": {"x": 0}, "resets": 1})
    assert picture.text == "track: [0.0]"


def test_every_change_is_answered_even_by_an_equal_frame():
    """An equal frame is not sent again; without an answer the page would take the kernel for dead."""
    def raises(z):
        raise ValueError("planted")

    picture = explore_softmax(raises)
    frame, answers = picture.frame, picture.answers
    picture.move(z0=3)
    assert (picture.frame, picture.answers) == (frame, answers + 1)
    picture.set_state({"resets": 1})
    assert (picture.frame, picture.answers) == (frame, answers + 2)


def test_an_answer_tells_which_move_it_knew():
    """Also where the hand was back before anything was sent, and where a frame is the same."""
    picture = explore_softmax()
    picture.set_state({"values": {**picture.values, "z0": 3.0}, "by": ["v", 1]})
    assert picture.of == {"values": picture.values, "resets": 0, "by": ["v", 1], "asked": None}
    answers = picture.answers
    picture.set_state({"by": ["v", 3]})
    assert (picture.of["by"], picture.answers) == (["v", 3], answers + 1)


def test_what_was_lost_on_the_way_is_sent_again():
    """A view that was cut off asks past ipywidgets: it gets the frame, drawn anew or as it stands, and one answer."""
    picture = explore_softmax()
    sent = []
    picture.send_state = lambda key=None: sent.append(key)
    for values in ({**picture.values, "z0": 3.0}, {**picture.values, "z0": 3.0}):
        answers = picture.answers
        sent.clear()
        picture._on_message(picture, {"view": "v", "asked": "a", "values": values, "resets": 0, "by": ["v", 1]}, [])
        assert picture.answers == answers + 1 and ["frame"] in sent
        assert "z = [3, 0.76, 1.65]" in picture.text
        assert picture.of == {"values": values, "resets": 0, "by": ["v", 1], "asked": "a"}


def test_while_nothing_was_ever_drawn_the_numbers_tell_the_latest_trouble():
    errors = [ValueError("first"), KeyError("second")]

    def raises(z):
        raise errors.pop(0)

    picture = explore_softmax(raises)
    picture.move(z0=3)
    assert picture.text == f"softmax: {picture.trouble['sentence']}"
    assert "second" in picture.text


@pytest.mark.filterwarnings("error")
def test_numpy_set_to_raise_changes_nothing():
    picture = explore_softmax()
    picture.move(z0=5, T=0.01)
    before = np.seterr(all="raise")
    try:
        strict = explore_softmax()
        strict.move(z0=5, T=0.01)
        assert strict.frame == picture.frame
    finally:
        np.seterr(**before)


def test_a_fault_of_the_explorer_itself_is_shown():
    figure, (ax,) = style.picture()
    ax.plot([0], [0], animated=True)
    picture = Live("broken", figure, lambda x: {}["planted"], [Slider("x", "x", 0, 0, 1)])
    assert "fault" in picture.trouble["sentence"]
    assert "KeyError: 'planted'" in picture.trouble["where"]


def test_the_notebooks_style_does_not_reach_the_picture():
    plain = explore_softmax().png()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black", "font.family": "serif"}):
        assert explore_softmax().png() == plain


def test_a_style_set_later_does_not_reach_the_stored_picture():
    picture = explore_family()
    plain = picture.png()
    with matplotlib.rc_context({"axes.unicode_minus": False, "path.snap": False}):
        assert picture.png() == plain


def test_every_word_of_the_front_end_is_translatable(monkeypatch):
    class Marked:
        def gettext(self, message):
            return f"⟦{message}⟧"

    monkeypatch.setattr(words, "_catalogue", Marked())
    picture = explore_softmax()
    assert all(word.startswith("⟦") for word in picture.words.values())
    assert all(preset["label"].startswith("⟦") for preset in picture.presets)
    assert picture.text.startswith("⟦softmax: ")


def test_a_cell_run_again_closes_its_earlier_picture():
    manager, client = start_new_kernel()
    try:
        def run(code, cell):
            content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False,
                       "user_expressions": {}, "stop_on_error": True}
            message = client.session.msg("execute_request", content, metadata={"cellId": cell})
            client.shell_channel.send(message)
            while True:
                heard = client.get_iopub_msg(timeout=60)
                if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                    continue
                assert heard["msg_type"] != "error", heard["content"]
                if heard["msg_type"] == "stream":
                    return heard["content"]["text"].strip()
                if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
                    return None

        show = ("from helpers.explorers.softmax import explore_softmax\n"
                "first = explore_softmax()\nexplore_softmax()")
        for _ in range(4):
            run(show, "a")
        run(show, "b")
        count = ("import gc\nfrom matplotlib.figure import Figure\nfrom helpers.live import Live\n"
                 "gc.collect()\nthere = gc.get_objects()\n"
                 "print(sum(isinstance(t, Live) and t.comm is not None for t in there),\n"
                 "      sum(isinstance(t, Figure) for t in there), len(Out))")
        assert run(count, "c") == "4 4 5"     # two of cell a, two of cell b; IPython keeps what each run ended with
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_moved_from_two_threads_at_once():
    """A slider may be answered beside a running cell that moves the same picture: no frame mixes the two."""
    frames = []
    picture = explore_softmax()
    picture.observe(lambda change: frames.append(change["new"]), "frame")

    def move(name):
        for i in range(100):
            picture.move(**{name: i / 100})

    threads = [threading.Thread(target=move, args=(name,)) for name in ("z0", "z1")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for frame in [*frames, picture.frame]:
        assert frame["trouble"] is None
        z, p = (np.array(json.loads(found)) for found in re.findall(r"[zp] = (\[[^]]*\])", frame["text"])[:2])
        assert np.allclose(scipy.special.softmax(z), p, atol=1e-4)
        bars = [command for command in frame["commands"] if command[0] == "text"]
        assert {f"{v:.4f}" for v in p} <= {command[3] for command in bars}


def test_the_static_view_says_the_numbers_and_is_no_markup(monkeypatch):
    def softmax(z):
        raise ValueError("<b>")

    shown = []
    monkeypatch.setattr("helpers.live.display", lambda data, **_: shown.append(data))
    explore_softmax(softmax)._ipython_display_()
    picture, beside = shown
    assert set(picture) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert "&lt;b&gt;" in beside["text/html"] and "<b>" not in beside["text/html"]
    assert beside["text/plain"].startswith("No sliders here?")
