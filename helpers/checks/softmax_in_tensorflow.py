"""Feedback on lesson 06: softmax in TensorFlow. Nothing here needs TensorFlow: only numbers are looked at."""

import numpy as np

from helpers.activations import log_softmax, logistic, softmax
from helpers.checks.checking import Answer, Choice, Fragile, Function, Given, Lesson, Like, When
from helpers.words import _

lesson = Lesson()
predict, progress = lesson.predict, lesson.progress

SHORT = [[[1.0, 2.0], [0.0, 3.5], [2.5, -1.0]], [[0.0, 1.5], [3.0, 1.0], [-2.0, 0.5]]]   # 2 recordings, 2 moments
LONG = np.random.default_rng(6).normal(0, 2, (2, 3, 4)).round(1)
ANOTHER = np.array([0.9, 0.1, 0.5])   # the net inputs of exercise 6.3


def a_tensor():
    """What came back is TensorFlow's, not NumPy's."""
    return When(lambda returned, *_given: not isinstance(returned, np.ndarray) and hasattr(returned, "numpy"),
                _("That is a tensor, and the check reads NumPy's arrays. End with `.numpy()`."))


# ---- exercises ----------------------------------------------------------------------------------------------------

@lesson.exercise("6.1")
def check_probabilities() -> Function:
    """Feedback on `probabilities(Z)`, for net inputs of shape (N, K, T)."""
    return Function(
        lambda Z: softmax(Z, axis=1),
        examples=[Given(SHORT), Given(LONG)],
        mistakes=[
            a_tensor(),
            Like(lambda Z: softmax(Z, -1),
                 _("The moments of each class sum to 1: that is the program as it was. Look at which of the three axes "
                   "the classes lie along, and count from 0.")),
            Like(lambda Z: softmax(Z, 0),
                 _("You sum over the recordings, so that they share out each probability. Look at which axis the "
                   "classes lie along.")),
            Like(lambda Z: np.exp(Z) / np.exp(Z).sum(),
                 _("All numbers together sum to 1. Each moment of each recording needs a sum of its own.")),
            Like(lambda Z: np.exp(Z) / np.exp(Z).sum((1, 2), keepdims=True),
                 _("All moments of a recording share one sum. Each moment needs its own: one axis, not two.")),
            Like(lambda Z: np.exp(Z) / np.exp(Z).sum((0, 1), keepdims=True),
                 _("All recordings share one sum at each moment. Each recording needs its own: one axis, not two.")),
            Like(lambda Z: np.swapaxes(softmax(Z, 1), 1, 2),
                 _("The probabilities are right, but two axes have changed places. Give them back in the order of Z.")),
            Like(lambda Z: np.argmax(Z, 1),
                 _("Those are the predicted classes. The probabilities of all classes are wanted, in the shape of Z.")),
            Like(lambda Z: np.exp(Z).sum(1, keepdims=True),
                 _("Those are the sums alone. Look at what is divided by them.")),
            Like(lambda Z: log_softmax(Z, 1),
                 _("Those are the logarithms, along the right axis. The probabilities themselves are wanted.")),
            Like(lambda Z: softmax(softmax(Z, 1), 1),
                 _("The axis is right, and softmax was applied twice. Once is enough.")),
            Like(lambda Z: np.exp(Z),
                 _("Those are the exponentials. They still have to be divided by the sum over the classes.")),
            Like(lambda Z: logistic(Z),
                 _("Those are logistic outputs, an answer for each class alone. Softmax divides by a sum over the "
                   "classes.")),
            Like(lambda Z: softmax(-Z, 1),
                 _("The smallest net input gets the largest probability. Look for a minus sign.")),
            Like(lambda Z: np.round(softmax(Z, 1), 4), _("Your numbers are rounded. Return all their digits.")),
            When(lambda returned, Z: isinstance(returned, np.ndarray) and returned.shape == Z.shape
                 and np.abs(returned - softmax(Z, 1)).max() < 1e-3,
                 _("Your numbers are nearly right. Look for a rounding, or for a type of float with few digits.")),
        ],
        fragile=[
            Fragile(Given(np.arange(6.0).reshape(3, 2, 1)),
                    _("It is right for three classes, and not for two. Look for a number of classes that is written "
                      "into the program.")),
            Fragile(Given([[[1000.0, 0.0], [999.0, -1000.0]]]),
                    _("The axis is right, but it breaks at 1000. Subtract the maximum along the same axis, as "
                      "`tf.nn.softmax` does by itself.")),
        ],
        right=_("Each moment of each recording has its own sum. TensorFlow and NumPy number the axes in the same way."),
        rtol=2e-6, atol=1e-7,
    )


