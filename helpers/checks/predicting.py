"""Predictions: a question to commit to before the reveal, and a reasoned reply to the very answer given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from helpers.words import _


@dataclass(frozen=True)
class Reply:
    """What the learner is told: a sentence, and whether the answer was right (None: no answer to judge)."""

    sentence: str
    right: bool | None = None

    def __str__(self) -> str:
        sign = {True: "✓ ", False: "✗ ", None: ""}[self.right]
        return sign + self.sentence


@dataclass(frozen=True)
class Choice:
    """A question with a few answers to pick from.

    Parameters
    ----------
    question : str
        The question.
    options : sequence of (str, str)
        Each answer and the reply to it: why it is right, or what speaks against it.
    right : int or sequence of int
        Which answers are right, counted from 0.

    Examples
    --------
    >>> sky = Choice("Which colour has the sky?", [("Blue", "By day."), ("Green", "Look up.")], right=0)
    >>> print(sky)
    Which colour has the sky?
      1. Blue
      2. Green
    >>> print(sky.reply("1"))
    ✗ Look up.
    """

    question: str
    options: Sequence[tuple[str, str]]
    right: int | Sequence[int]

    @property
    def choices(self) -> list[str]:
        """The answers' texts."""
        return [text for text, _reply in self.options]

    def reply(self, given: str) -> Reply:
        """Return the reply to the answer with this index, written as text."""
        if given not in map(str, range(len(self.options))):
            return Reply(_("Pick one of the answers first."))
        right = (self.right,) if isinstance(self.right, int) else self.right
        return Reply(self.options[int(given)][1], int(given) in right)

    def __str__(self) -> str:
        return "\n".join([self.question, *(f"  {n}. {text}" for n, text in enumerate(self.choices, start=1))])


@dataclass(frozen=True)
class Number:
    """A question whose answer is a number.

    Parameters
    ----------
    question : str
        The question.
    right : float
        The answer.
    yes : str
        The reply to the right answer: why it is right.
    otherwise : str
        The reply to any other wrong answer.
    replies : sequence of ((low, high) or callable, str)
        Replies to particular wrong answers: those from low to high, or those for which a function of the number is
        true. The first that fits is given.
    tolerance : float
        How far a right answer may be away.

    Examples
    --------
    >>> legs = Number("How many legs has a spider?", 8, "Four pairs.", "Count them.", [((6, 6), "That is an insect.")])
    >>> print(legs.reply("6"), legs.reply("8.0"), legs.reply("many"))
    ✗ That is an insect. ✓ Four pairs. That is not a number. Write it with digits, for example 0.5.
    """

    question: str
    right: float
    yes: str
    otherwise: str
    replies: Sequence[tuple[tuple[float, float] | Callable[[float], bool], str]] = ()
    tolerance: float = 1e-9

    choices = ()

    def reply(self, given: str) -> Reply:
        """Return the reply to a number, written as text."""
        try:
            number = float(given.replace(",", ".").replace("−", "-"))
        except ValueError:
            number = float("nan")
        if number != number:
            return Reply(_("That is not a number. Write it with digits, for example 0.5."))
        if abs(number - self.right) <= self.tolerance:
            return Reply(self.yes, True)
        for fits, sentence in self.replies:
            if fits(number) if callable(fits) else fits[0] <= number <= fits[1]:
                return Reply(sentence, False)
        return Reply(self.otherwise, False)

    def __str__(self) -> str:
        return self.question + "\n  " + _("(a number)")


class Question(anywidget.AnyWidget):
    """The view of one prediction: native radio buttons or a number field, a button, and the reply.

    The browser sends what was answered; the reply is found here and goes to every view of the question.
    """

    _esm = Path(__file__).with_name("question.js")
    _css = Path(__file__).with_name("question.css")
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)  # none: a number is asked for
    words = traitlets.Dict().tag(sync=True)
    given = traitlets.Unicode().tag(sync=True)
    reply = traitlets.Unicode().tag(sync=True)
    turn = traitlets.Int().tag(sync=True)  # grows with each answer, so that the same reply twice is seen as an answer

    def __init__(self, prediction: Choice | Number, answered: Callable[[Reply], None]) -> None:
        super().__init__()
        self._answered = answered
        self.ask(prediction)
        self.on_msg(self._receive)

    def ask(self, prediction: Choice | Number) -> None:
        """Show a prediction; what was answered before stays."""
        self._prediction = prediction
        with self.hold_sync():
            self.question = prediction.question
            self.choices = list(prediction.choices)
            self.words = {"answer": _("Answer"), "number": _("Your number"),
                          "waiting": _("Waiting for the kernel. If nothing comes, run this cell again.")}
            if self.turn:
                self.reply = str(prediction.reply(self.given))

    def answer(self, given: str) -> Reply:
        """Take an answer as the browser sends it, show the reply in every view, and return it."""
        reply = self._prediction.reply(given)
        with self.hold_sync():
            self.given, self.reply, self.turn = given, str(reply), self.turn + 1
        self._answered(reply)
        return reply

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and isinstance(content.get("answer"), str):
            self.answer(content["answer"])

    def _repr_mimebundle_(self, **keywords: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**keywords)
        return {**data, "text/plain": str(self._prediction)}, metadata
