"""Feedback on lesson 04: from two classes to many."""

import numpy as np

from helpers.activations import logistic
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, Number, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

W = np.array([[1.1, 1.2, 0.8, 0.4], [0.2, 0.4, 1.0, 0.2], [0.6, 1.5, 1.2, 0.7]])     # the thread
X = np.array([[1.0, 0.1, 0.4, 0.6], [1.0, 0.9, -2.0, 0.5]])
SITUATIONS = ["multi-class", "multi-label", "multi-label", "multi-class", "multi-label"]


def batch_only(wrong):
    """A mistake that shows in a batch only: on one example the wrong function would be right."""
    def function(X, W):
        if X.ndim < 2:
            raise ValueError
        return wrong(X, W)
    return function


# ---- exercises ----------------------------------------------------------------------------------------------------

@lesson.exercise("4.1")
def check_forward() -> Function:
    """Feedback on `forward(X, W)`, for a batch and for one example."""
    def right(X, W):
        return logistic(X @ W.T)

    return Function(
        right,
        examples=[
            Given([[1.0, 2.0, -1.0], [1.0, 0.0, 0.5]], [[0.5, 1.0, 1.0], [-1.0, 0.25, 0.5]]),
            Given(X, W),
            Given([[1.0, 0.5, -1.0], [1.0, -2.0, 0.0], [1.0, 3.0, 1.0]],
                  [[0.2, 1.0, -0.5], [1.0, -0.5, 0.3], [-1.0, 0.4, 2.0]]),
            Given([[1.0, 0.1, 0.4, 0.6]], W),
            Given([1.0, 0.1, 0.4, 0.6], W),
        ],
        mistakes=[
            Like(lambda X, W: X @ W.T,
                 _("Those are the net inputs Z. Look at what still turns each of them into a number between 0 and 1.")),
            Like(lambda X, W: logistic(W @ X.T),
                 _("You have a row for each unit and a column for each example. Look at the order of the two factors: "
                   "a row for each example is asked for.")),
            Like(batch_only(lambda X, W: logistic(X @ W)),
                 _("On a square W this sums over the units instead of the inputs. Look at which factor has to be laid "
                   "on its side.")),
            Like(lambda X, W: logistic(X[..., 1:] @ W[:, 1:].T),
                 _("The bias weights are missing. Look at the first column of W: its input is x₀ = 1.")),
            Like(lambda X, W: logistic(W[:, 0] + X @ W.T),
                 _("The bias weights are in twice. Look at x₀ = 1, which brings them into the sum already.")),
            Like(lambda X, W: (X @ W.T > 0).astype(float),
                 _("Those are the answers yes and no, as 1 and 0. The outputs φ(z) themselves are asked for: look for "
                   "a comparison or a rounding.")),
            Like(lambda X, W: logistic(-(X @ W.T)),
                 _("Those are the probabilities of the rest, 1 − φ(z). Look at the sign in the exponent.")),
            Like(lambda X, W: right(X, W) / right(X, W).sum(axis=-1, keepdims=True),
                 _("Your rows sum to 1. Look for a division too many: each unit answers for itself.")),
            Like(lambda X, W: np.tanh(X @ W.T),
                 _("That is tanh, whose values go from −1 to 1. Look at φ: its values go from 0 to 1.")),
            Like(lambda X, W: np.exp(X @ W.T),
                 _("Those are exponentials. Look at the whole of 1 / (1 + exp(−z)).")),
            When(lambda returned, X, W: returned.shape == (len(W),) and X.shape[0] == 1 and X.ndim == 2,
                 _("A batch of one example is still a batch: its outputs have shape (1, K). Look at where an axis gets "
                   "lost.")),
            Like(batch_only(lambda X, W: right(X[0], W)),
                 _("Only the first example gets its outputs. Look at where a single row of X is taken, or where "
                   "`return` stands in a loop.")),
            Like(lambda X, W: right(X, W).sum(axis=-1),
                 _("That is the sum of the outputs, one number for each example. Look at what is added up too much.")),
            Like(lambda X, W: right(X, W).max(axis=-1),
                 _("That is only the largest output of each example. All K of them are asked for.")),
            Like(lambda X, W: np.argmax(X @ W.T, axis=-1),
                 _("That is the number of the largest output, the argmax. The outputs themselves are asked for.")),
            Like(lambda X, W: logistic(X[..., np.newaxis, :] * W),
                 _("φ of each single term came back. Look at where the terms are added up: before φ.")),
            When(lambda returned, X, W: returned.shape == (1, len(W)) and X.ndim == 1,
                 _("One example became a batch of one. Its outputs have shape (K,): look at where an axis was "
                   "added.")),
            When(lambda returned, X, W: returned.shape == (*X.shape[:-1], len(W))
                 and np.abs(returned - right(X, W)).max() < 6e-3,
                 _("Your numbers are nearly right. Look for a rounding, or a small number that is added.")),
        ],
        fragile=[
            Fragile(Given([[1.0, 2.0], [1.0, -1.0]], np.array([[0.5, 1.0]])),
                    _("It is right, but not for a single unit, K = 1. Look at where an axis of length 1 gets lost.")),
            Fragile(Given(np.ones((0, 4)), W),
                    _("It is right, but not for an empty batch, whose outputs have shape (0, K). Look at a loop or an "
                      "index that needs a first example.")),
            Fragile(Given([[1.0, 2.0], [1.0, -2.0]], np.array([[0.0, 500.0], [0.0, -500.0]])),
                    _("It breaks at z = 1000. Look at the form of φ: lesson 02 has one that never overflows.")),
        ],
        right=_("One product and one φ for all N · K outputs."),
    )


