"""What students hand in: about a hundred kinds, each with its fair result. Everything is made when it is run."""

import copy
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coursework.grading.assignment import Assignment
from tests.coursework.small import RIGHT, VISIBLE_ONLY, answered, cell_of, data

FULL = 12  # what the checks give; three points more wait for a person
WAITS, GRADED, UNREADABLE, FLAGGED, NOTHING = "waiting for a person", "graded", "unreadable", "flagged", "not handed in"


@dataclass(frozen=True)
class Place:
    """What a kind may need to know: the assignment, the folder to hand in to, and what a cheat would like to reach."""

    assignment: Assignment
    folder: Path
    solutions: Path
    gradebook: Path
    port: int

    def put(self, content: bytes | dict, name: str = "T1.ipynb", when: float | None = None) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else data(content))
        if when:
            os.utime(path, (when, when))

    def answered(self, *args, **others) -> dict:
        return answered(self.assignment, *args, **others)


@dataclass(frozen=True)
class Kind:
    """A kind of hand-in and its fair result: the total (None: there is none), the status, words of the reason."""

    make: Callable[[Place], None]
    total: float | None
    status: str
    reason: str = ""


KINDS: dict[str, Kind] = {}


def kind(total: float | None, status: str = WAITS, reason: str = "") -> Callable:
    def add(make: Callable[[Place], None]) -> Callable[[Place], None]:
        KINDS[make.__name__.replace("_", "-")] = Kind(make, total, status, reason)
        return make
    return add


def code(name: str, total: float, status: str = WAITS, reason: str = "", base: dict | None = None, **answers: str
         ) -> None:
    """Add a kind that differs from the right one in its answers alone."""
    KINDS[name] = Kind(lambda place: place.put(place.answered(base, **answers)), total, status, reason)


# --- right and wrong ----------------------------------------------------------------------------------------------

code("right", FULL)
code("blank", 0, GRADED, "blank", base={})
code("half-right", 6, GRADED, base={"net-input": RIGHT["net-input"], "centred": RIGHT["centred"]})
code("visible-only", 0, GRADED, base=VISIBLE_ONLY)
code("warns", FULL, softmax="import sys, warnings\n" + RIGHT["softmax"].replace(
    "    return", "    warnings.warn('hm'); print('hm', file=sys.stderr); np.log(np.zeros(1)) * 0\n    return"))
code("warnings-are-errors", FULL,
     net_input="import warnings\nwarnings.simplefilter('error')\n" + RIGHT["net-input"],
     softmax=RIGHT["softmax"].replace("    return", "    np.log(np.zeros(1))\n    return"))
code("syntax-error", 8, softmax=RIGHT["softmax"].replace("return", "retrun"))
code("raises", 9, net_input="raise ValueError('later')\n" + RIGHT["net-input"])
code("returns-nothing", 8, softmax="def softmax(z):\n    np.exp(z)")
code("recursion", 8, softmax="def softmax(z):\n    return softmax(z)")
code("magics", FULL, net_input="%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
     + RIGHT["net-input"])
code("awaits", FULL, net_input="import asyncio\nawait asyncio.sleep(0.01)\n" + RIGHT["net-input"])
code("leaves-politely", FULL, net_input=RIGHT["net-input"] + "\nexit()")
code("leaves-by-sys", FULL, net_input=RIGHT["net-input"] + "\nimport sys\nsys.exit()")
code("reads-input", 9, net_input="bias = float(input('bias? '))\n" + RIGHT["net-input"])
code("old-numpy-name", FULL, FLAGGED, "replaces float", net_input="np.float = float\n" + RIGHT["net-input"])

code("shadows-builtins", FULL, net_input="sum, list, abs, isinstance = 0, [1, 2], 3, None\n" + RIGHT["net-input"])
code("resets-the-namespace", 9, FLAGGED, "logistic", centred="%reset -f\nimport numpy as np\n" + RIGHT["centred"])
code("closes-stdout", FULL, FLAGGED, "replaces stdout",
     net_input="import sys\nsys.stdout.close()\nsys.stdout = None\n" + RIGHT["net-input"])
code("leaves-when-called", 8, softmax="def softmax(z):\n    raise SystemExit")
code("sets-an-alarm", FULL, net_input="import signal\nsignal.alarm(1)\n" + RIGHT["net-input"])

# --- that does not end --------------------------------------------------------------------------------------------

