"""Lesson 03's explorers: the numbers they tell are the mathematics, computed here by SciPy, SymPy and longhand."""

import math
import re

import numpy as np
import pytest
import sympy
from scipy import special

from helpers.explorers.activations import (
    FUNCTIONS,
    LAMP,
    SWITCHES,
    UNIT,
    chain_slopes,
    explore_activations,
    explore_gradient,
    explore_xor,
    two_layers,
)
from tests.explorers.test_every_explorer import preset, settings, walk

NUMBER = r"(-?inf|nan|-?\d[\d.]*(?:e[+-]\d+)?)"
F = {"linear": lambda z: z, "logistic": special.expit, "tanh": np.tanh, "ReLU": lambda z: z * (z > 0)}
SLOPE = {"linear": lambda z: 1.0, "logistic": lambda z: special.expit(z) * special.expit(-z),
         "tanh": lambda z: 1 / math.cosh(z) ** 2, "ReLU": lambda z: float(z > 0)}
LARGEST = {"linear": 1, "logistic": 0.25, "tanh": 1, "ReLU": 1}


def told(text: str, pattern: str) -> tuple[float, ...]:
    """The numbers in the text where the pattern has a #."""
    found = re.search(re.escape(pattern).replace(r"\#", NUMBER), text)
    assert found, f"{pattern} is not in {text}"
    return tuple(map(float, found.groups()))


# ---- function and derivative --------------------------------------------------------------------------------------

def test_derivatives_are_those_of_sympy():
    z = sympy.Symbol("z", real=True)
    for name, function in (("linear", z), ("logistic", 1 / (1 + sympy.exp(-z))), ("tanh", sympy.tanh(z)),
                           ("ReLU", sympy.Piecewise((0, z < 0), (z, True)))):
        for at in (-3.1, -0.2, 0.7, 2.07):
            assert FUNCTIONS[name][1](at) == pytest.approx(float(function.diff(z).subs(z, at)), rel=1e-12)


def test_activations_tell_the_thread():
    assert explore_activations().text == (
        "activations: logistic, z = 2.07 → f(z) = 0.8880, slope 0.0995 by formula, 0.0995 measured, 39.8 % of the "
        "largest: not saturated; all four at this z: linear 2.0700, logistic 0.8880, tanh 0.9687, ReLU 2.0700")


def test_activations_on_a_random_walk():
    picture = explore_activations()
    for values in settings(picture, 150):
        name, z = values["activation"], values["z"]
        assert told(picture.text, "f(z) = #,") == pytest.approx([F[name](z)], abs=6e-5)
        assert told(picture.text, "linear #, logistic #, tanh #, ReLU #") == \
            pytest.approx([f(z) for f in F.values()], abs=6e-5)
        if name == "ReLU" and z == 0:
            continue
        formula, measured, part = told(picture.text, "slope # by formula, # measured, # % of the largest")
        assert (formula, measured) == pytest.approx((SLOPE[name](z),) * 2, rel=1e-3, abs=6e-5)
        assert part == pytest.approx(100 * SLOPE[name](z) / LARGEST[name], rel=2e-3, abs=0.06)
        flagged = picture.text.split(";")[0].endswith(": saturated")
        assert flagged == (SLOPE[name](z) < 0.1 * LARGEST[name])
        flag = next(t for t in picture.figure.axes[1].texts if t.get_text() == "saturated")
        assert flag.get_visible() == flagged


def test_relu_has_no_slope_at_its_kink():
    picture = preset(explore_activations(), "ReLU, kink")
    assert "no slope at a kink: 0.00 from the left, 1.00 from the right; the course takes 0.0000" in picture.text
    drawn = picture.figure.axes[1].lines
    assert any(np.isnan(line.get_ydata()).sum() == 1 for line in drawn), "the slope of ReLU has a gap at 0"


def test_a_learners_function_is_measured():
    picture = explore_activations(logistic=lambda z: np.arctan(z))
    assert "0.0995 by formula, 0.1892 measured" in picture.text


def test_a_constant_function_has_no_largest_slope():
    picture = explore_activations(logistic=lambda z: np.zeros_like(z))
    assert picture.trouble is None and "nan % of the largest: not saturated" in picture.text


# ---- the gradient through many layers -----------------------------------------------------------------------------

def longhand(name, n, w, b, x):
    h, slopes = x, []
    for _layer in range(int(n)):
        z = w * h + b
        slopes.append(SLOPE[name](z))
        h = float(F[name](z))
    return math.prod(slopes), w**int(n) * math.prod(slopes)


def test_chain_slopes_against_longhand():
    rng = np.random.default_rng(0)
    for name, (f, slope) in FUNCTIONS.items():
        for _try in range(20):
            x, w, b = rng.uniform(-2, 2, 3)
            n = int(rng.integers(1, 21))
            product, gradient = longhand(name, n, w, b, x)
            slopes = chain_slopes(x, w, b, n, f, slope)
            assert slopes.shape == (n,)
            assert slopes.prod() == pytest.approx(product, rel=1e-9, abs=1e-300)
            assert np.prod(w * slopes) == pytest.approx(gradient, rel=1e-9, abs=1e-300)


