"""Graded coursework: the assignments and the teacher's tool, `python -m coursework`."""