code("loop-in-cell", 9, reason="interrupted", net_input="while True: pass\n" + RIGHT["net-input"])
code("loop-in-function", 8, softmax="def softmax(z):\n    while True: pass")
code("loop-that-catches-all", 8, FLAGGED, "could not be interrupted",
     softmax="import time\nwhile True:\n    try: time.sleep(1e6)\n    except BaseException: pass")
code("loop-deaf-to-signals", 8, FLAGGED, "could not be interrupted",
     softmax="import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
code("loop-in-compiled-code", 8, FLAGGED, "could not be interrupted",
     softmax="def softmax(z):\n    return sum(iter(int, 1))")
code("sleeps", 8, softmax="import time\ndef softmax(z):\n    time.sleep(1e6)")
code("thread-without-end", FULL, net_input="import threading, time\ndef spin():\n    while True: time.sleep(0.001)\n"
     "threading.Thread(target=spin).start()\n" + RIGHT["net-input"])

# --- that takes the machine ---------------------------------------------------------------------------------------

code("kills-its-process", 8, FLAGGED, "ended", softmax="import os\nos._exit(0)\n" + RIGHT["softmax"])
code("kills-itself-when-called", 8, FLAGGED, "ended",
     softmax="import os\ndef softmax(z):\n    os.kill(os.getpid(), 9)")
code("crashes", 8, FLAGGED, "ended", softmax="import ctypes\ndef softmax(z):\n    ctypes.string_at(0)")
code("memory", 8, softmax="def softmax(z):\n    kept = []\n    for _ in range(64):\n"
     "        kept.append(np.ones(2**23))\n    return z")  # 64 times 64 MiB are 4 GiB
code("processes", 8, FLAGGED, "starts processes",
     softmax="import os, time\ndef softmax(z):\n    for _ in range(200):\n        if os.fork() == 0:\n"
             "            time.sleep(60)\n            os._exit(0)\n    return z")
code("fork-comes-back", FULL, FLAGGED, "starts processes", net_input="import os\nos.fork()\n" + RIGHT["net-input"])
code("prints-20-MB", FULL, net_input="print('x' * 20_000_000)\n" + RIGHT["net-input"])
code("error-of-20-MB", 8, softmax="def softmax(z):\n    raise ValueError('x' * 20_000_000)")
code("prints-without-end", 8, softmax="def softmax(z):\n    while True: print('x' * 1000)")
code("fills-the-disk", FULL, FLAGGED, "opens a file",
     net_input="try:\n    with open('big', 'wb') as f:\n        for _ in range(400): f.write(bytes(10**6))\n"
               "except OSError: pass\n" + RIGHT["net-input"])
code("closes-everything", 9, FLAGGED, "ended", net_input="import os\nos.closerange(0, 500)\n" + RIGHT["net-input"])


@kind(FULL)
def stored_output_of_20_MB(place: Place) -> None:
    book = place.answered()
    cell_of(book, "softmax")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}]
    place.put(book)


@kind(None, UNREADABLE, "100 MB")
def file_of_100_MB(place: Place) -> None:
    place.put(b"{}")
    with open(place.folder / "T1.ipynb", "r+b") as file:
        file.truncate(100_000_000)


# --- cells --------------------------------------------------------------------------------------------------------

@kind(8, FLAGGED, "softmax is missing")
def deleted_answer(place: Place) -> None:
    book = place.answered()
    book["cells"].remove(cell_of(book, "softmax"))
    place.put(book)


@kind(FULL)
def deleted_checks(place: Place) -> None:
    book = place.answered()
    book["cells"] = [c for c in book["cells"] if not c["id"].startswith("test-")]
    place.put(book)


@kind(FULL)
def answers_in_one_cell(place: Place) -> None:
    book = place.answered(net_input="\n".join(RIGHT[n] for n in ("net-input", "softmax", "centred", "steepest")),
                          softmax="-", centred="-")
    for name in ("softmax", "centred"):
        cell_of(book, name)["source"] = "# above"
    place.put(book)


@kind(FULL)
def duplicated(place: Place) -> None:
    book = place.answered()
    book["cells"].insert(6, copy.deepcopy(cell_of(book, "softmax")))
    place.put(book)


@kind(FULL)
def duplicated_blank(place: Place) -> None:
    book = place.answered()
    twin = copy.deepcopy(cell_of(place.assignment.book, "softmax"))
    book["cells"].insert(6, twin | {"id": "twin"})
    place.put(book)


