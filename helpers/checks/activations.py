"""Feedback on lesson 03: activations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers import activations
from helpers.activations import logistic
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, Verdict, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

LEAST, MOST = 0.5, 2      # of a small change, so much has to arrive in exercise 3.3, and not more
LAYERS, UNITS = 10, 100


def passed_on(W: np.ndarray) -> np.ndarray:
    """W with a row [1, 0, 0, …] on top, which passes the bias input on to the next layer."""
    return np.vstack([np.eye(1, W.shape[1]), W])


def arrives(f: Callable, scale: float) -> float:
    """Part of a small change of the input that arrives behind ten layers; the lesson's own function, written again."""
    rng = np.random.default_rng(3)
    x, step = rng.normal(size=(2, UNITS))
    step *= 1e-5
    h, moved = x, x + step
    for _layer in range(LAYERS):
        W = rng.normal(size=(UNITS, UNITS)) * scale / np.sqrt(UNITS)
        h, moved = f(W @ h), f(W @ moved)
    return float(np.linalg.norm(moved - h) / np.linalg.norm(step))


def _shaped(returned: Any, shape: tuple, W: np.ndarray, V: np.ndarray) -> bool:
    """Whether an array has this shape, and it is not the right one."""
    return isinstance(returned, np.ndarray) and returned.shape == shape != (len(V), W.shape[1])


# ---- exercises ----------------------------------------------------------------------------------------------------

@lesson.exercise("3.1")
def check_collapse() -> Function:
    """Feedback on `collapse(W, V)`: one layer of weights for two linear layers."""
    return Function(
        lambda W, V: V @ passed_on(W),
        examples=[
            Given([[1.0, 2.0, -1.0], [0.5, 1.0, 3.0]], [[2.0, 1.0, -1.0]]),
            Given([[-0.5, 1.0, 1.0], [-1.5, 1.0, 2.0]], [[-2.0, 3.0, -3.0], [1.0, 0.5, 2.0]]),
            Given([[1.0, -1.0]], [[0.5, 2.0], [3.0, -1.0], [0.0, 4.0]]),
            Given([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.5, -1.0], [2.0, -2.0, 1.0, 0.5]], [[1.0, -1.0, 2.0, 0.5]]),
        ],
        mistakes=[
            Like(lambda W, V: V[:, 1:] @ W,
                 _("The bias of the second layer is lost. Look at the 1 in front of the hidden outputs: which row of "
                   "weights would pass it on?")),
            Like(lambda W, V: V[:, 1:] @ W + V[:, :1],
                 _("The bias of the second layer goes into every column. Look at which input it belongs to: x₀ "
                   "alone.")),
            Like(lambda W, V: V[:, 1:] @ W - V[:, :1] * np.eye(1, W.shape[1]),
                 _("The bias of the second layer is subtracted. Look at its sign in the net input.")),
            Like(lambda W, V: V[:, :-1] @ W,
                 _("The last column of V is left out, and its first is multiplied with a hidden unit. Look at where "
                   "the bias stands: in front.")),
            Like(lambda W, V: V @ np.vstack([W, np.eye(1, W.shape[1])]),
                 _("The row that passes the 1 on stands below W. Look at where V has its bias: in front.")),
            Like(lambda W, V: V @ passed_on(np.hstack([np.zeros((len(W), 1)), W[:, 1:]])),
                 _("The biases of the hidden units are lost. Look at the first column of W: it reaches the output "
                   "through V.")),
            Like(lambda W, V: np.tanh(V @ passed_on(W)),
                 _("You apply tanh to the weights. Both layers are linear here: look for a product, and nothing "
                   "else.")),
            Like(lambda W, V: V @ passed_on(np.tanh(W)),
                 _("You apply tanh to the weights of the first layer. Both layers are linear here: look for a product, "
                   "and nothing else.")),
            Like(lambda W, V: V @ np.vstack([np.eye(1, W.shape[1]), W[::-1]]),
                 _("The hidden units have changed places. Look at the order of the rows of W, and of the columns of "
                   "V.")),
            When(lambda returned, W, V: _shaped(returned, (W.shape[1],), W, V),
                 _("One row of weights is still a row: shape (1, m + 1). Look at where an axis gets lost.")),
            When(lambda returned, W, V: _shaped(returned, (W.shape[1], len(V)), W, V),
                 _("Rows and columns have changed places. Look at the order of the product, or at a `.T` too many.")),
            When(lambda returned, W, V: _shaped(returned, passed_on(W).shape, W, V),
                 _("That has the shape of W with a row on top. Look at how V comes in: what is multiplied with "
                   "what?")),
            When(lambda returned, W, V: _shaped(returned, V.shape, W, V),
                 _("That has the shape of V. The one layer gets x itself: look at how many inputs x has.")),
        ],
        fragile=[
            Fragile(Given(np.zeros((2, 6)) + np.arange(6), np.ones((1, 3))),
                    _("It is right for a few inputs, but not for six. Look for a number of inputs that you wrote out "
                      "by hand.")),
            Fragile(Given(np.arange(15.0).reshape(5, 3), np.ones((2, 6))),
                    _("It is right for a few hidden units, but not for five. Look for a number of units that you wrote "
                      "out by hand.")),
        ],
        right=_("One layer with these weights gives what the two give, bias and all, for every x."),
    )


