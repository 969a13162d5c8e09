"""Notebooks find `helpers` whatever the kernel's working folder is, and in an environment not prepared for it."""

import os
import subprocess
import sys
import sysconfig

import pytest

from tests.notebooks import refresh, small

BY_HAND = 'import sys\nsys.path.append("..")\nimport helpers'


@pytest.mark.parametrize("where", ["notebooks", ".", None], ids=["notebooks", "root", "elsewhere"])
def test_from_a_kernel_in_the_folder(where, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = refresh.ROOT / where if where else tmp_path
    book = small.notebook(("code", "import helpers\nhelpers.__name__"))
    refresh.execute(book, folder / "01_small.ipynb")  # "No module named 'helpers'" here: python3 start.py prepares it
    assert book.cells[0].outputs[0].data["text/plain"] == "'helpers'"


def unprepared(code):
    """Run code as a kernel in notebooks/ would, in an environment that has the packages and no .pth file."""
    packages = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run(
        # -S: no site module, so no .pth file; -c puts the working folder on the path, as a kernel does.
        [sys.executable, "-S", "-c", f"import sys\nsys.path += {packages!r}\n{code}"],
        cwd=refresh.LESSONS, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=100,
    )


@pytest.mark.parametrize("path", [p for p in refresh.lessons() if p.parent == refresh.LESSONS], ids=lambda p: p.stem)
def test_from_a_lesson_launched_by_hand(path):
    first = next(c for c in refresh.read(path).cells if c.cell_type == "code")
    ran = unprepared(first.source + "\nimport helpers")
    assert ran.returncode == 0, ran.stderr


def test_what_a_lesson_launched_by_hand_needs():
    assert unprepared(BY_HAND).returncode == 0
    assert "No module named 'helpers'" in unprepared("import helpers").stderr