@lesson.exercise("6.2")
def check_one_hot() -> Function:
    """Feedback on `one_hot(y, K)`, for classes numbered from 1 to K."""
    def rows(y, K, shift=1):
        return np.eye(K)[np.asarray(y) - shift]

    return Function(
        rows,
        examples=[Given([2, 2, 1], 3), Given([1, 3, 3, 2], 3)],
        mistakes=[
            a_tensor(),
            When(lambda returned, y, K: isinstance(returned, np.ndarray) and returned.dtype == bool,
                 _("Those are truth values. Labels are numbers: multiply by 1.0, or write them as 0.0 and 1.0.")),
            Like(lambda y, K: rows(y, K, 0),
                 _("Every 1 stands one class too far to the right. The file counts the classes from 1; look at what "
                   "Python counts from.")),
            Like(lambda y, K: rows(y, K, 2),
                 _("Every 1 stands one class too far to the left. Look at how much is subtracted from y.")),
            Like(lambda y, K: np.asarray(y) - 1,
                 _("Those are class indices from 0, the form for the sparse loss. This loss wants a row for each "
                   "example.")),
            Like(lambda y, K: np.asarray(y),
                 _("That is y as it came. A row for each example is wanted, with 1 at the true class.")),
            Like(lambda y, K: np.asarray(y)[:, None] - 1,
                 _("That is a column of class indices. A row of K numbers is wanted for each example.")),
            Like(lambda y, K: rows(y, K).T,
                 _("Rows and columns have changed places. Each example is a row.")),
            Like(lambda y, K: rows(y, int(np.max(y))),
                 _("You make as many columns as the largest class in this batch. A batch need not hold every class; "
                   "look at what K is for.")),
            Like(lambda y, K: rows(y, K + 1, 0),
                 _("There is a column too many, for a class 0 that the file does not have. Look at the numbering.")),
            Like(lambda y, K: 1 - rows(y, K),
                 _("0 and 1 have changed places: the true class gets the 1.")),
            Like(lambda y, K: rows(y, K) * np.asarray(y)[:, None],
                 _("The right places hold the number of the class. They should hold 1: the probability of what is "
                   "true.")),
            Like(lambda y, K: rows(y, K)[:, ::-1],
                 _("The classes run backwards. The first column belongs to the first class.")),
            Like(lambda y, K: np.cumsum(rows(y, K), axis=1),
                 _("All classes from the true one on have a 1. A row holds a single 1, or it does not sum to 1.")),
            Like(lambda y, K: np.eye(K)[:len(y)] if len(y) <= K else np.eye(len(y))[:, :K],
                 _("That is the unit matrix, whatever y says. Take its rows in the order that y gives.")),
            Like(lambda y, K: np.zeros((len(y), K)),
                 _("All entries are 0. Look at how the 1 gets to its place.")),
            Like(lambda y, K: rows(y, K).sum(axis=0),
                 _("That is how often each class occurs. A row for each example is wanted.")),
            When(lambda returned, y, K: np.shape(returned) == (len(y), K) and np.any(np.sum(returned, axis=1) != 1),
                 _("A row does not sum to 1. It is 1 at the true class, and 0 elsewhere.")),
        ],
        fragile=[
            Fragile(Given([3], 3),
                    _("It is right for a batch and breaks with one example. Look for an axis that is lost.")),
            Fragile(Given([10, 1, 7], 10),
                    _("It is right for three classes and not for ten. Look for a number of classes that is written "
                      "into the program.")),
        ],
        right=_("`tf.one_hot(y - 1, K)` makes the same rows, as a tensor."),
    )


