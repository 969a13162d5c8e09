"""Strict nbval is part of the project's test run: green as stored, red with a changed number."""

import re
import subprocess
import sys
import tomllib

from tests.notebooks import refresh, small

PYPROJECT = refresh.ROOT / "pyproject.toml"
CELLS = [
    ("code", "import ipywidgets\nprint('z = 2.07')"),
    ("code", "222 / 250"),
    ("code", "ipywidgets.IntSlider()"),
    ("code", "from IPython.display import Latex\nLatex('$0.5$')"),
]


def test_it_is_switched_on():
    options = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert {"--nbval", "--nbval-current-env"} <= set(options["addopts"].split())
    assert not re.search(r"nbval-(lax|sanitize)", options["addopts"])
    assert f"--nbval-cell-timeout={refresh.CELL_TIMEOUT}" in options["addopts"].split()
    assert "notebooks" in options["testpaths"]
    assert "error" in options["filterwarnings"]


def nbval(*paths):
    """Return the cells that failed, and the number of those that passed, in a run with the project's configuration."""
    command = [sys.executable, "-m", "pytest", "-c", str(PYPROJECT), "--rootdir", str(paths[0].parent), "-rf", "-q"]
    ran = subprocess.run(
        [*command, "--color=no", "-p", "no:cacheprovider", *map(str, paths)],
        cwd=paths[0].parent, capture_output=True, text=True, encoding="utf-8", timeout=300,
    )
    failed = re.findall(r"^FAILED (\S+)::Cell (\d+)", ran.stdout, re.M)
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert ran.returncode == (1 if failed else 0), ran.stdout + ran.stderr
    return failed, int(passed[1]) if passed else 0


def test_green_as_stored_and_red_with_one_digit_changed(tmp_path):
    path = small.write(tmp_path / "01_small.ipynb", *CELLS)
    path.write_bytes(refresh.as_bytes(refresh.refreshed(path)))
    stored = path.read_text(encoding="utf-8")
    outputs = [('"z = 2.07\\n"', '"z = 2.08\\n"'), ('"0.888"', '"0.889"'), ("IntSlider(value=0)", "IntSlider(value=1)"),
               ('"$0.5$"', '"$0.4$"')]  # fmt: skip
    changed = stored
    for old, new in outputs:
        assert old in stored, old
        changed = changed.replace(old, new)
    (tmp_path / "02_changed.ipynb").write_text(changed, encoding="utf-8", newline="\n")

    failed, passed = nbval(path, tmp_path / "02_changed.ipynb")
    assert failed == [("02_changed.ipynb", str(n)) for n in range(4)]
    assert passed == 4