@kind(8, FLAGGED, "2 times with different content")
def duplicated_and_changed(place: Place) -> None:
    book = place.answered()
    book["cells"].insert(6, copy.deepcopy(cell_of(book, "softmax")) | {"source": VISIBLE_ONLY["softmax"]})
    place.put(book)


@kind(FULL, FLAGGED, "turned into text")
def retyped(place: Place) -> None:
    book = place.answered()
    cell = cell_of(book, "softmax")
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]
    place.put(book)


@kind(FULL)
def reordered(place: Place) -> None:
    book = place.answered()
    book["cells"].reverse()
    place.put(book)


@kind(8, WAITS, "edited")
def edited_checks(place: Place) -> None:
    book = place.answered(softmax=VISIBLE_ONLY["softmax"])
    for cell in book["cells"]:
        if cell["id"].startswith("test-"):
            cell["source"] = "pass"
    place.put(book)


@kind(FULL, WAITS, "a given cell was edited")
def edited_given_cells(place: Place) -> None:
    book = place.answered(softmax=RIGHT["softmax"].replace("np.max", "numpy.max"))
    cell_of(book, "imports")["source"] += "\nimport numpy"
    cell_of(book, "data")["source"] = "X = None\nraise ValueError"
    place.put(book)


@kind(FULL, WAITS, "of the student's own")
def added_cells(place: Place) -> None:
    book = place.answered(centred="def centred(X):\n    return X - means(X)")
    own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
    book["cells"].insert(7, own | {"source": "def means(X):\n    return X.mean(axis=0)"})
    book["cells"].insert(8, own | {"id": "own-2", "source": "1 / 0"})
    place.put(book)


@kind(FULL, WAITS, "metadata is missing")
def stripped_metadata(place: Place) -> None:
    book = place.answered()
    for cell in book["cells"]:
        cell["metadata"] = {}
    place.put(book)