def test_gradient_on_a_random_walk():
    picture = explore_gradient()
    for values in settings(picture, 200):
        name, n = values["activation"], int(values["n"])
        product, gradient = longhand(name, n, values["w"], values["b"], values["x"])
        assert told(picture.text, "product of the slopes #,") == pytest.approx([product], rel=1e-3, abs=1e-300)
        assert told(picture.text, f"0.25^{n} = #;") == pytest.approx([0.25**n], rel=1e-3)
        assert told(picture.text, "product of the weights #;") == pytest.approx([values["w"] ** n], rel=1e-3)
        assert told(picture.text, "gradient #, ") == pytest.approx([gradient], rel=1e-3, abs=1e-300)
        if ", measured " in picture.text:
            assert told(picture.text, "measured #") == pytest.approx([gradient], rel=2e-2, abs=1e-8)
        if name == "logistic":
            assert product <= 0.25**n * (1 + 1e-12)


def test_weights_of_four_keep_the_gradient_and_not_the_bound():
    text = preset(explore_gradient(), "Weights of 4").text
    assert "slopes 9.537e-07, the bound 0.25^10 = 9.537e-07" in text and "gradient 1, measured 1" in text


def test_the_thread_is_the_unit_of_lesson_2():
    picture = explore_gradient()
    picture.move(n=1)
    assert UNIT["w"] * UNIT["x"] + UNIT["b"] == pytest.approx(2.07)
    assert told(picture.text, "gradient #, measured #") == pytest.approx([0.0497, 0.0497], abs=1e-4)


def test_a_unit_that_is_off_passes_nothing():
    text = preset(explore_gradient(), "ReLU, off").text
    assert "gradient 0, a net input at the kink" in text


def test_gradient_draws_what_it_says():
    picture = preset(explore_gradient(), "Weights of 4")
    lines = [line for line in picture.figure.axes[0].lines if line.get_animated()]
    products, gradients = (line.get_ydata() for line in lines[:2])
    assert products == pytest.approx(0.25 ** np.arange(11)) and gradients == pytest.approx(np.ones(11))


# ---- XOR ----------------------------------------------------------------------------------------------------------

def net_inputs(values):
    """z of the four positions, unit by unit."""
    f, zs = F[values["activation"]], []
    for x1, x2 in ((0, 0), (0, 1), (1, 0), (1, 1)):
        h = [float(f(values[f"w{i}0"] + values[f"w{i}1"] * x1 + values[f"w{i}2"] * x2)) for i in (1, 2)]
        zs.append(values["v0"] + values["v1"] * h[0] + values["v2"] * h[1])
    return np.array(zs)


def told_z(text):
    return np.array([float(v) for v in re.search(r"→ z = \[([^]]*)\]", text)[1].split(", ")])


def test_xor_on_a_random_walk():
    picture = explore_xor()
    for values in settings(picture, 200):
        z = net_inputs(values)
        assert told_z(picture.text) == pytest.approx(z, abs=6e-5)
        clear = np.abs(z) > 1e-9      # else rounding decides
        if clear.all():
            assert told(picture.text, "; # of 4 right") == (np.sum((z > 0) == LAMP),)
        if values["activation"] == "linear":
            one = np.array([float(v) for v in re.search(r"; one unit .* z = \[([^]]*)\]", picture.text)[1].split(", ")])
            assert one == pytest.approx(z, abs=6e-5)


def test_xor_presets_solve_it_unless_they_are_linear():
    picture = explore_xor()
    for label, right in (("Linear layers", 2), ("Linear, 3 of 4", 3), ("XOR by tanh", 4), ("XOR by logistic", 4),
                         ("XOR by ReLU", 4)):
        assert f"; {right} of 4 right" in preset(picture, label).text, label
    preset(picture, "Linear layers").move(activation="tanh")
    assert "; 4 of 4 right" in picture.text


def test_no_linear_setting_gets_all_four():
    picture = explore_xor()
    for values in walk(picture, 300, seed=9):
        picture.move(**{**values, "activation": "linear"})
        assert "4 of 4 right" not in picture.text


@pytest.mark.parametrize("label", ["Linear layers", "XOR by tanh", "XOR by logistic", "XOR by ReLU", "All weights 0"])
def test_the_regions_are_where_the_network_says_so(label):
    picture = preset(explore_xor(), label)
    W = np.array([[picture.values[f"w{i}{j}"] for j in range(3)] for i in (1, 2)])
    v = np.array([picture.values[f"v{j}"] for j in range(3)])
    points = np.random.default_rng(0).uniform(-0.5, 1.5, (300, 2))
    z = two_layers(np.column_stack([np.ones(300), points]), W, v, FUNCTIONS[picture.values["activation"]][0])
    off, on = [patch for patch in picture.figure.axes[0].patches if patch.get_animated()]
    for point, value in zip(points, z, strict=True):
        if abs(value) > 0.05:      # nearer to the boundary the grid's coarseness counts
            inside = (on if value > 0 else off).get_path()
            assert inside.contains_point(point)


def test_two_layers_is_the_thread_of_the_lesson():
    z = two_layers(SWITCHES, np.array([[-0.5, 1, 1], [-1.5, 1, 1]]), np.array([-2, 3, -3]), np.tanh)
    assert z == pytest.approx([-0.6709, 0.7727, 0.7727, -0.6709], abs=1e-4)


def test_a_nan_shades_nothing():
    picture = explore_xor(lambda X, W, v, f: np.full(len(X), np.nan))
    assert picture.trouble is None and "0 of 4 right" in picture.text
    assert all(len(patch.get_path().vertices) == 0 for patch in picture.figure.axes[0].patches)


def test_a_hidden_unit_without_weights_has_no_line():
    picture = explore_xor()
    picture.move(w11=0, w12=0)
    dashed = [line for line in picture.figure.axes[0].lines if line.get_linestyle() == "--"]
    assert picture.trouble is None and not dashed[0].get_visible()
