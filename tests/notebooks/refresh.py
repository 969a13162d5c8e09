"""Run every lesson top to bottom on a fresh kernel and store it in one normal form.

    python tests/notebooks/refresh.py                # all lessons
    python tests/notebooks/refresh.py 02 05_softmax  # those whose file name begins so
    python tests/notebooks/refresh.py --check        # change nothing; exit 1 naming what would change

A second run changes nothing, byte for byte. A lesson is not stored when a cell raises, writes to stderr, or shows what
is true of one machine or one run only (a path, a memory address): the message then names the notebook and the cell.
A lesson that needs TensorFlow is skipped where there is none.
"""

import argparse
import base64
import hashlib
import importlib.util
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ROOT / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"
CELL_TIMEOUT = 120  # seconds, as nbval's in pyproject.toml

# The same in every notebook: what JupyterLab writes, without the version of Python, which differs between readers.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}

# Levels of 255 in each channel. Processors round a curve's edge differently by a level or two; an eye needs more.
PICTURE_TOLERANCE = 8

ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{9,}\b")
PLACES = {str(p) for p in (ROOT, Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())) if len(p.parts) > 1}
MACHINE_PATH = re.compile(
    "|".join([r"(?<![\w.])/(?:home|Users|root|tmp|var)/\w", r"[A-Z]:\\+Users", r"ipykernel_\d", "site-packages",
              *(re.escape(p) + r"(?!\w)" for p in sorted(PLACES))])
)


class Refused(Exception):
    """A lesson that cannot be stored; the message names the notebook and the cell."""


class CannotRun(Refused):
    """A lesson that needs what this computer does not have."""


def cannot_run(path: Path) -> str | None:
    """Say why a lesson cannot run on this computer, or return None: TensorFlow is not to be had for all of them."""
    # Lesson 00 imports no TensorFlow, but its stored outputs say that it is there.
    text, signs = path.read_text(encoding="utf-8"), ("import tensorflow", "✓ TensorFlow")
    if importlib.util.find_spec("tensorflow") or not any(sign in text for sign in signs):
        return None
    return f"{path.stem} IS NOT RUN: it needs TensorFlow, which is missing here. Its outputs stay as they are stored."


