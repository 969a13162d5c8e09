"""What has to hold of the planted wrong answers to a check, of lessons and of assignments alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.checks.checking import Lesson

AT_LEAST = 10     # planted answers to each check


def planted_are_caught(lesson: Lesson, key: str, planted: Mapping[str, Sequence[Any]]) -> None:
    """Each planted answer is wrong or fragile, and no two get the same sentence."""
    assert set(planted) == set(lesson.checks)
    assert len(planted[key]) >= AT_LEAST
    caught: dict[str, int] = {}
    for index, answer in enumerate(planted[key]):
        verdict = lesson.diagnose(key, answer)
        assert verdict.status in ("wrong", "fragile"), f"planted answer {index} is {verdict.status}: {verdict.sentence}"
        assert verdict.sentence and "Traceback" not in verdict.sentence
        assert verdict.sentence not in caught, \
            f"planted answers {caught[verdict.sentence]} and {index} get the same sentence: {verdict.sentence}"
        caught[verdict.sentence] = index
