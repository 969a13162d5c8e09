"""The benchmark sees what was slow, missing and wrong in a drag."""

import pytest

from tests.benchmarks import verdict


def record(moves, frames, **more):
    """A drag as the sampler tells it; a frame is (time, value) with pixels that fit, or all five parts."""
    return {"moves": moves, "frames": [frame if len(frame) == 5 else (*frame, 320, f"z = {frame[1]}", 7)
                                       for frame in frames],
            "since": 0, "settled": True, "kernel_cpu_ms": 30, "bytes": 3000, **more}


MOVES = [(0.1, 100), (0.2, 200), (0.3, 300), (0.4, 400)]
KEPT_UP = [(90, 0.0), (110, 0.1), (215, 0.2), (230, 0.2), (320, 0.3), (425, 0.4)]


def test_lag_counts_from_the_move_to_the_first_frame_that_shows_it():
    assert verdict.displayed(record(MOVES, KEPT_UP)) == ([(110, 10), (215, 15), (320, 20), (425, 25)], 0)


def test_a_value_skipped_is_neither_wrong_nor_a_frame():
    assert verdict.displayed(record(MOVES, [(90, 0.0), (320, 0.3), (425, 0.4)])) == ([(320, 20), (425, 25)], 0)


@pytest.mark.parametrize("frames", [
    [(90, 0.0), (110, 0.7)],                                 # the slider was never there
    [(90, 0.0), (110, 0.2)],                                 # not yet
    [(90, 0.0), (220, 0.2), (240, 0.1), (260, 0.2)],         # back, and forth again
])
def test_a_value_that_the_hand_has_left_or_never_had_is_wrong(frames):
    assert verdict.displayed(record(MOVES, frames))[1] == 1


def test_the_summary_of_a_drag():
    found = verdict.drag_summary(record(MOVES, KEPT_UP))
    assert found["frames_per_second"] == 10      # three changes within the 0.3 s of the hand
    assert found["settling_ms"] == 25
    assert (found["lag_first_third_ms"], found["lag_last_third_ms"]) == (10, 20)
    assert (found["kernel_cpu_per_frame_ms"], found["bytes_per_frame"]) == (7.5, 750)


def test_what_was_held_before_the_drag_does_not_count():
    frames = [(90, 0.0), (190, 0.1), (215, 0.2), (320, 0.3), (425, 0.4)]
    assert verdict.drag_summary(record(MOVES, frames, since=150))["lag_ms"] == 20


def test_nothing_displayed_is_no_lag():
    found = verdict.drags_summary([record(MOVES, [(90, 0.0)], settled=False)])
    assert found["frames_per_second"] == 0
    assert found["lag_ms"] is None and found["lag_p95_ms"] is None and found["settling_ms"] is None


def test_each_kind_of_fault_is_found():
    right = {"z = 0.0": 7, "z = 0.1": 8, "z = 0.2": 9}
    frames = [(90, 0.0), (110, 0.1, 320, "z = 0.1", 8), (120, None, 320, "z = 0.1", 8), (130, 0.1, 320, "z = 0.1", 0),
              (220, 0.2, 300, "z = 0.2", 8), (320, 0.3, 320, "z = 0.3", 10)]
    drag = record(MOVES, frames, settled=False)
    assert verdict.correctness([drag], [drag], right) == {
        "frames": 6, "frames_compared_pixel_by_pixel": 6, "blank": 2, "wrong_value": 0, "wrong_pixels": 3,
        "never_settled": 1, "changes_of_height": 1}