def _table(z, true_class=0):
    """The losses of z and of p, each read as logits and as probabilities."""
    p = softmax(z)
    return -np.log([[p[true_class], z[true_class] / z.sum()], [softmax(p)[true_class], p[true_class]]])


@lesson.exercise("6.3")
def check_table() -> Answer:
    """Feedback on `table`, four losses."""
    right = _table(ANOTHER)
    once, divided, twice = right[0, 0], right[0, 1], right[1, 0]

    def near(value, other, within=6e-4):
        return bool(np.all(np.abs(value - other) <= within))

    def apart(other, within=6e-4):
        return lambda table: not near(table, other, within)

    return Answer(
        like=[[0.0, 0.0], [0.0, 0.0]],
        tests=[
            (apart(-right), _("The sign is turned: p is below 1, so ln p is below 0, and a loss is −ln p.")),
            (lambda table: (table >= 0).all(),
             _("One of your numbers is below 0, and −ln p of a probability cannot be. Look at its sign.")),
            (apart(np.exp(-right)), _("Those are the four probabilities of class 0. The loss is −ln of each.")),
            (lambda table: not (near(table, right / np.log(10)) or near(table, right / np.log(2))),
             _("Your logarithms have another base than e. Here it is the natural one, `np.log`.")),
            (apart(right[:, ::-1]), _("The columns have changed places. The left one is `from_logits=True`.")),
            (apart(right[::-1]), _("The rows have changed places. The upper one is z.")),
            (apart(right.T), _("Rows and columns have changed places: the upper row is z, both times.")),
            (lambda table: not any(near(table, _table(ANOTHER, other)) for other in (1, 2)),
             _("Those are the losses of another class. The true class is 0.")),
            (lambda table: not near(table, table[0, 0]),
             _("All four are the same. Then `from_logits` would do nothing. Look at what each setting does with the "
               "numbers that it gets.")),
            (lambda table: near(table, right, 6e-4) or not near(table, right, 0.02),
             _("Nearly. Give three decimals, or let NumPy compute the numbers.")),
            (lambda table: near(table[0, 0], table[1, 1]),
             _("z read as logits and p read as probabilities are two ways to the same loss, so two of the four have to "
               "agree. Look at which.")),
            (lambda table: near(table[0, 0], once),
             _("The first number is not −ln of the first probability of softmax(z). Look at how p is computed.")),
            (lambda table: not near(table[1, 0], once),
             _("p read as logits is not p: softmax is applied to it once more. Look at the lower left.")),
            (lambda table: near(table[1, 0], twice),
             _("The lower left is not yet right. Take softmax of p, as if p were net inputs, and then −ln.")),
            (lambda table: not near(table[0, 1], -np.log(ANOTHER[0])),
             _("The upper right is −ln 0.9, as if 0.9 were a probability. First the three numbers are divided by their "
               "sum.")),
            (lambda table: near(table[0, 1], divided),
             _("The upper right is not yet right. Divide z by its sum, without any exponential, and take −ln.")),
        ],
        right=_("Only two of the four are the loss. The other two are numbers as well, and nothing tells them apart "
                "but you."),
    )


