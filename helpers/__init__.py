"""The course's helper package: the mathematics, the live picture, the explorers and the checks."""
