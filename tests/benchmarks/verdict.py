"""What a drag's record says: frames, lags, costs, faults; and whether the live picture keeps what it promises.

A record is what ``sampler.js`` saw: ``moves``, each the slider's new value and the time of the mouse event that gave
it, and ``frames``, one for each that the browser painted: time, value on display (None: no picture), height, line of
numbers, hash of the pixels (0: blank; None: not looked at). Times are milliseconds.
"""

from statistics import median, quantiles

FRAME = 1000 / 60     # milliseconds of a frame on the screen
NOISE = 4.0           # milliseconds that two medians of lags may differ by chance: a quarter of a frame


def displayed(record: dict) -> tuple[list[tuple[float, float]], int]:
    """Return the changes on display as (time, lag), and how many of them were wrong.

    The lag counts from the event that gave the slider the value. Wrong is a value that the slider never had, and one
    that it had before the value already on display: the picture went back.
    """
    changes, wrong, latest, on_display = [], 0, -1, None
    moves = record["moves"]
    for time, value, *_ in record["frames"]:
        if value is None or value == on_display:
            continue
        if on_display is not None:
            known = [i for i, (taken, at) in enumerate(moves) if taken == value and at <= time]
            if not known or known[-1] < latest:
                wrong += 1
            else:
                latest = known[-1]
                changes.append((time, time - moves[latest][1]))
        on_display = value
    return changes, wrong


def drag_summary(record: dict) -> dict:
    """Return what one drag says."""
    changes, _ = displayed(record)
    hand = [at for _, at in record["moves"] if at >= record["since"]]
    first, last = hand[0], hand[-1]
    changes = [(time, lag) for time, lag in changes if time - lag >= first]
    third, everywhere = (last - first) / 3, [lag for _, lag in changes]
    lags = {name: [lag for time, lag in changes if low <= time - first <= high] for name, low, high in (
        ("first", 0, third), ("last", 2 * third, 3 * third), ("second", 0, 1000))}
    return {
        "frames_per_second": 1000 * sum(time <= last for time, _ in changes) / (last - first),
        "lag_ms": median(everywhere) if everywhere else None, "lag_p95_ms": _percentile_95(everywhere),
        "settling_ms": changes[-1][0] - last if record["settled"] and changes else None,
        "lag_first_third_ms": median(lags["first"]) if lags["first"] else None,
        "lag_last_third_ms": median(lags["last"]) if lags["last"] else None,
        "greatest_lag_first_second_ms": max(lags["second"], default=None),
        "kernel_cpu_per_frame_ms": record["kernel_cpu_ms"] / max(1, len(changes)),
        "bytes_per_frame": record["bytes"] / max(1, len(changes)),
    }


def _middle(values: list) -> float | None:
    values = [value for value in values if value is not None]
    return round(median(values), 2) if values else None


def _percentile_95(values: list[float]) -> float | None:
    return round(quantiles(values, n=20)[-1], 2) if len(values) > 1 else None


def drags_summary(records: list[dict]) -> dict:
    """Return the medians over several drags: each counts alike, however few frames it showed."""
    drags = [drag_summary(record) for record in records]
    greatest = [drag["greatest_lag_first_second_ms"] for drag in drags]
    return {**{key: _middle([drag[key] for drag in drags]) for key in drags[0]},
            "worst_lag_first_second_ms": round(max((lag for lag in greatest if lag is not None), default=0), 2)}


def summary(seen: dict) -> dict:
    """Return what all turns of a candidate say."""
    lags = [lag for record in seen["moves"] for _, lag in displayed(record)[0]]
    return {
        **drags_summary(seen["drags"]),
        "single_lag_ms": _middle(lags), "single_lag_p95_ms": _percentile_95(lags), "single_moves": len(lags),
        "first_picture_ms": _middle(seen["first"]), "first_picture_fresh_kernel_ms": round(seen["fresh"], 2),
        "frames_without_picture": sum(frame[1] is None for record in seen["drags"] for frame in record["frames"]),
        **{kind: drags_summary(seen[kind]) for kind in ("finger", "held") if seen[kind]},
    }