@lesson.exercise("4.2")
def check_all_no() -> Answer:
    """Feedback on `all_no`, an input on which no unit says yes, and its argmax."""
    def outputs(x):
        return W @ x

    def tops(x):
        z = outputs(x)
        return np.flatnonzero(np.isclose(z, z.max(), rtol=0, atol=1e-9))

    def first_yes(x, argmax):
        i = int(np.argmax(outputs(x) > 0))
        sentences = (
            _("Unit 0 still says yes, at z₀ = {z:.2f}. Look at its row of W: which of your inputs pull z₀ down?"),
            _("Unit 1 still says yes, at z₁ = {z:.2f}. Look at the largest weight of its row."),
            _("Unit 2 still says yes, at z₂ = {z:.2f}. Look at its row: all its weights are above 0."),
        )
        return sentences[i].format(z=outputs(x)[i])

    return Answer(
        like={"x": [0.0] * 4, "argmax": 0.0},
        tests=[
            (lambda x, argmax: x[0] == 1,
             _("x₀ is the bias input, and it is always 1. Look at the first of your four numbers.")),
            (lambda x, argmax: np.any(x[1:]),
             _("That is the average tomato. Its net inputs are the bias weights 1.1, 0.2 and 0.6, all above 0. Look at "
               "the other inputs.")),
            (lambda x, argmax: not (outputs(x) > 0).all(),
             _("All three units say yes. Look at the signs: every weight of W is above 0, so in which direction do the "
               "inputs have to go?")),
            (lambda x, argmax: np.sum(outputs(x) > 1e-12) != 2,
             lambda x, argmax: _("Two units still say yes: only unit {i} says no. Go further in the same "
                                 "direction.").format(i=np.argmin(outputs(x) > 1e-12))),
            (lambda x, argmax: (outputs(x) <= 1e-12).all(), first_yes),
            (lambda x, argmax: (outputs(x) < -1e-12).all(),
             _("One unit is exactly on its boundary, z = 0: that is neither a yes nor a no. Go a little further.")),
            (lambda x, argmax: argmax >= 0,
             _("The input is right. But argmax is never “none”: one of three numbers is always the largest. Look at "
               "the net inputs.")),
            (lambda x, argmax: argmax == round(argmax),
             _("The input is right. The argmax is the number of a class, so a whole number. Look at where the largest "
               "output stands, not at how large it is.")),
            (lambda x, argmax: argmax <= 2,
             _("The input is right. But classes count from 0, so there is no such class. Look at the place of the "
               "largest output, counted from 0.")),
            (lambda x, argmax: argmax in tops(x) or argmax != np.argmin(outputs(x)),
             _("The input is right. Your argmax is the class with the *smallest* output. Among numbers below 0, look "
               "at which is nearest to 0.")),
            (lambda x, argmax: argmax in tops(x) or argmax - 1 not in tops(x),
             _("The input is right. Your argmax is one too many: do you count from 1? Look at the place of the first "
               "class.")),
            (lambda x, argmax: argmax in tops(x),
             _("The input is right, the argmax is not. Look at the three net inputs W @ x: which is the largest?")),
        ],
        right=_("Argmax compares the outputs with one another, never with one half. So it names a class even where "
                "every unit says no."),
    )


