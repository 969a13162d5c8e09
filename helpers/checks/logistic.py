"""Feedback on lesson 02: logistic."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers import activations, learner
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, Verdict, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress


# ---------------------------------------------------------------------------------------------- exercises

@dataclass(frozen=True)
class _WithoutOverflow(Function):
    """A function that must not even overflow on the way to a right result."""

    def diagnose(self, answer: Any, name: str) -> Verdict:
        """Find out what there is to say; last of all, whether NumPy would print a warning."""
        verdict = super().diagnose(answer, name)
        if verdict.status != "right":
            return verdict
        if {"errstate", "seterr", "nan_to_num"} & set(getattr(getattr(answer, "__code__", None), "co_names", ())):
            return Verdict("fragile", _("The results are right, but `np.errstate`, `np.seterr` or `np.nan_to_num` may "
                                        "only hide an overflow. Leave it out, and look for a form that needs no "
                                        "hiding."))
        trials = [
            (np.array([-1000.0, 1000.0]),
             _("The results are right, but an exponential overflows on the way, and NumPy has a warning for that. "
               "Look at which exponents can be large and positive: `np.where` computes both of its sides for every "
               "z.")),
            (np.array([-200.0, 200.0], dtype=np.float32),
             _("For float32 numbers an exponential still overflows on the way. Look at the limit you chose: in "
               "float32, exp of more than 88.72 is inf.")),
        ]
        for z, sentence in trials:
            try:
                with np.errstate(over="raise", invalid="raise", divide="raise"):
                    learner.call(answer, z, name=name)
            except learner.Trouble as trouble:
                return Verdict("fragile", sentence, tuple(trouble.where.splitlines()))
        return verdict


@lesson.exercise("2.1")
def check_stable_logistic() -> Function:
    """Feedback on `stable_logistic(z)`."""
    return _WithoutOverflow(
        activations.logistic,
        examples=[Given([-1.0, 2.07]), Given([-2.0, 0.0, 3.0])],
        mistakes=[
            Like(lambda z: 1 / (1 + np.exp(z)),
                 _("That is φ(−z), the curve mirrored: it falls. Look at the sign of the exponent, and at which side "
                   "of 0 gets which numerator.")),
            Like(lambda z: 1 / (1 + np.exp(-np.abs(z))),
                 _("That is right for z ≥ 0 only; for negative z you return φ(|z|). Look at the numerator, which "
                   "has to differ on the two sides.")),
            Like(lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))),
                 _("That is right for z ≤ 0 only; for positive z you return φ(−z). Look at the numerator, which "
                   "has to differ on the two sides.")),
            Like(lambda z: 1 / 1 + np.exp(-z),
                 _("Division comes before addition, so this is 1 + exp(−z). Look at the parentheses.")),
            Like(lambda z: (1 + np.tanh(z)) / 2,
                 _("That is φ(2z), twice as steep in the middle. Look at what z is multiplied or divided by.")),
            Like(np.tanh, _("That is tanh, which runs from −1 to 1. Look at the formula of φ.")),
            Like(lambda z: np.exp(-z),
                 _("That is exp(−z) alone. Look at what it is added to, and what is divided by the sum.")),
            Like(lambda z: z, _("That is the net input itself. Look at the formula of φ, which turns it into a "
                                "probability.")),
            When(lambda returned, z: np.shape(returned) == z.shape and np.isin(returned, (0, 1)).all(),
                 _("Every result is 0 or 1: that is a decision, not a probability. Look at what φ gives at z = 0.")),
            When(lambda returned, z: np.shape(returned) == z.shape and np.nanmax(returned) > 1,
                 _("A result is above 1, so it is no probability. Look at what you divide by.")),
        ],
        fragile=[
            Fragile(Given([-40.0, -30.0]),
                    _("It is right for moderate z, but at −40 the tiny probability has lost its digits. Look for 1 and "
                      "a number near it that nearly cancel, as in 1 − φ, or for a limit on z, or a small number "
                      "added.")),
            Fragile([Given([-1000.0, 1000.0]), Given([-710.0]), Given([710.0])],
                    _("It is right for small z, but not for z near −1000 or 1000. Look at which exponents can be "
                      "large and positive: exp of more than 709.78 is inf, and inf / inf is nan.")),
            Fragile(Given([[-30.0, 0.0, 2.0], [1.0, -1.0, 30.0]]),
                    _("It is right for one row of numbers, but not for an array with rows and columns. Look for "
                      "a loop or an index that expects one axis.")),
            Fragile(Given(2.07),
                    _("It is right for arrays, but not for a single number. Look for an index such as `z[...]` "
                      "or a method such as `z.astype`: a Python number has neither.")),
            Fragile(Given(np.array([-2, 0, 2])),
                    _("It is right for floating-point numbers, but not for integers. Look for an array made with "
                      "`np.empty_like(z)` or the like, which then holds integers only.")),
        ],
        right=_("One pass over the array, no warning, and the tiny probabilities keep their digits."),
        atol=1e-30,
    )


@lesson.exercise("2.2")
def check_logit() -> Function:
    """Feedback on `logit(p)`."""
    return Function(
        activations.logit,
        examples=[Given([0.75]), Given([0.2, 0.75]), Given([0.1, 0.5, 0.888])],
        mistakes=[
            Like(lambda p: p / (1 - p), _("Those are the odds. Look at what turns odds into log-odds.")),
            Like(lambda p: np.log(p),
                 _("That is the logarithm of p alone. Look at what p is compared with in the odds.")),
            Like(lambda p: np.log(p / (1 + p)), _("You compare p with 1 + p. Look at the probability that y is 0.")),
            Like(lambda p: np.log(p) / (1 - p),
                 _("You take the logarithm before you divide. Look at what the logarithm is taken of.")),
            Like(lambda p: np.log(p) / np.log(1 - p),
                 _("You divide one logarithm by the other. The logarithm of a quotient is a difference: look at "
                   "that.")),
            Like(lambda p: np.log(p / 1 - p),
                 _("Division comes before subtraction, so this is the logarithm of p − p. Look at the parentheses.")),
            Like(lambda p: np.log2(p / (1 - p)),
                 _("That is the logarithm to base 2. The inverse of exp is the natural one: look at `np.log`.")),
            Like(lambda p: np.log10(p / (1 - p)),
                 _("That is the logarithm to base 10. The inverse of exp is the natural one: look at `np.log`.")),
            Like(activations.logistic, _("That is φ itself, from net input to probability. Look at the way back.")),
            Like(lambda p: np.log((1 - p) / p),
                 _("Those are the log-odds against y = 1. Look at which probability is on top.")),
            Like(lambda p: (1 - p) / p,
                 _("Those are the odds against y = 1. Look at which probability is on top, and at what turns odds "
                   "into log-odds.")),
        ],
        fragile=[
            Fragile(Given([0.0, 1.0]),
                    _("It is right between 0 and 1, but not at 0 and 1 themselves, where it is −inf and inf. Look "
                      "for a number added or a limit set.")),
            Fragile(Given([1e-20]),
                    _("It is right for moderate p, but not for p = 1e-20. Look for a number added or "
                      "subtracted in which so small a p is lost, or a limit set.")),
            Fragile(Given([[0.1, 0.5], [0.9, 0.25]]), _("It is right for one row, but not for an array with rows and "
                                                        "columns. Look for a loop or an index.")),
            Fragile(Given(0.25),
                    _("It is right for arrays, but not for a single number. Look for an index or a loop.")),
        ],
        right=_("It takes each probability back to its net input."),
        atol=1e-8,
    )


@lesson.exercise("2.3")
def check_steep_unit() -> Answer:
    """Feedback on the settings w and b with the boundary at 3 and the slope 2 there."""
    return Answer(
        like={"w": 0.0, "b": 0.0},
        tests=[
            (lambda w, b: w != 0, _("With w = 0 there is no boundary at all. Look at −b/w.")),
            (lambda w, b: not (w > 0 and abs(b / w - 3) < 0.01),
             _("The boundary is at −3. Look at the sign of b.")),
            (lambda w, b: abs(b / w + 3) < 0.01 or abs(w - 8) > 0.05,
             lambda w, b: _("The slope at the boundary is right, but the boundary is at x = {x:.2f}. Look at −b/w: "
                            "which b brings it to 3?").format(x=-b / w + 0.0)),
            (lambda w, b: abs(b / w + 3) < 0.01,
             lambda w, b: _("The boundary is at x = {x:.2f}, and should be at 3. Look at −b/w.").format(
                 x=-b / w + 0.0)),
            (lambda w, b: w > 0, _("The boundary is at 3, but the curve falls there. Look at the sign of w; b has to "
                                   "follow.")),
            (lambda w, b: abs(w - 2) > 0.01,
             _("The boundary is at 3, but 2 is the slope of z now, not that of P. Look at the factor φ(1 − φ), "
               "which is 1/4 at the boundary.")),
            (lambda w, b: abs(w / 4 - 2) < 0.01,
             lambda w, b: _("The boundary is at 3, but the slope there is {slope:.3f}. Look at what w is divided by to "
                            "give the slope.").format(slope=w / 4)),
        ],
        title=_("boundary at 3, slope 2"),
        right=_("At the boundary the slope of P is w/4; and b follows w, so that the boundary stays at 3."),
    )


@lesson.exercise("2.4")
def check_threshold() -> Answer:
    """Feedback on the threshold when a false alarm costs 1 and a miss costs 9."""
    return Answer(
        like=0.5,
        tests=[
            (lambda t: t != 0,
             _("A threshold of 0 says yes every time, and each false alarm costs 1. Look at the p at which both "
               "answers cost the same.")),
            (lambda t: abs(t - float(activations.logit(0.1))) > 0.01,
             _("That is the threshold on z. Look at the p that belongs to it.")),
            (lambda t: abs(t - 10) > 1e-6,
             _("10 is a percentage. A probability goes from 0 to 1: look at how to write it so.")),
            (lambda t: t > 0,
             _("A threshold below 0 says yes every time: no probability is negative. Look at the p at which "
               "both answers cost the same.")),
            (lambda t: t < 1, _("A threshold of 1 or more says no every time: no probability is above it. "
                                "Look at the p at which both answers cost the same.")),
            (lambda t: abs(t - 1 / 9) > 0.002,
             _("1 to 9 are the odds at which both answers cost the same. Look at which probability has these "
               "odds.")),
            (lambda t: abs(t - 0.9) > 0.005,
             _("With 0.9 you say yes only when nearly sure, which is right where a false alarm costs 9. Look at "
               "which mistake is the costly one.")),
            (lambda t: t != 0.5,
             _("One half is right where both mistakes cost the same. Look at what a yes and a no cost at "
               "p = 0.5.")),
            (lambda t: t > 0.0994,
             lambda t: _("That is too low: at p = {t:.3f} a no costs {no:.2f} on average and a yes {yes:.2f}. Look for "
                         "the p at which they are equal.").format(t=t, no=9 * t, yes=1 - t)),
            (lambda t: t < 0.1006,
             lambda t: _("That is too high: at p = {t:.3f} a yes costs {yes:.2f} on average and a no {no:.2f}. Look "
                         "for the p at which they are equal.").format(t=t, no=9 * t, yes=1 - t)),
        ],
        right=_("At p = 0.1 a yes costs 0.9 · 1 on average and a no costs 0.1 · 9: the same."),
    )


# ---------------------------------------------------------------------------------------------- predictions

@lesson.prediction
def overflow() -> Choice:
    return Choice(
        _("NumPy computes 1 / (1 + np.exp(-z)) at z = −1000. What comes out?"),
        [
            (_("0.0, and nothing else"),
             _("The number is 0.0, but it does not come alone: on the way, np.exp(1000) is too large for a float64.")),
            (_("0.0, and a warning"), _("np.exp(1000) overflows to inf with a warning, and 1 / (1 + inf) is 0.")),
            (_("nan"), _("1 / inf is a plain 0. nan comes from inf / inf, and the other way to write φ has that.")),
            (_("an error that stops the program"),
             _("Python's own math.exp(1000) does stop with an error. NumPy goes on with inf and prints a warning.")),
        ], right=1)


@lesson.prediction
def one_more() -> Choice:
    return Choice(
        _("At z = 2.07 the unit says 0.888. You add 1 to z. What does it say now?"),
        [
            (_("about 0.956"), _("The odds are multiplied by e, from 7.925 to 21.54, and 21.54 / 22.54 = 0.956.")),
            (_("about 0.988"), _("That would be 0.1 more. P moves by no fixed amount: the nearer to 1, the slower.")),
            (_("1, for it cannot go higher"),
             _("φ stays below 1 for every z. Only a computer's rounding makes it 1, and not yet here.")),
            (_("about 2.414, e times as much"),
             _("A factor of e is in it, but not on P, which would not stay below 1. Look for another number that may "
               "grow without end.")),
        ], right=0)


@lesson.prediction
def only_w() -> Choice:
    return Choice(
        _("A unit with w = 1 and b = −2 has its boundary at x = 2. You double w and leave b. What happens?"),
        [
            (_("The curve gets steeper, its boundary stays at x = 2."),
             _("Steeper it gets, but 2 · 2 − 2 is 2 and not 0: x = 2 is no longer the boundary.")),
            (_("The curve gets steeper, its boundary moves to x = 1."),
             _("z = 2x − 2 is 0 at x = 1: −b/w has halved.")),
            (_("The curve gets steeper, its boundary moves to x = 4."),
             _("w stands below the line in −b/w: a larger w makes it smaller.")),
            (_("The curve moves and is as steep as before."),
             _("Each unit of x now counts double in z, so the curve gets steeper too.")),
        ], right=1)


@lesson.prediction
def promise() -> Choice:
    return Choice(
        _("A model says 0.888 in each of 1000 cases. In how many of them is y = 1?"),
        [
            (_("in about 888"),
             _("If the model keeps its promise, yes. But nothing in the formula of φ sees to that.")),
            (_("in all 1000, for 0.888 is above one half"),
             _("That is why you would answer yes each time. It does not make the answer right each time.")),
            (_("that depends on the model"),
             _("0.888 is the model's estimate. Only a comparison with what happened shows what it is worth.")),
        ], right=2)


@lesson.prediction
def knows_nothing() -> Number:
    return Number(
        _("With w = 0 and b = 0 the unit says 0.5 to everybody. What is its mean log loss, to two decimals?"),
        right=0.69, tolerance=0.006, yes=_("Each one adds −ln 0.5 = ln 2, whatever happened, so that is the mean too."),
        replies=[
            ((0.7, 0.7), _("With one decimal it is 0.7. The question asks for two.")),
            ((0.495, 0.505), _("0.5 is the probability. The loss is −ln of it.")),
            ((-0.70, -0.68), _("The logarithm of a number below 1 is negative. The loss has a minus in front of it.")),
            ((0.295, 0.305), _("That is the logarithm to base 10. The loss takes the natural one.")),
            ((1, 1), _("That is the logarithm to base 2. The loss takes the natural one.")),
            ((0, 0), _("A loss of 0 needs a 1 for what happened, each time.")),
            ((13.5, 14), _("That is the sum over all twenty. The mean divides it by their number.")),
        ],
        otherwise=_("Each one adds −ln 0.5. Take the mean of twenty such numbers."))