@dataclass(frozen=True)
class _FromLogistic(Function):
    """A function that is to be built from φ alone."""

    def diagnose(self, answer: Any, name: str) -> Verdict:
        """Find out what there is to say; last of all, whether NumPy's own function did the work."""
        verdict = super().diagnose(answer, name)
        used = set(getattr(getattr(answer, "__code__", None), "co_names", ()))
        if verdict.status == "right" and used & {"tanh", "sinh", "cosh"}:
            return Verdict("fragile", _("The numbers are right, but NumPy's own hyperbolic functions give them. Build "
                                        "both from `logistic`."))
        return verdict


def _first(wrong: Callable) -> Callable:
    """The first of the two arrays is this wrong function's, and the right one is another there."""
    def holds(returned, z):
        with np.errstate(all="ignore"):
            return np.allclose(returned[0], wrong(z)) and not np.allclose(wrong(z), np.tanh(z))
    return holds


def _second(wrong: Callable) -> Callable:
    """The first is right, and the second is this wrong function's."""
    def holds(returned, z):
        with np.errstate(all="ignore"):
            return np.allclose(returned[0], np.tanh(z)) and np.allclose(returned[1], wrong(z))
    return holds


@lesson.exercise("3.2")
def check_tanh_from_logistic() -> Function:
    """Feedback on `tanh_from_logistic(z)`, which returns tanh and its slope."""
    def slope(z):
        return activations.logistic_derivative(z)

    return _FromLogistic(
        lambda z: (activations.tanh(z), activations.tanh_derivative(z)),
        examples=[Given([0.5, -1.0]), Given([-2.0, 0.0, 2.07])],
        mistakes=[
            When(_first(lambda z: logistic(z)),
                 _("The first array is φ(z) itself, between 0 and 1. Look at what stretches it to −1 … 1, and at its "
                   "argument.")),
            When(_first(lambda z: logistic(2 * z)),
                 _("The first array is φ(2z), between 0 and 1. Look at what stretches it to −1 … 1.")),
            When(_first(lambda z: 2 * logistic(z) - 1),
                 _("The first array is 2φ(z) − 1, which is tanh(z/2). Look at the argument of φ.")),
            When(_first(lambda z: 2 * logistic(2 * z)),
                 _("The first array lies between 0 and 2. Look at what centres it on 0.")),
            When(_first(lambda z: logistic(2 * z) - 1),
                 _("The first array lies between −1 and 0. Look at the factor in front of φ.")),
            When(_first(lambda z: 1 - 2 * logistic(2 * z)),
                 _("The first array falls as z grows. Look at the signs.")),
            When(_second(lambda z: slope(z)),
                 _("tanh is right. The second array is the slope of φ at z. Look at the argument, and at what the "
                   "chain rule adds.")),
            When(_second(lambda z: slope(2 * z)),
                 _("tanh is right. The second array is the slope of φ at 2z. Look at the two factors 2 in front.")),
            When(_second(lambda z: 2 * slope(2 * z)),
                 _("tanh is right, and its slope is half of what it should be: at z = 0 it is ½ instead of 1. Look for "
                   "a second factor 2: one is in front of φ, one inside.")),
            When(_second(lambda z: np.tanh(z) * (1 - np.tanh(z))),
                 _("tanh is right. The second array is t(1 − t) with t = tanh: that form is the one for φ. Look at the "
                   "formula for tanh′.")),
            When(_second(lambda z: 1 - np.tanh(z)),
                 _("tanh is right. The second array is 1 − tanh(z). Look for the square in the formula for tanh′.")),
            When(_second(lambda z: np.tanh(z) ** 2 - 1),
                 _("tanh is right, but its slope is negative everywhere, and tanh rises. Look at the sign.")),
            When(lambda returned, z: np.allclose(returned[0], activations.tanh_derivative(z))
                 and np.allclose(returned[1], np.tanh(z)),
                 _("Both are right, in the wrong order. Look at what stands behind `return`: tanh first.")),
            When(_second(lambda z: np.tanh(z)),
                 _("You return tanh twice. Look at the second value: its slope is asked for.")),
        ],
        fragile=[
            Fragile(Given([-1000.0, 1000.0]),
                    _("It is right for small z, but not at −1000 and 1000. Look for an exponential of your own that "
                      "overflows.")),
            Fragile(Given([[-2.0, 0.5], [1.0, 3.0]]),
                    _("It is right for one row of numbers, but not for an array with rows and columns. Look for a loop "
                      "or an index.")),
            Fragile(Given(2.07),
                    _("It is right for arrays, but not for a single number. Look for an index or a loop.")),
        ],
        right=_("With p = φ(2z), tanh is 2p − 1 and its slope is 4p(1 − p), 1 at z = 0."),
        atol=1e-8,
    )


