"""On a computer without TensorFlow a lesson shows its stored results, and the tests skip what needs it, and say so.

Its absence is played: `None` in `sys.modules` is how Python itself notes that there is no such module.
"""

import re
import subprocess
import sys
from copy import deepcopy

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from helpers import without_tensorflow
from tests.notebooks import refresh, small

NEED_IT = [path for path in refresh.lessons() if "import tensorflow" in path.read_text(encoding="utf-8")]
ABSENT = "import sys\nsys.modules['tensorflow'] = None"
CELLS = [
    ("code", "import tensorflow as tf"),
    ("code", "print(tf.constant(2) + 3)\n", "tf.Tensor(5, shape=(), dtype=int32)\n"),
    ("code", "print(2 + 3)", "5\n"),
]


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)


class Shell:
    """What a cell goes through in IPython before Python gets it."""

    def __init__(self, capsys) -> None:
        self._manager, self._capsys = TransformerManager(), capsys
        self.input_transformers_cleanup = self._manager.cleanup_transforms

    def shows(self, source: str) -> str:
        self._capsys.readouterr()
        exec(self._manager.transform_cell(source), {})
        return self._capsys.readouterr().out


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """A shell, and a folder with a lesson."""
    monkeypatch.setattr(without_tensorflow, "LESSONS", tmp_path)
    small.write(tmp_path / "06_small.ipynb", *CELLS)
    made = Shell(capsys)
    monkeypatch.setattr(without_tensorflow, "get_ipython", lambda: made)
    return made


def test_where_it_is_there_nothing_happens(shell, monkeypatch, capsys):
    monkeypatch.setattr(without_tensorflow, "is_missing", lambda: False)
    steps = list(shell.input_transformers_cleanup)
    without_tensorflow.show_stored_results("06_small")
    assert shell.input_transformers_cleanup == steps and capsys.readouterr().out == ""


def test_is_missing(absent):
    assert without_tensorflow.is_missing()


def test_says_why_in_one_sentence(absent, shell, capsys):
    without_tensorflow.show_stored_results("06_small")
    said = capsys.readouterr().out
    assert said.startswith("TensorFlow is missing here") and said.count("\n") == said.count(".\n") == 1
    assert all(place in said for place in ("Intel Macs", "Windows on ARM", "Python 3.14"))


def test_stored_results_in_place_of_cells_that_use_it(absent, shell):
    steps = len(shell.input_transformers_cleanup)
    for _run_again in range(2):
        without_tensorflow.show_stored_results("06_small")
    assert len(shell.input_transformers_cleanup) == steps + 1
    assert shell.shows("import tensorflow as tf") == ""
    assert shell.shows("print(tf.constant(2) + 3)") == "tf.Tensor(5, shape=(), dtype=int32)\n"
    assert shell.shows("print(2 + 3)") == "5\n"
    assert shell.shows("tf_1 = 'tf.nn'; print(tf_1)") == "tf.nn\n"


def test_a_cell_that_the_lesson_does_not_have_says_so(absent, shell):
    without_tensorflow.show_stored_results("06_small")
    assert "no result stored" in shell.shows("def probabilities(Z):\n    return tf.nn.softmax(Z)")
    assert shell.shows("import tensorflow as tf\nprint(tf.__version__)").count("\n") == 1


def test_a_lesson_that_is_elsewhere_says_so(absent, shell):
    without_tensorflow.show_stored_results("06_moved")
    assert "no result stored" in shell.shows("tf.constant(1)")


def test_what_python_cannot_read_python_itself_answers(absent, shell):
    without_tensorflow.show_stored_results("06_small")
    with pytest.raises(SyntaxError):
        shell.shows("tf.constant(")


@pytest.mark.parametrize("path", NEED_IT, ids=lambda path: path.stem)
def test_a_lesson_shows_exactly_its_stored_results(path):
    """From top to bottom on a kernel without TensorFlow, but for the first cell, which says why."""
    book = refresh.read(path)
    stored = [deepcopy(cell.outputs) for cell in book.cells if cell.cell_type == "code"]
    # The first cell sees to it that there is none; it imports nothing that would need it.
    first = next(cell for cell in book.cells if cell.cell_type == "code")
    first.source = f"{ABSENT}\n{first.source}"
    refresh.execute(book, path)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    for cell, before in zip(code, stored, strict=True):
        refresh.tidy(cell, [output.data["image/png"] for output in before if "image/png" in output.get("data", {})])
    assert code[0].outputs[0].text.startswith("TensorFlow is missing here")
    for cell, before in zip(code[1:], stored[1:], strict=True):
        now = [list(refresh.texts(output)) for output in cell.outputs]
        assert now == [list(refresh.texts(output)) for output in before], cell.id


def test_refresh_skips_it_and_says_so(absent, tmp_path, capsys):
    path = small.write(tmp_path / "06_small.ipynb", *CELLS)
    small.write(tmp_path / "05_other.ipynb", ("code", "print(2 + 3)", "5\n"))
    before = path.read_bytes()
    assert refresh.main([], tmp_path) == 0
    assert path.read_bytes() == before
    said = capsys.readouterr().out
    assert "unchanged  05_other" in said and re.search("skipped    06_small IS NOT RUN: .* missing here", said)


def test_nbval_skips_it_alone_and_says_so(tmp_path):
    small.write(tmp_path / "06_small.ipynb", *CELLS)
    path = small.write(tmp_path / "05_other.ipynb", ("code", "print(2 + 3)", "5\n"))
    path.write_bytes(refresh.as_bytes(refresh.refreshed(path)))
    program = f"{ABSENT}\nimport pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    ran = subprocess.run(
        [sys.executable, "-c", program, "-q", "--color=no", "-p", "no:cacheprovider", "-p", "conftest",
         "-c", str(refresh.ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=refresh.ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed, 3 skipped" in ran.stdout
    assert len(re.findall("^06_small IS NOT RUN: it needs TensorFlow", ran.stdout, re.M)) == 1


def test_a_test_that_asks_for_its_run_is_skipped(absent, run, tmp_path):
    path = small.write(tmp_path / "06_small.ipynb", *CELLS)
    with pytest.raises(pytest.skip.Exception, match="06_small IS NOT RUN"):
        run(path)


@pytest.mark.parametrize("path", NEED_IT, ids=lambda path: path.stem)
def test_nothing_that_a_lesson_imports_first_needs_it(path):
    """Neither its explorers nor its checks: so they work without it."""
    first = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code").source
    program = f"{first}\nprint('tensorflow' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=path.parent, capture_output=True, text=True, timeout=100)
    assert ran.stdout == "False\n", ran.stderr