@lesson.exercise("4.3")
def check_situations() -> Answer:
    """Feedback on `situations`, five times "multi-class" or "multi-label"."""
    def known(*answers):
        return all(answer in ("multi-class", "multi-label") for answer in answers)

    def wrong(*answers):
        return [i for i, (answer, right) in enumerate(zip(answers, SITUATIONS, strict=True)) if answer != right]

    sentences = (
        _("Look at situation 0 again: can one scanned digit be a 3 and an 8, or none of the ten?"),
        _("Look at situation 1 again: may a song be sad and live at once?"),
        _("Look at situation 2 again: how many of the 14 answers are yes if nothing is found?"),
        _("Look at situation 3 again: one animal in each photo. How many of the 90 answers are then yes?"),
        _("Look at situation 4 again: does exactly one of the three lamps shine at every moment?"),
    )
    return Answer(
        like=("multi-class",) * 5,
        tests=[
            (known, _("Each entry is one of two texts, “multi-class” or “multi-label”. Look for another spelling.")),
            (lambda *answers: wrong(*answers) != [0, 1, 2, 3, 4],
             _("All five are the other way round. Look at the definitions: in multi-class exactly one answer is yes.")),
            (lambda *answers: set(answers) != {"multi-class"},
             _("Not all five are multi-class. Look for one in which the number of yeses is not always 1.")),
            (lambda *answers: set(answers) != {"multi-label"},
             _("Not all five are multi-label. Look for one in which exactly one answer is always yes.")),
            (lambda *answers: len(wrong(*answers)) < 3,
             lambda *answers: _("{right} of 5 are right. Ask of each: can the number of yeses be 0, or 2?").format(
                 right=5 - len(wrong(*answers)))),
            (lambda *answers: len(wrong(*answers)) < 2,
             lambda *answers: _("Two are wrong; the first of them is situation {i}. Count the possible yeses "
                                "there.").format(i=wrong(*answers)[0])),
            (lambda *answers: not wrong(*answers), lambda *answers: sentences[wrong(*answers)[0]]),
        ],
        right=_("Exactly one yes: one choice. Any number of yeses: a logistic unit for each label."),
    )


