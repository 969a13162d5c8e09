"""Predictions: the reply to each answer, and the widget that shows it."""

from pathlib import Path

import pytest

from helpers.checks.predicting import Question
from tests.checks.made_up import lesson

HELPERS = Path(__file__).parents[2] / "helpers"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def made():
    yield lesson()
    Question.close_all()


def test_each_answer_gets_its_reply(made):
    shown = made.predict("total")
    assert str(shown.answer("0")) == "✓ Each is divided by the sum of all."
    assert str(shown.answer("1")) == "✗ No, these are no percents."
    assert (shown.given, shown.reply, shown.turn) == ("1", "✗ No, these are no percents.", 2)


@pytest.mark.parametrize("given", ["", "2", "-1", "x"])
def test_no_answer_picked(made, given):
    assert str(made.predict("total").answer(given)) == "Pick one of the answers first."
    assert not made.replies


@pytest.mark.parametrize(("given", "reply"), [
    ("0.25", "✓ 1 of 4."), ("0,255", "✓ 1 of 4."), ("0.33", "✗ That is 1 of 3. Count all four."),
    ("25", "✗ A share is at most 1."), ("inf", "✗ A share is at most 1."), ("−1", "✗ Divide by the sum."),
    *[(bad, "That is not a number. Write it with digits, for example 0.5.") for bad in ("", "a quarter", "nan", "1/4")],
])
def test_number(made, given, reply):
    assert str(made.predict("half").answer(given)) == reply


def test_the_browser_message_is_an_answer(made):
    shown = made.predict("total")
    shown._handle_custom_msg({"answer": "0"}, [])
    assert shown.reply.startswith("✓")
    for nonsense in ({}, {"answer": 3}, "text", None):
        shown._handle_custom_msg(nonsense, [])
    assert shown.turn == 1


def test_a_cell_run_again_shows_the_same_question_and_answer(made):
    made.predict("total").answer("1")
    again = made.predict("total")
    assert again is made.predict("total")
    assert (again.given, again.reply) == ("1", "✗ No, these are no percents.")


def test_a_closed_question_opens_anew(made):
    first = made.predict("total")
    first.close()
    assert made.predict("total") is not first


def test_saved_notebook_states_the_question(made):
    data, _metadata = made.predict("total")._repr_mimebundle_()
    assert data["text/plain"] == "What do the shares add up to?\n  1. 1\n  2. 100"
    assert WIDGET in data
    data, _metadata = made.predict("half")._repr_mimebundle_()
    assert data["text/plain"] == "Which share has 1 of [1, 3]?\n  (a number)"


def test_unknown_key_names_the_known(made):
    with pytest.raises(ValueError, match="total, half"):
        made.predict("totl")


def test_view_writes_text_never_markup():
    view = (HELPERS / "checks" / "question.js").read_text(encoding="utf-8")
    for markup in ("innerHTML", "outerHTML", "insertAdjacentHTML"):
        assert markup not in view