def correctness(records: list[dict], everything: list[dict], right: dict[str, int]) -> dict:
    """Return how many frames of ours were looked at, and how many were not what they had to be.

    The pixels of `records` are compared with the pictures for the same line of numbers in `right`; `everything` also
    holds pictures of other sizes, whose line of numbers, blankness and height alone are checked.
    """
    frames = [frame for record in everything for frame in record["frames"]]
    compared = [(text, pixels) for record in records for *_, text, pixels in record["frames"]]
    return {
        "frames": len(frames),
        "frames_compared_pixel_by_pixel": len(compared),
        "blank": sum(value is None or pixels == 0 for _, value, _, _, pixels in frames),
        "wrong_value": sum(displayed(record)[1] for record in everything),
        "wrong_pixels": sum(right.get(text) != pixels for text, pixels in compared),
        "never_settled": sum(not record["settled"] for record in everything),
        "changes_of_height": sum(len({frame[2] for frame in record["frames"]}) - 1 for record in everything),
    }


def promises(result: dict) -> list[dict]:
    """Return what the live picture promises, what was measured, and whether it was kept."""
    direct, far, faults = result["direct"], result["link"], result["correctness"]
    ours, interact, floor, limit = (direct[kind] for kind in ("ours", "interact", "floor", "limit"))
    held, ours_far, round_trip = far["ours"]["held"], far["ours"], 2 * result["link_ms_each_way"]
    rows = [
        ("frames per second, at least 10 times those of interact", ours["frames_per_second"], ">=",
         10 * interact["frames_per_second"]),
        ("frames per second, at least 0.9 of the limit's", ours["frames_per_second"], ">=",
         0.9 * limit["frames_per_second"]),
        ("lag in ms, at most a tenth of interact's", ours["lag_ms"], "<=", interact["lag_ms"] / 10),
        ("lag in ms, at most the limit's and one frame", ours["lag_ms"], "<=", limit["lag_ms"] + FRAME),
        ("settling in ms, at most the floor's and one frame", ours["settling_ms"], "<=", floor["settling_ms"] + FRAME),
        ("over the link, held for 1 s: frames per second as on one machine, within 5 %", held["frames_per_second"],
         ">=", 0.95 * ours["frames_per_second"]),
        ("over the link, just grabbed: greatest lag in ms of the first second, at most the round trip and the floor's",
         ours_far["worst_lag_first_second_ms"], "<=", round_trip + floor["worst_lag_first_second_ms"]),
        ("the same by a finger, which is not there before it presses", ours_far["finger"]["worst_lag_first_second_ms"],
         "<=", round_trip + floor["worst_lag_first_second_ms"]),
        ("no queue: lag in ms in the last third of a drag, at most that in the first (± a quarter of a frame)",
         ours["lag_last_third_ms"], "<=", ours["lag_first_third_ms"] + NOISE),
        ("the same over the link", ours_far["lag_last_third_ms"], "<=", ours_far["lag_first_third_ms"] + NOISE),
        ("kernel CPU per frame in ms, at most a tenth of interact's", ours["kernel_cpu_per_frame_ms"], "<=",
         interact["kernel_cpu_per_frame_ms"] / 10),
        ("bytes per frame, at most a fifth of interact's", ours["bytes_per_frame"], "<=",
         interact["bytes_per_frame"] / 5),
        ("first picture in ms after running the cell, at most interact's", ours["first_picture_ms"], "<=",
         interact["first_picture_ms"]),
        ("bytes in 3 s with no slider touched", result["idle"]["bytes"], "<=", 0),
        ("kernel CPU in ms in 3 s with no slider touched (the clock's step is 10)", result["idle"]["kernel_cpu_ms"],
         "<=", 10),
        ("blank frames", faults["blank"], "<=", 0),
        ("wrong frames", faults["wrong_value"] + faults["wrong_pixels"] + faults["never_settled"], "<=", 0),
        ("changes of height", faults["changes_of_height"], "<=", 0),
    ]
    return [{"promise": promise, "measured": round(measured, 2), "sign": sign, "bound": round(bound, 2),
             "kept": measured >= bound if sign == ">=" else measured <= bound}
            for promise, measured, sign, bound in rows]