@lesson.exercise("3.3")
def check_initial_scale() -> Answer:
    """Feedback on the scale of the initial weights of ten tanh layers."""
    def part(scale):
        return arrives(np.tanh, scale)

    return Answer(
        like=1.0,
        tests=[
            (lambda s: s != 0, _("With a scale of 0 all weights are 0, and nothing arrives. Look at larger ones.")),
            (lambda s: s > 0, _("A scale says how large the weights are, so it is above 0. Look at positive ones.")),
            (lambda s: s <= 1e6, _("So large a scale makes every unit a switch between −1 and 1. Look at scales near "
                                   "those in the cell above.")),
            (lambda s: abs(s - 0.25) > 1e-9 or part(s) >= LEAST,
             _("0.25 is the largest slope of φ, not a scale. Ten layers of tanh then pass on next to nothing. Look at "
               "larger scales.")),
            (lambda s: abs(s - 4) > 1e-9,
             _("4 would make up for the 0.25 of φ. tanh has slopes up to 1, so that a small change grows far beyond "
               "2. Look at smaller scales.")),
            (lambda s: s != 1,
             lambda s: _("At 1 a part of {part:.2f} arrives: close, but less than {least}. The slopes are a little "
                         "below 1, and the weights have to make up for it.").format(part=part(s), least=LEAST)),
            (lambda s: part(s) >= 1e-3,
             lambda s: _("Of a small change {part:.1e} arrives: it has vanished. Look at larger scales.").format(
                 part=part(s))),
            (lambda s: part(s) >= LEAST,
             lambda s: _("A part of {part:.3f} arrives, and it should be at least {least}. Look at slightly larger "
                         "scales.").format(part=part(s), least=LEAST)),
            (lambda s: part(s) <= 10,
             lambda s: _("A small change grows to {part:.0f} times its size: it explodes. Look at smaller "
                         "scales.").format(part=part(s))),
            (lambda s: part(s) <= MOST,
             lambda s: _("A small change grows to {part:.2f} times its size, and it should be at most {most}. Look at "
                         "slightly smaller scales.").format(part=part(s), most=MOST)),
        ],
        right=_("Ten layers pass a small change on, neither lost nor blown up. A gradient takes the same way."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def one_unit() -> Choice:
    return Choice(_("One unit, weights of your choice: how many of the four positions can it get right at most?"), [
        (_("two"), _("More is possible. Look for a line that cuts off a single corner of the square.")),
        (_("three"), _("A straight line can cut off one corner. It cannot have two opposite corners on one side and "
                       "the other two on the other side.")),
        (_("all four"), _("Try to draw the line: the two “on” corners lie opposite each other, and so do the two "
                          "“off” corners.")),
    ], right=1)


@lesson.prediction
def two_linear() -> Choice:
    return Choice(_("The hidden units pass their net inputs on as they are. What can the two layers do that a single "
                    "unit cannot?"), [
        (_("XOR"), _("The output unit still gets a weighted sum of weighted sums. Multiply it out.")),
        (_("Draw two lines instead of one"),
         _("Each hidden unit has a line of its own. But the output adds their net inputs up, and a sum of two weighted "
           "sums has one line again.")),
        (_("Nothing"), _("A weighted sum of weighted sums is a weighted sum, with other weights.")),
        (_("Less: they get fewer positions right"),
         _("Here they can do just as much: let one hidden unit be the good single unit, and pass it on.")),
    ], right=2)


@lesson.prediction
def slope_of_tanh() -> Number:
    return Number(
        _("φ is nowhere steeper than 0.25. tanh(z) = 2 φ(2z) − 1. What is the largest slope of tanh?"),
        right=1, tolerance=0.001,
        yes=_("The 2 inside makes the curve twice as steep, the 2 in front twice again: 2 · 2 · 0.25."),
        replies=[
            ((0.25, 0.25), _("Both factors 2 change the slope: one squeezes the curve in z, one stretches it "
                             "upwards.")),
            ((0.5, 0.5), _("One factor 2 is in it. There are two: inside and in front.")),
            ((2, 2), _("2 is the height from −1 to 1. Look at how steep the curve is at z = 0.")),
            ((0, 0), _("The slope of tanh comes close to 0 far out. Look at the middle.")),
            ((4, 4), _("The two factors give 4. What do they multiply?")),
        ],
        otherwise=_("Take the slope of φ at 0 and let the chain rule bring in both factors 2."),
    )


@lesson.prediction
def ten_layers() -> Choice:
    return Choice(_("Ten logistic units in a row, every weight 1. You move x by a small amount. At most what part of "
                    "that arrives behind the tenth?"), [
        (_("a quarter"), _("That is one unit. Each further one multiplies by its own slope again.")),
        (_("a fortieth"), _("That is 0.25 divided by 10. Slopes in a row are multiplied, not shared out.")),
        (_("about a millionth"), _("Ten slopes of at most 0.25 each, multiplied: 0.25 to the power 10.")),
        (_("all of it, for the weights are 1"),
         _("Weights of 1 take nothing away and add nothing. But the slopes are in the product too.")),
    ], right=2)


@lesson.prediction
def stuck() -> Choice:
    return Choice(_("Training has made 200 steps, and the loss has stayed at 2.127 to three decimals. Is the weight in "
                    "a local minimum?"), [
        (_("Yes: where the loss no longer falls, there is a minimum."),
         _("It no longer falls in the time you have watched. Steps are as small as the slope, so a flat slope looks "
           "the same.")),
        (_("No: logistic units have no local minima."),
         _("Whether there are local minima is one question, whether a unit is saturated another. Neither answers the "
           "other.")),
        (_("That cannot be told from the loss alone."),
         _("A minimum and a plain that is nearly flat look alike in the loss. You have to ask which way it goes "
           "down.")),
    ], right=2)