@lesson.exercise("4.4")
def check_right_shares() -> Function:
    """Feedback on `right_shares(phi)`, the probabilities of the world with three sizes."""
    def right(phi):
        return np.array([phi[0], 1 - phi[0] - phi[2], phi[2]])

    return Function(
        right,
        examples=[Given([0.25, 0.4, 0.125]), Given([0.05, 0.33, 0.05]), Given([0.0, 0.6, 0.9])],
        mistakes=[
            Like(lambda phi: phi, _("Those are the outputs as they were. Look at which of the three is wrong.")),
            Like(lambda phi: phi / phi.sum(),
                 _("That is dividing by the sum: it also changes the two outputs that were right. Look at which one "
                   "has to change.")),
            Like(lambda phi: phi + (1 - phi.sum()) / 3,
                 _("You share out what is missing equally among the three. Look at which units already say the true "
                   "probability.")),
            Like(lambda phi: np.array([phi[0], phi[1], 1 - phi[0] - phi[1]]),
                 _("You replaced the output of unit 2, which is right. Look at the one unit that says the same at "
                   "every size.")),
            Like(lambda phi: np.array([1 - phi[1] - phi[2], phi[1], phi[2]]),
                 _("You replaced the output of unit 0, which is right. Look at the one unit that says the same at "
                   "every size.")),
            Like(lambda phi: np.array([phi[0], (1 - phi[0]) * (1 - phi[2]), phi[2]]),
                 _("Your middle is “not small” times “not large”, as if these were two coins. Look at the sum: small, "
                   "medium and large have to share 1.")),
            Like(lambda phi: np.array([phi[0], 1 - phi[0], phi[2]]),
                 _("Your middle is everything but small. Look at what large takes away as well.")),
            Like(lambda phi: np.array([phi[0], 1 - phi[2], phi[2]]),
                 _("Your middle is everything but large. Look at what small takes away as well.")),
            Like(lambda phi: np.array([phi[0], 1 - phi[0] - phi[1] - phi[2], phi[2]]),
                 _("You subtract the output of unit 1 too. Look at who knows something about medium: not unit 1.")),
            Like(lambda phi: np.array([phi[0], phi[0] + phi[2], phi[2]]),
                 _("Your middle is small or large. Look at what is left of 1 when both are taken away.")),
            Like(lambda phi: np.array([phi[0], 1 - phi[1], phi[2]]),
                 _("Your middle is 1 minus the output of unit 1. Look for the two outputs that can be trusted.")),
            Like(lambda phi: np.array([phi[2], 1 - phi[0] - phi[2], phi[0]]),
                 _("Small and large have changed places. Look at the order of the classes.")),
            Like(lambda phi: (phi == phi.max()).astype(float),
                 _("All to the argmax. Probabilities are asked for; look at what is known of small and of large.")),
            When(lambda returned, phi: returned.shape == (3,) and abs(returned.sum() - 1) > 1e-6,
                 _("Your three numbers do not sum to 1. Look at what is left of 1 once two of them are fixed.")),
        ],
        right=_("Two units were right and one was not; you knew which. A division by the sum cannot know."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def product() -> Choice:
    return Choice(_("X has shape (5, 4), W has shape (3, 4). Which product gives the net inputs, a row for each "
                    "example?"), [
        ("W @ X", _("The 4 columns of W would meet the 5 rows of X: NumPy refuses.")),
        ("X @ W", _("The 4 columns of X would meet the 3 rows of W: NumPy refuses. If W were square, it would not, and "
                    "the numbers would be wrong.")),
        ("X @ W.T", _("The 4 inputs of each example meet the 4 weights of each unit. Shape (5, 4) times (4, 3) is "
                      "(5, 3).")),
        ("W @ X.T", _("All 15 numbers are right, but in shape (3, 5): a row for each unit, a column for each "
                      "example.")),
    ], right=2)


@lesson.prediction
def sum_range() -> Choice:
    return Choice(_("Three units, each with an output between 0 and 1. What can the three outputs sum to?"), [
        (_("always 1"),
         _("Who would see to that? Each output comes from one row of W, and none knows of the others.")),
        (_("at most 1"), _("Nothing keeps two units from saying 0.9 each.")),
        (_("anything between 1 and 3"), _("All three may also be close to 0, if all three net inputs are far below "
                                          "0.")),
        (_("anything between 0 and 3"), _("Each may be anywhere between 0 and 1, whatever the others are.")),
    ], right=3)


@lesson.prediction
def certain() -> Number:
    return Number(
        _("The outputs are 0.856, 0.681 and 0.839. Now unit 0 becomes as good as certain: its output goes to 1, the "
          "other two stay. You divide by the sum. Where does class 0 get to? Give three decimals."),
        right=0.397, tolerance=0.0015,
        yes=_("1 / (1 + 0.681 + 0.839). However much speaks for class 0, it cannot get more."),
        replies=[
            ((0.999, 1), _("That is what unit 0 says. It is then divided by a sum that holds the other two as well.")),
            ((0.359, 0.361), _("That is its share now. Above the fraction line 0.856 becomes 1.")),
            ((0.42, 0.422), _("You divided 1 by the old sum, 2.376. The sum grows too, to 2.520.")),
            ((0.33, 0.34), _("That would be so if all three went to 1. The other two stay.")),
            ((39, 40), _("In per cent, perhaps. Write it as a number between 0 and 1.")),
            (lambda p: p < 0 or p > 1, _("A positive number divided by a sum that it is part of lies between 0 and "
                                         "1.")),
        ],
        otherwise=_("Put 1 in the place of 0.856, add up, and divide 1 by that sum."),
    )


@lesson.prediction
def middle() -> Choice:
    return Choice(_("Unit 1 gets the size alone and is asked: medium, or the rest? What is the best that φ(wx + b) "
                    "can do?"), [
        (_("Say yes in the middle and no on both sides."),
         _("That would take two boundaries. φ(wx + b) rises all the way or falls all the way, so it has one at "
           "most.")),
        (_("Say yes from some size on."),
         _("Then it is wrong about all the large ones. A curve that falls instead is wrong about the small ones.")),
        (_("Say the share of medium at every size."),
         _("A weight above 0 is too high on the right, one below 0 on the left. Since both sides are alike, w = 0 "
           "is best.")),
        (_("Say one half at every size."),
         _("The weight 0 is right. But the bias can do better than one half: how many of all tomatoes are medium?")),
    ], right=2)
