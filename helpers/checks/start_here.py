"""Feedback on lesson 00: start here."""

import numpy as np

from helpers.activations import softmax
from helpers.checks.checking import Answer, Choice, Lesson, Number
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress


def bar(z0: float) -> float:
    """How high bar 0 is when z₁ and z₂ are 0."""
    return float(softmax(np.array([z0, 0.0, 0.0]))[0])


# ---- exercise -----------------------------------------------------------------------------------------------------

@lesson.exercise("0.1")
def check_half() -> Answer:
    """Feedback on `half`, the place of z₀ at which bar 0 is one half."""
    def height(sentence):
        return lambda z0: sentence.format(z0=f"{z0:g}", p=f"{bar(z0):.2f}")

    return Answer(
        like=0.0,
        tests=[
            (lambda z0: z0 != 0,
             _("With all three at 0 no bar is ahead, and each has one third. Look at what bar 0 does when z₀ goes "
               "up.")),
            (lambda z0: z0 != 0.5,
             _("0.5 is how high the bar should be. Wanted is where the slider stands then; at z₀ = 0.5 the bar has "
               "0.45.")),
            (lambda z0: z0 not in (50, 69),
             _("That looks like a number in per cent. Write down the number beside the slider of z₀ as it stands "
               "there.")),
            (lambda z0: abs(z0) <= 5,
             _("The slider does not go there: it ends at −5 and 5. Look at the number beside it.")),
            (lambda z0: z0 != 5,
             _("That is the slider's upper end, where bar 0 has nearly all. Come back a good way.")),
            (lambda z0: z0 > 0,
             height(_("At z₀ = {z0} bar 0 has {p}, less than the other two have. Look in the other direction."))),
            (lambda z0: abs(z0 - 1 / 3) > 0.005,
             _("One third is how high each bar is when all sliders stand at the same place. Wanted is the place of the "
               "slider at which bar 0 has one half.")),
            (lambda z0: bar(z0) > 0.47,
             height(_("At z₀ = {z0} bar 0 has {p}: still far too low. Push the slider further up."))),
            (lambda z0: bar(z0) < 0.53,
             height(_("At z₀ = {z0} bar 0 has {p}: far too high. Push the slider further down."))),
            (lambda z0: bar(z0) >= 0.495,
             height(_("At z₀ = {z0} bar 0 has {p}: nearly. A few presses of the right arrow key."))),
            (lambda z0: bar(z0) < 0.505,
             height(_("At z₀ = {z0} bar 0 has {p}: nearly. A few presses of the left arrow key."))),
        ],
        right=_("Bar 0 has one half, and the other two share the other half."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def others() -> Choice:
    return Choice(_("You push the slider of z₁ up and leave the other two alone. What do the bars p₀ and p₂ do?"), [
        (_("They stay as they are, since their sliders do."),
         _("Then the three would come to more than 1. They are probabilities of one choice: what one gains, the others "
           "lose.")),
        (_("Both fall."),
         _("The three together are always 1. What p₁ gains, the other two have to give, and each of them gives.")),
        (_("Both rise a little, too."),
         _("If all three rose, they would come to more than 1. There is only one whole to share.")),
        (_("Only the higher one of them falls."),
         _("The higher one loses more, you will see. But the lower one does not get off free either.")),
    ], right=1)


@lesson.prediction
def all_equal() -> Number:
    return Number(
        _("All three sliders stand at 2. How high is each bar? Give two decimals."),
        right=0.333, tolerance=0.0051,
        yes=_("Nothing speaks more for one class than for another, so each gets the same: one third of 1."),
        replies=[
            ((2, 2), _("2 is where the sliders stand. A bar is a probability: it lies between 0 and 1.")),
            ((33, 34), _("In per cent, yes. Write it as a number between 0 and 1.")),
            ((1, 1), _("1 is what all three have together. Look at how they share it.")),
            ((0.3, 0.4), _("Close. Three equal bars come to exactly 1 together; give it two decimals.")),
            ((0.6, 0.7), _("That is two of the bars together.")),
            ((6, 6), _("6 is the sum of the three sliders. The three bars sum to something else, wherever the sliders "
                       "stand.")),
            (lambda p: p < 0 or p > 1, _("A bar is a probability, and lies between 0 and 1.")),
        ],
        otherwise=_("Two questions lead there. Is any bar higher than another? And what do the three come to "
                    "together?"),
    )