def lessons(names: list[str] | None = None, folder: Path = LESSONS) -> list[Path]:
    """Return the notebooks in the folder and those below it; with names, those that begin with one of them."""
    found = sorted(p for p in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    return [p for p in found if not names or any(p.name.startswith(Path(n).name) for n in names)]


def texts(output: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield what an output holds as text: pairs of a stream's name or a MIME type, and the text."""
    if output.output_type == "stream":
        yield output.name, output.text
    for mime, value in output.get("data", {}).items():
        if isinstance(value, str) and not (mime.startswith("image/") and mime != "image/svg+xml"):
            yield mime, value


def read(path: Path) -> NotebookNode:
    """Read a notebook with its cells' ids, sources and metadata in normal form, its outputs as they are stored."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    if raw.get("nbformat") != 4:
        raise Refused(f"{path.stem}: is not in nbformat 4; open it in JupyterLab and save it.")
    raw |= {"nbformat_minor": 5, "metadata": METADATA}
    taken: set[str] = set()
    for cell in raw["cells"]:
        source = "".join(cell["source"])
        # Two spaces at a line's end, Markdown's invisible line break, go too: a backslash does the same and is seen.
        cell["source"] = "\n".join(line.rstrip() for line in source.split("\n")).strip("\n")
        cell["id"] = cell.get("id") or _new_id(cell, taken)
        if cell["id"] in taken:
            raise Refused(f"{path.stem}, cell {cell['id']}: two cells have this id.")
        if cell["cell_type"] == "code" and not cell["source"]:
            raise Refused(f"{path.stem}, cell {cell['id']}: the code cell is empty.")
        taken.add(cell["id"])
        cell["metadata"] = _kept(cell["metadata"])
    return nbformat.reads(json.dumps(raw), as_version=4)


def _new_id(cell: dict, taken: set[str]) -> str:
    # From the source, so that the same notebook gets the same ids on each machine; nbformat's own are random.
    stem = f"{cell['cell_type']}-{hashlib.sha256(cell['source'].encode()).hexdigest()[:8]}"
    return next(i for i in [stem, *(f"{stem}-{n}" for n in range(2, 1000))] if i not in taken)


def _kept(metadata: dict) -> dict:
    # Timing, scroll positions and what editors leave behind are not the lesson's.
    kept = {key: metadata[key] for key in ("tags", "nbgrader") if metadata.get(key)}
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return kept


def execute(book: NotebookNode, path: Path) -> None:
    """Run the cells on a fresh kernel of this environment, in the notebook's folder; new outputs replace the old."""
    # No kernel folders: a "python3" that somebody registered for another environment is not taken by mistake.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        book, km=manager, timeout=CELL_TIMEOUT, store_widget_state=False, record_timing=False, allow_errors=False,
        force_raise_errors=True, skip_cells_with_tag="", resources={"metadata": {"path": str(path.parent)}},
    )
    with client.setup_kernel(cleanup_kc=True, stderr=subprocess.DEVNULL):
        for index, cell in enumerate(book.cells):
            try:
                client.execute_cell(cell, index)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise Refused(f"{path.stem}, cell {cell.id}: raises.\n{error}") from None


def tidy(cell: NotebookNode, stored: list[str]) -> None:
    """Bring a code cell's new outputs into normal form; `stored` are its PNGs so far, kept where they show the same."""
    merged: list[NotebookNode] = []
    pictures = iter(stored)
    for output in cell.outputs:
        if merged and output.output_type == "stream" and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
            continue
        merged.append(output)
        data = output.get("data", {})
        # Its model lives in the kernel that is gone: JupyterLab would say so in place of the picture beside it.
        data.pop(WIDGET, None)
        output.get("metadata", {}).pop(WIDGET, None)
        if "image/png" in data:
            new, old = data["image/png"].replace("\n", ""), next(pictures, None)
            data["image/png"] = old if old and same_picture(old, new) else new
    # What had nothing but a widget shows nothing in a stored notebook.
    cell.outputs = [o for o in merged if o.get("data", True)]


def same_picture(one: str, other: str) -> bool:
    """Tell whether two base64 PNGs show the same, whatever the compression and the processor's last bit."""
    if one == other:
        return True
    try:
        files = (io.BytesIO(base64.b64decode(png)) for png in (one, other))
        a, b = (np.asarray(Image.open(file).convert("RGBA"), dtype=int) for file in files)
    except (OSError, ValueError):  # what is stored is no picture
        return False
    return a.shape == b.shape and np.abs(a - b).max(initial=0) <= PICTURE_TOLERANCE


def refuse_outputs(cell: NotebookNode, name: str) -> None:
    """Raise Refused where an output is true of one machine or one run only, or is an error."""
    for output in cell.outputs:
        if output.output_type == "error":
            raise Refused(f"{name}, cell {cell.id}: raises {output.ename}: {output.evalue}")
        for kind, text in texts(output):
            if kind == "stderr":
                raise Refused(f"{name}, cell {cell.id}: writes to stderr: {text.strip()}")
            for what, pattern in (("a memory address", ADDRESS), ("a machine's path", MACHINE_PATH)):
                if hit := pattern.search(text):
                    start, end = max(hit.start() - 30, 0), hit.end() + 30
                    raise Refused(f"{name}, cell {cell.id}: its output shows {what}: …{text[start:end]}…")


def refreshed(path: Path) -> NotebookNode:
    """Run a lesson and return it in normal form; the file is not touched.

    Raises
    ------
    Refused
        If a cell raises, writes to stderr or shows a machine's path or a memory address; if it is no valid notebook.
    CannotRun
        If it needs what this computer does not have.
    """
    if why := cannot_run(path):
        raise CannotRun(why)
    book = read(path)
    code = [c for c in book.cells if c.cell_type == "code"]
    stored = [[o.data["image/png"] for o in c.outputs if "image/png" in o.get("data", {})] for c in code]
    execute(book, path)
    for cell, pictures in zip(code, stored, strict=True):
        tidy(cell, pictures)
        cell.metadata.pop("execution", None)
        refuse_outputs(cell, path.stem)
    book.metadata = nbformat.from_dict(METADATA)
    try:
        nbformat.validate(book)
    except nbformat.ValidationError as error:
        raise Refused(f"{path.stem}: is no valid notebook.\n{error}") from None
    return book


def as_bytes(book: NotebookNode) -> bytes:
    """Return the file's content: UTF-8, sorted keys, indent 1, LF, one final newline on every platform."""
    return (nbformat.writes(book).rstrip("\n") + "\n").encode()


def changes(path: Path, book: NotebookNode) -> list[str]:
    """Name what storing the notebook would change in the file; an empty list says that it would change nothing."""
    new, old = as_bytes(book), path.read_bytes()
    if new == old:
        return []
    new_cells, old_cells = ({c.get("id"): c for c in json.loads(b)["cells"]} for b in (new, old))
    named = [
        f"cell {i}: {', '.join(k for k in sorted(c | old_cells.get(i, {})) if c.get(k) != old_cells.get(i, {}).get(k))}"
        for i, c in new_cells.items()
        if c != old_cells.get(i)
    ]
    return named or ["the notebook's metadata, the order of its cells or the layout of the file"]


def main(argv: list[str] | None = None, folder: Path = LESSONS) -> int:
    """Refresh the lessons named, or all of them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="beginnings of file names, such as 05; none means all lessons")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 naming what would change")
    options = parser.parse_args(argv)

    unknown = [name for name in options.names if not lessons([name], folder)]
    if unknown:
        print(f"No notebook in {folder} begins with {' or '.join(unknown)}.")
        return 1
    paths = lessons(options.names, folder)
    if not paths:
        print(f"There is no notebook yet in {folder}.")
    good = True
    for path in paths:
        try:
            book = refreshed(path)
        except CannotRun as error:
            print(f"skipped    {error}")
            continue
        except Refused as error:
            print(f"refused    {error}")
            good = False
            continue
        named = changes(path, book)
        if not named:
            print(f"unchanged  {path.stem}")
        elif options.check:
            print(f"changes    {path.stem}", *named, sep="\n    ")
            good = False
        else:
            path.write_bytes(as_bytes(book))
            print(f"stored     {path.stem}", *named, sep="\n    ")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
