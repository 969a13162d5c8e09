"""The README's section on performance and its plot, made from what the benchmarks wrote.

    python tests/benchmarks/report.py

Reads ``picture.json`` and, if it is there, ``kernels.json``; writes ``images/performance.png`` and what stands in
README.md between ``<!-- performance -->`` and ``<!-- /performance -->``.
"""

import json
import sys
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

sys.path.insert(0, str(Path(__file__).parents[2]))

from helpers import sweeps
from helpers.style import CLASSES, GRID, HATCHES, INK, PAPER, look

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PLOT = ROOT / "images" / "performance.png"
PICTURE, KERNELS = (Path(__file__).with_name(f"{name}.json") for name in ("picture", "kernels"))
BEGIN, END = "<!-- performance -->\n", "<!-- /performance -->\n"

NAMES = {
    "interact": "`interact`, a fresh figure", "ipympl": "ipympl, artists changed in place", "ours": "**this course**",
    "floor": "the floor: the kernel only returns a number", "limit": "the limit: all in the browser",
}
COLUMNS = {
    "frames_per_second": ("frames/s", ".1f"), "lag_ms": ("lag, ms", ".0f"), "lag_p95_ms": ("95 %", ".0f"),
    "single_lag_ms": ("single move, ms", ".0f"), "single_lag_p95_ms": ("95 %", ".0f"),
    "settling_ms": ("settling, ms", ".0f"), "kernel_cpu_per_frame_ms": ("kernel CPU per frame, ms", ".1f"),
    "bytes_per_frame": ("bytes per frame", ",.0f"), "first_picture_ms": ("first picture, ms", ".0f"),
}
GROWING = ("frames_per_second", "lag_ms", "lag_p95_ms", "kernel_cpu_per_frame_ms", "bytes_per_frame")
SIZES = {"points": "points of the curve", "bars": "bars", "explorers": "explorers open"}


def table(head: list[str], rows: list[list[str]], left: int = 1) -> str:
    """Return a Markdown table; all columns behind the first `left` are aligned to the right."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * left + ["--:"] * (len(head) - left), *rows))


def _number(value: float | None, form: str) -> str:
    return "none" if value is None else format(value, form)


def candidates_table(candidates: dict) -> str:
    """Return the candidates of one race as a Markdown table."""
    return table(["way", *(name for name, _ in COLUMNS.values())], [
        [NAMES[kind], *(_number(found[key], form) for key, (_, form) in COLUMNS.items())]
        for kind, found in candidates.items()])


def promises_table(promises: list[dict]) -> str:
    """Return what was promised, and whether it was kept, as a Markdown table."""
    sign = {">=": "≥", "<=": "≤"}
    return table(["promise", "measured", "bound", "kept"], [
        [row["promise"], f"{row['measured']:,.6g}", f"{sign[row['sign']]} {row['bound']:,.6g}",
         "yes" if row["kept"] else "**no**"] for row in promises])


def growth_table(growth: dict) -> str:
    """Return the costs of larger pictures as a Markdown table."""
    return table(["of", "size", *(COLUMNS[key][0] for key in GROWING)], [
        [SIZES[what], f"{step['size']:,}", *(_number(step[key], COLUMNS[key][1]) for key in GROWING)]
        for what, steps in growth.items() for step in steps])


def tables(result: dict) -> str:
    """Return all that was measured of the picture as Markdown tables."""
    faults, machine, versions = result["correctness"], result["machine"], result["versions"]
    held = result["link"]["ours"]["held"]
    near, far = (result[race]["ours"]["finger"] for race in ("direct", "link"))
    slices = sweeps.UNDER_WAY * sweeps.CONFIRMED
    return f"""\
Medians over {result['drags']} drags of {result['drag_seconds']:g} s at {result['events_per_second']} mouse events \
a second, each at another phase of the screen's frames and grabbed just after its cell was run, \
{1000 * result['press_seconds']:g} ms after the pointer came to the slider, and over {result['moves']} single moves, \
on {machine['cores']} cores and {machine['memory_gib']} GiB ({machine['system']}, JupyterLab {versions['jupyterlab']}, \
Chromium {versions['chromium']}). The lag is the time from the mouse event to the paint that shows its value.

On one machine:

{candidates_table(result['direct'])}

With {result['link_ms_each_way']:g} ms added each way, as to a server far away:

{candidates_table(result['link'])}

Held for a second before it is dragged, a slider of this course moves its picture over the same link at \
{held['frames_per_second']:.1f} frames a second, {held['lag_ms']:.0f} ms behind the hand. A finger, which is not there \
before it presses, sees {near['frames_per_second']:.1f} frames a second, {far['frames_per_second']:.1f} over the link.

{promises_table(result['promises'])}

{faults['frames']:,} painted frames of this course were looked at, {faults['frames_compared_pixel_by_pixel']:,} of \
them compared pixel by pixel with the picture that the kernel draws for the same numbers.

