"""Planted wrong answers of lesson 00: each must be caught, each with a sentence of its own."""

PLANTED = {
    "half": [
        "0.69", [0.69], lambda z0: z0, float("nan"), True, 0, 0.5, 69, 9, 5, -0.69, 1 / 3, 0.2, 2, 0.65, 0.75,
    ],
}