@lesson.exercise("6.4")
def check_settings() -> Answer:
    """Feedback on `settings`, the activation of the last step and what the loss is told."""
    def not_this(name, logits):
        return lambda activation, from_logits: (activation, from_logits) != (name, logits)

    return Answer(
        like={"activation": "softmax", "from_logits": True},
        title=_("a softmax too many"),
        tests=[
            (lambda activation, from_logits: activation == activation.strip().lower(),
             _("Keras writes the names of activations in small letters and without spaces.")),
            (not_this("softmax", True),
             _("That is the program as it was: softmax in the last step, and once more in the loss.")),
            (not_this("linear", False),
             _("Now there is no softmax at all, and the loss takes net inputs for probabilities. One of the two places "
               "has to do it.")),
            (not_this("sigmoid", True),
             _("The sigmoid also leaves numbers between 0 and 1, and the loss takes them for net inputs: the floor "
               "stays. Look for an activation that leaves z as it is.")),
            (not_this("sigmoid", False),
             _("Those are three answers to three questions, and the loss divides them by their sum: the q of lesson "
               "05, not softmax.")),
            (not_this("relu", True),
             _("ReLU makes every negative net input 0, so that much of what the units say is lost. Look for an "
               "activation that leaves z as it is.")),
            (not_this("relu", False),
             _("ReLU lets numbers above 1 through, which are no probabilities, and the loss is told that they are.")),
            (not_this("tanh", True),
             _("tanh leaves numbers between −1 and 1: differences of at most 2, and so a floor again. Look for an "
               "activation that leaves z as it is.")),
            (not_this("log_softmax", False),
             _("Logarithms of probabilities are at most 0, and the loss is told that they are probabilities.")),
            (lambda activation, from_logits: activation not in ("none", "logits", "identity", "no", "nothing"),
             _("Keras has a name for an activation that does nothing: “linear”.")),
            (lambda activation, from_logits: activation in ("linear", "softmax", "log_softmax"),
             _("Neither a softmax nor “linear”, the activation that does nothing. Look at where p should be "
               "computed: in the last step, or in the loss.")),
        ],
        fragile=[
            (not_this("softmax", False),
             _("The loss is right as long as p is neither 0 nor 1. But it is computed from p, which is cut at "
               "0.0000001. Look for the pair that leaves softmax to the loss.")),
            (not_this("log_softmax", True),
             _("The loss is right, since softmax of ln p is p again. But it is done twice. Look for the activation "
               "that leaves z as it is.")),
        ],
        right=_("The loss gets z and computes ln p from it in one stable step."),
    )


# ---- predictions --------------------------------------------------------------------------------------------------

@lesson.prediction
def mixed_types() -> Choice:
    return Choice(_("You add a tensor of float32 and a tensor of float64. What comes out?"), [
        (_("float64, as in NumPy."), _("NumPy converts without asking. TensorFlow never does.")),
        (_("float32."), _("That would lose digits without a word. TensorFlow does not convert by itself, in neither "
                          "direction.")),
        (_("An error."), _("TensorFlow wants you to say which of the two you mean.")),
    ], right=2)


@lesson.prediction
def batch_of_one() -> Choice:
    return Choice(_("A batch of one example has shape (1, 3). You take softmax along axis 0. What comes out?"), [
        (_("The same as along axis 1."), _("Axis 0 runs over the examples, and there is one. Each class is then alone "
                                           "in its sum.")),
        (_("⅓ for each class."), _("That would be so if the three were equal and shared one sum. Along axis 0 each has "
                                   "a sum of its own.")),
        (_("1 for each class."), _("Each class is divided by a sum that has one term, itself.")),
        (_("An error."), _("The axis exists, and has length 1. Nothing stops.")),
    ], right=2)


@lesson.prediction
def hand_over() -> Choice:
    return Choice(_("The loss of the thread is 0.8059. You hand p to the loss instead of z, and say "
                    "from_logits=True all the same. What comes out?"), [
        (_("0.8059: p already sums to 1."), _("Softmax of p is not p. It exponentiates first, and a sum of 1 does not "
                                              "stop it.")),
        (_("Less than 0.8059."), _("Softmax of p is flatter than p, because the entries of p lie close together. So "
                                   "class 0, which leads, loses.")),
        (_("More than 0.8059."), _("The entries of p lie closer together than those of z. Taken for net inputs, they "
                                   "give class 0 less.")),
        (_("An error."), _("Three numbers are three numbers. Nothing in them says whether they are p or z.")),
    ], right=2)


@lesson.prediction
def sure_and_right() -> Choice:
    return Choice(_("A model with three classes and a softmax too many becomes surer and surer of the true class. "
                    "Where does its loss go?"), [
        (_("To 0, only more slowly."), _("For that the second softmax would have to give 1. It gets numbers between 0 "
                                         "and 1, so the true class is at most 1 ahead.")),
        (_("To about 0.55."), _("The first softmax gives [1, 0, 0]. The second one makes e / (e + 2) of it, which is "
                                "about 0.58.")),
        (_("To ln 3, about 1.10."), _("That is the loss when all three are equal. A lead of 1 is small, but it is a "
                                      "lead.")),
        (_("It grows without end."), _("Softmax keeps the order, twice as well as once, so the true class gains.")),
    ], right=1)
