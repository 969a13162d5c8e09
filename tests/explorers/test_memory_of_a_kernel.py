"""What a lesson costs a kernel in memory, against the least that any lesson with a slider costs.

Memory, unlike time, is the same on a busy machine: so here it is a test.
"""

from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
AT_MOST = 1.3
PATIENCE = 120      # seconds for a cell

LEAST = """
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

@ipywidgets.interact(w=(-5.0, 5.0))
def show(w=1.0):
    z = np.linspace(-8, 8, 200)
    plt.plot(z, 1 / (1 + np.exp(-w * z)))
    plt.show()
"""
USE_ALL = """
import gc
from helpers.live import Live
def places(control):
    if control.kind == "choice":
        return [list(control.options)[i % len(control.options)] for i in range(100)]
    if control.kind == "pad":
        return [[float(i % 64 == cell) for cell in range(len(control.value))] for i in range(100)]
    return [control.low + i / 99 * (control.high - control.low) for i in range(100)]
pictures = [thing for thing in gc.get_objects() if isinstance(thing, Live)]
for picture in pictures:
    for control in picture._controls.values():
        for place in places(control):
            picture.move(**{control.name: place})
    assert picture.trouble is None
print(len(pictures))
"""
# Where a lesson is about data of scikit-learn, the least has to load them too: the library alone takes 76 MB.
SKLEARN = "\nfrom sklearn.datasets import load_digits\nload_digits()"
# A lesson's own large samples are no cost of its pictures: they are let go first, and given back to the system.
MEMORY = """
import contextlib, ctypes, gc, os, numpy as np, psutil
size = lambda thing: sum(one.nbytes for one in (thing if isinstance(thing, list) else [thing])
                         if isinstance(one, np.ndarray | np.generic))
for name in [name for name, thing in globals().items() if size(thing) > 100_000]:
    del globals()[name]
gc.collect()
with contextlib.suppress(AttributeError, OSError, TypeError):     # there is none on macOS and Windows
    ctypes.CDLL(None).malloc_trim(0)
print(psutil.Process(os.getpid()).memory_info().rss)
"""
TENSORFLOW = "import sys; print('tensorflow' in sys.modules)"


def run(client, code: str) -> str:
    """Run code and return what it printed."""
    printed = []

    def hear(message):
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=hear)
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed)


@pytest.fixture
def kernel(tmp_path_factory):
    """Starts kernels in the folder of the lessons."""
    made = []

    def start():
        made.append(start_new_kernel(cwd=str(LESSONS[0].parent)))
        return made[-1][1]

    yield start
    for manager, client in made:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("lesson", [path for path in LESSONS if "import tensorflow" not in path.read_text("utf-8")],
                         ids=lambda path: path.stem)
def test_a_lesson_with_all_its_pictures_used_costs_little_more_than_one_slider(lesson, kernel):
    least = kernel()
    run(least, LEAST + SKLEARN * ("import load_digits" in lesson.read_text("utf-8")))
    ours = kernel()
    for cell in nbformat.read(lesson, as_version=4).cells:
        if cell.cell_type == "code":
            run(ours, cell.source)
    assert int(run(ours, USE_ALL)) > 0
    assert run(ours, TENSORFLOW).strip() == "False"
    ratio = int(run(ours, MEMORY)) / int(run(least, MEMORY))
    print(f"{ratio:.2f} times the memory of one slider")
    assert ratio <= AT_MOST