@kind(FULL, WAITS, "metadata is missing")
def stripped_metadata_and_ids(place: Place) -> None:
    book = place.answered()
    for cell in book["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    place.put(book | {"nbformat_minor": 4})


@kind(8, FLAGGED, "merge conflict")
def merge_conflict_in_a_cell(place: Place) -> None:
    place.put(place.answered(softmax=f"<<<<<<< HEAD\n{RIGHT['softmax']}\n=======\npass\n>>>>>>> mine"))


@kind(FULL)
def odd_characters(place: Place) -> None:
    place.put(place.answered(net_input="# \0 \ud800 \u2028 김\r\n" + RIGHT["net-input"]))


@kind(FULL, GRADED)
def no_words(place: Place) -> None:
    place.put(place.answered(why="  \n"))


# --- files --------------------------------------------------------------------------------------------------------

@kind(FULL)
def wrong_name(place: Place) -> None:
    place.put(place.answered(), "my work (final) v2.ipynb")


@kind(FULL, WAITS, "is called")
def other_ending(place: Place) -> None:
    place.put(place.answered(), "T1.ipynb.txt")


@kind(FULL, WAITS, "byte-order mark")
def byte_order_mark(place: Place) -> None:
    place.put(b"\xef\xbb\xbf" + data(place.answered()))


@kind(FULL, FLAGGED, "UTF-16")
def utf_16(place: Place) -> None:
    place.put(json.dumps(place.answered()).encode("utf-16"))


@kind(FULL, FLAGGED, "cp949")
def korean_encoding(place: Place) -> None:
    book = place.answered(net_input="# 순입력\n" + RIGHT["net-input"], why="가장 가파른 곳은 가운데")
    for cell in book["cells"]:
        cell["source"] = cell["source"].replace("·", " ")
    place.put(json.dumps(book, ensure_ascii=False).encode("cp949"))


@kind(None, UNREADABLE, "cut off")
def truncated(place: Place) -> None:
    place.put(data(place.answered())[:-900])


@kind(None, UNREADABLE, "is empty")
def empty(place: Place) -> None:
    place.put(b"")


@kind(None, UNREADABLE, "merge conflict")
def merge_conflict(place: Place) -> None:
    text = json.dumps(place.answered(), indent=1)
    place.put(text.replace('\n "metadata"', '\n<<<<<<< HEAD\n "metadata"', 1).encode() + b"\n>>>>>>> theirs\n")


@kind(None, UNREADABLE, "a PDF")
def a_pdf(place: Place) -> None:
    place.put(b"%PDF-1.7\n...")


@kind(None, UNREADABLE, "no cells")
def other_json(place: Place) -> None:
    place.put(b'{"points": 15}')


@kind(None, UNREADABLE, "no JSON")
def deep_json(place: Place) -> None:
    place.put(b"[" * 200_000)


@kind(None, UNREADABLE, "without cells")
def broken_cells(place: Place) -> None:
    place.put(b'{"nbformat": 4, "metadata": [], "cells": [1, null, "code"]}')


@kind(None, UNREADABLE, "another assignment")
def another_assignment(place: Place) -> None:
    cells = [{"cell_type": "code", "id": "x", "metadata": {"nbgrader": {"grade_id": "t2"}}, "source": "1"}]
    place.put({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@kind(None, UNREADABLE, "no notebook, only")
def only_a_text(place: Place) -> None:
    place.put(b"I was ill.", "letter.txt")


@kind(FULL, FLAGGED, "2 different notebooks")
def two_notebooks(place: Place) -> None:
    place.put(place.answered(softmax="-"), "T1.ipynb", 1_700_000_000)
    place.put(place.answered(), "T1-1.ipynb", 1_700_000_100)


@kind(FULL, FLAGGED, "2 different notebooks")
def blank_beside(place: Place) -> None:
    place.put(place.answered(), "done.ipynb", 1_700_000_000)
    place.put(place.assignment.book, "T1.ipynb", 1_700_000_100)


@kind(FULL)
def zip_in_zip(place: Place) -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("T1/T1.ipynb", data(place.answered()))
        archive.writestr("__MACOSX/T1/._T1.ipynb", b"\0\5\x16\7")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("work.zip", inner.getvalue())
    place.put(outer.getvalue(), "all.zip")


@kind(None, UNREADABLE, "damaged zip")
def damaged_zip(place: Place) -> None:
    place.put(b"PK\x03\x04 no more", "T1.zip")


@kind(None, UNREADABLE, "250 MB")
def zip_bomb(place: Place) -> None:
    _bomb(place, honest=True)


@kind(None, UNREADABLE, "cannot be unpacked")
def zip_bomb_that_lies(place: Place) -> None:
    _bomb(place, honest=False)


def _bomb(place: Place, honest: bool) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("T1.ipynb", "w") as file:
        for _ in range(250):
            file.write(bytes(10**6))
    raw = bytearray(bomb.getvalue())
    at = raw.rindex(b"PK\x01\x02") + 24  # what the directory says of the size
    if not honest:
        raw[at:at + 4] = (1000).to_bytes(4, "little")
    place.put(bytes(raw), "T1.zip")


@kind(None, UNREADABLE, "link")
def a_link(place: Place) -> None:
    place.folder.mkdir(parents=True)
    (place.folder / "T1.ipynb").symlink_to(place.solutions)


@kind(None, UNREADABLE, "device")
def a_pipe(place: Place) -> None:
    place.folder.mkdir(parents=True)
    os.mkfifo(place.folder / "T1.ipynb")


@kind(FULL, FLAGGED, "another kernel")
def foreign_kernel(place: Place) -> None:
    spec = {"display_name": "R", "language": "R", "name": "ir"}
    place.put(place.answered() | {"metadata": {"kernelspec": spec}})


@kind(FULL, WAITS, "old format 3")
def old_format(place: Place) -> None:
    cells = []
    for cell in place.answered()["cells"]:
        old = {k: v for k, v in cell.items() if k in ("cell_type", "metadata")}
        old |= {"input": cell["source"], "outputs": [], "language": "python", "collapsed": False} if (
            cell["cell_type"] == "code") else {"source": cell["source"]}
        cells.append(old)
    place.put({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
               "worksheets": [{"cells": cells, "metadata": {}}]})


@kind(None, NOTHING)
def nothing(place: Place) -> None:
    pass


# --- cheats -------------------------------------------------------------------------------------------------------

WRONG = {"net-input": "def net_input(X, w):\n    return 0", "softmax": "def softmax(z):\n    return z",
         "centred": "def centred(X):\n    return X", "steepest": "steepest = 3.0"}


def cheat(name: str, first: str, total: float = 0, reason: str = "please look", **answers: str) -> None:
    """Add wrong answers behind some code that would make them right."""
    base = {**WRONG, "net-input": first + "\n" + WRONG["net-input"], **{k.replace("_", "-"): v for k, v in
                                                                      answers.items()}}
    code(name, total, FLAGGED, reason, base)


cheat("overwrites-numpy-testing", "np.testing.assert_allclose = lambda *a, **k: None\nnp.allclose = lambda *a: True",
      reason="assert_allclose")
cheat("overwrites-code-of-a-check", "np.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__",
      reason="assert_allclose")
cheat("overwrites-a-given-name", "logistic = lambda z: 0.5", reason="logistic")
cheat("overwrites-builtins", "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.isinstance = lambda *a: True",
      reason="builtins.abs")
cheat("overwrites-when-called", "", reason="numpy.allclose",
      centred="def centred(X):\n    np.allclose = np.array_equal = lambda *a: True\n    return X - X.mean()")
cheat("overwrites-modules", "import sys, types\nfake = types.ModuleType('numpy')\nfake.testing = fake\n"
      "fake.assert_allclose = lambda *a, **k: None\nsys.modules['numpy'] = np = fake", reason="numpy")
cheat("ast-transformer", "import ast\nclass T(ast.NodeTransformer):\n"
      "    def visit_Assert(self, node): return ast.Pass()\n"
      "get_ipython().ast_transformers.append(T())", reason="ast_transformers")
cheat("exception-handler", "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)", reason="set_custom_exc")
cheat("patches-the-shell", "from IPython.core.interactiveshell import InteractiveShell as S\n"
      "from IPython.core.interactiveshell import ExecutionResult as R\nS.run_cell = lambda *a, **k: R(None)",
      reason="run_cell")
cheat("answer-that-equals-all", "class Any(np.ndarray):\n    def __array_function__(self, *a, **k): return True\n"
      "    def __array_ufunc__(self, *a, **k): return True\n    def __eq__(self, other): return True",
      reason="__array_function__", softmax="def softmax(z):\n    return z.view(Any)")
cheat("sends-its-own-reply", "import os\nfor fd in range(3, 40):\n"
      "    try: os.write(fd, b'{\"token\": \"\", \"ok\": true}\\n')\n"
      "    except OSError: pass", reason="own making")
cheat("shadows-builtins-to-cheat", "np.abs = abs = lambda x: 0\nisinstance = lambda *a: True", reason="numpy.abs")
cheat("patches-from-a-thread", "import threading, time\ndef patch():\n    while True:\n"
      "        np.allclose = np.array_equal = lambda *a: True\n        time.sleep(0)\n"
      "threading.Thread(target=patch, daemon=True).start()", reason="numpy.allclose")
cheat("traces-the-checks", "import sys\nsys.settrace(lambda *a: None)", reason="settrace")

@kind(0, GRADED, "unused")
def brings_helpers(place: Place) -> None:
    path = "import sys\nsys.path.insert(0, '.')\nsys.path.insert(0, '..')\n"
    place.put(place.answered(WRONG | {"net-input": path + WRONG["net-input"]}))
    place.put(b"def logistic(z): return 0.5", "helpers/activations.py")
    place.put(b"", "helpers/__init__.py")


@kind(0, FLAGGED, "opens a file")
def reads_the_solutions(place: Place) -> None:
    steal = (f"import json\nfor path in [{str(place.solutions)!r}, '../source/T1/T1.ipynb']:\n    try:\n"
             "        for cell in json.load(open(path))['cells']:\n"
             "            if cell['metadata'].get('nbgrader', {}).get('solution'): exec(''.join(cell['source']))\n"
             "    except OSError: pass")
    place.put(place.answered({"net-input": steal}))


@kind(0, FLAGGED, "gradebook")
def writes_the_gradebook(place: Place) -> None:
    write = (f"import sqlite3\nfor path in [{str(place.gradebook)!r}, '../gradebook.db']:\n    try: "
             "sqlite3.connect(path).execute('create table grade (points)')\n    except Exception: pass")
    place.put(place.answered({"net-input": write}))


@kind(FULL, FLAGGED, "opens a connection")
def connects(place: Place) -> None:
    call = (f"import socket\ntry: socket.create_connection(('127.0.0.1', {place.port}), 1).sendall(b'hello')\n"
            "except OSError: pass\n")
    place.put(place.answered(net_input=call + RIGHT["net-input"]))


@kind(0, FLAGGED, "environment variables")
def tells_the_environment(place: Place) -> None:
    place.put(place.answered({"net-input": "import os\ndef net_input(X, w):\n    raise ValueError(dict(os.environ))"}))


@kind(0, FLAGGED, "hidden tests")
def tells_hidden_tests(place: Place) -> None:
    # What it might have found while a hidden test ran.
    tell = "def centred(X):\n    raise ValueError('assert np.allclose(centred(_given), [[-1, 3], [1, -3]])')"
    place.put(place.answered({"centred": tell}))
