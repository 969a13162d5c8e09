"""A lesson made up for the engine's tests: a function, three other answers, two predictions."""

import numpy as np

from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.words import _


def share(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """Divide each number by the sum, without overflow."""
    largest = np.max(np.abs(x), axis=axis, keepdims=True)
    return x / largest / np.sum(x / largest, axis=axis, keepdims=True)


def lesson() -> Lesson:
    """Return the lesson, new."""
    made = Lesson()

    @made.exercise("1.1")
    def check_share() -> Function:
        return Function(
            share,
            examples=[Given([1.0, 3.0]), Given([2.0, 3.0, 5.0]), Given([[1.0, 2.0], [3.0, 5.0]])],
            mistakes=[Like(lambda x: x / x.max(), _("You divide by the largest. Look at what should add up to 1.")),
                      When(lambda returned, x: returned.min() < 0, _("A share is negative. Look at the signs."))],
            fragile=[Fragile(Given([1e308, 1e308]), _("It overflows for huge numbers. Look at the sum.")),
                     Fragile([Given([[1.0, 2.0], [3.0, 5.0]], axis=0)], _("It ignores `axis`. Look at the sum.")),
                     Fragile(Given(np.array([1, 3], np.float32)), _("It loses float32. Look at constants."),
                             dtype=True)],
            right=_("Its outputs sum to 1."),
        )

    @made.exercise("1.2")
    def check_slope() -> Answer:
        return Answer(
            like={"w": 0.0, "b": 0.0},
            tests=[(lambda w, b: w != 0, _("With w = 0 the line is flat. Look at the slope.")),
                   (lambda w, b: abs(-b / w - 3) < 1e-6,
                    lambda w, b: _("It crosses at {x:.2f}. Look at b.").format(x=-b / w))],
            fragile=[(lambda w, b: w > 0, _("It crosses at 3, but falls. Look at the sign of w."))],
            title=_("A line through 3"),
        )

    @made.exercise("1.3")
    def check_kinds() -> Answer:
        return Answer(like=["one", "many"],
                      tests=[(lambda a: a[0] == "one", _("The first has one label. Look at `or`.")),
                             (lambda a: a[1] == "many", _("The second has many labels. Look at `and`."))])

    @made.exercise("1.4")
    def check_split() -> Function:
        return Function(lambda x: (float(np.sum(x)), x[x > 0]), examples=[Given([1.0, -2.0])],
                        judge=lambda returned, x: None if returned[0] == -1 else _("The sum is wrong. Look at it."))

    @made.exercise("1.5")
    def check_weights() -> Answer:
        return Answer(like=[0.0, 0.0, 0.0], tests=[(lambda w: w[1] > 0, _("The second is not positive. Raise it."))])

    @made.prediction
    def total() -> Choice:
        return Choice(_("What do the shares add up to?"),
                      [(_("1"), _("Each is divided by the sum of all.")), (_("100"), _("No, these are no percents."))],
                      right=0)

    @made.prediction
    def half() -> Number:
        return Number(_("Which share has 1 of [1, 3]?"), right=0.25, tolerance=0.01, yes=_("1 of 4."),
                      replies=[((0.3, 0.4), _("That is 1 of 3. Count all four.")),
                               (lambda a: a > 1, _("A share is at most 1."))], otherwise=_("Divide by the sum."))

    return made