Nothing is drawn ahead while no slider is held and no pointer is over one. What is drawn ahead along one ends at \
{sweeps.MOST_FRAMES} frames or {sweeps.MOST_BYTES / 1e6:g} MB; the page keeps it that long, the kernel not at all. It \
is sent in slices, each as soon as it has {sweeps.SLICE_BYTES / 1e3:g} kB or took long enough, and no more than \
{slices} of them are on the line at once.

How the cost grows:

{growth_table(result['growth'])}
"""


def plot(result: dict) -> Figure:
    """Return the figure: the candidates on one machine and over the link, and how the cost of ours grows."""
    with look():
        figure = Figure(figsize=(9, 6.8), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        top, bottom = figure.subfigures(2, 1)
        left, right = top.subplots(1, 2, sharey=True)
        _bars(left, result, "frames_per_second", "frames per second in a drag")
        _bars(right, result, "lag_ms", "lag behind the hand, ms")
        left.invert_yaxis()
        top.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        below = bottom.subplots(1, 3, sharey=True)
        for axes, (what, steps) in zip(below, result["growth"].items(), strict=True):
            _growth(axes, steps, SIZES[what])
        low, high = below[0].get_ylim()
        high *= 2     # room for the frames per second
        ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if low <= tick <= high]
        below[0].set(ylabel="ms", yticks=ticks, yticklabels=ticks, ylim=(low, high))
        bottom.legend(*below[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure


def _bars(axes: Axes, result: dict, key: str, title: str) -> None:
    far = f"with {result['link_ms_each_way']:g} ms added each way"
    for row, (race, label) in enumerate((("direct", "on one machine"), ("link", far))):
        values = [found[key] or 0 for found in result[race].values()]
        bars = axes.barh([i + 0.4 * row for i in range(len(values))], values, height=0.36, label=label,
                         color=CLASSES[row], hatch=HATCHES[row], edgecolor=PAPER, linewidth=0)
        axes.bar_label(bars, fmt="{:.0f}", padding=3, fontsize=9)
    names = ["this course" if kind == "ours" else kind for kind in result["direct"]]
    axes.set(title=title, yticks=[i + 0.2 for i in range(len(names))], yticklabels=names)
    axes.margins(x=0.12)
    for label in axes.get_yticklabels():
        label.set(color=INK, weight="bold" if label.get_text() == "this course" else "normal")


def _growth(axes: Axes, steps: list[dict], title: str) -> None:
    sizes = [step["size"] for step in steps]
    for key, label, colour, marker in (("lag_ms", "lag of this course, ms", CLASSES[0], "o"),
                                       ("kernel_cpu_per_frame_ms", "its kernel CPU per frame, ms", CLASSES[1], "s")):
        axes.plot(sizes, [step[key] for step in steps], marker=marker, color=colour, label=label)
    for step in steps:
        axes.annotate(f"{step['frames_per_second']:.0f}/s", (step["size"], 1), (0, -2), ha="center", va="top",
                      xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=9)
    axes.set(xscale="log", yscale="log", title=f"{title} (top: frames/s)", xticks=sizes,
             xticklabels=[f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.margins(x=0.15)
    axes.grid(color=GRID, linewidth=0.5)


def section() -> str:
    """Return the README's section, from what the benchmarks wrote."""
    result = json.loads(PICTURE.read_text(encoding="utf-8"))
    told = "; ".join(f"{kind} {found['frames_per_second']:.0f} frames a second and {found['lag_ms']:.0f} ms"
                     for kind, found in result["direct"].items())
    parts = [f"""\
## Performance

The picture follows the hand although the kernel computes it, from your own Python function: while a slider is held, \
or a pointer is over it, the frames along it are drawn ahead, and the browser shows the one where the hand is. Beside \
it, four other ways to show the same picture, dragged in turns in a real JupyterLab and a real Chromium by \
`python tests/benchmarks/picture.py`:

![Frames per second and lag on one machine: {told}.]({PLOT.relative_to(ROOT).as_posix()})

""", tables(result)]
    if KERNELS.exists():
        from tests.benchmarks import kernels
        found = json.loads(KERNELS.read_text(encoding="utf-8"))
        parts.append(f"\nMany learners on one machine, by `python tests/benchmarks/kernels.py`:\n\n"
                     f"{kernels.table(found['rows'])}\n\n{kernels.summary(found)}\n")
    return "".join(parts)


def readme(text: str) -> tuple[str, str, str]:
    """Return what stands before the section, the section, and what stands behind it."""
    before, rest = text.split(BEGIN)
    inside, after = rest.split(END)
    return before, inside, after


def main() -> None:
    plot(json.loads(PICTURE.read_text(encoding="utf-8"))).savefig(PLOT, metadata={"Software": None})
    before, _, after = readme(README.read_text(encoding="utf-8"))
    README.write_text(before + BEGIN + section() + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
