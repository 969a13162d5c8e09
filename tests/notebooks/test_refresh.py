import base64
import io
import json
import re
from copy import deepcopy

import numpy as np
import pytest
from nbformat import v4
from PIL import Image

from tests.notebooks import refresh, small


def png(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(file, "png", **options)
    return base64.b64encode(file.getvalue()).decode()


GREY = np.full((20, 30, 3), 128)


@pytest.fixture(scope="module")
def untidy(tmp_path_factory):
    """A notebook as an author's editor leaves it, and what three runs of `refresh` make of it."""
    folder = tmp_path_factory.mktemp("lessons")
    path = folder / "01_untidy.ipynb"
    book = json.loads(refresh.as_bytes(small.notebook(
        ("md", "# 1 · Überschrift  \n"),
        ("code", "import ipywidgets, sys  \nprint('one', flush=True)\nprint('two')\n\n"),
        ("code", "ipywidgets.IntSlider()"),
        ("code", "from IPython.display import display\n"
                 "display({'image/png': 'AAAA', 'text/plain': 'p = 0.5',\n"
                 f"         '{refresh.WIDGET}': {{'model_id': '1'}}}}, raw=True)"),
        ("solution", "sys.executable.startswith(sys.prefix)", "stale"),
    )))  # fmt: skip
    del book["cells"][0]["id"], book["cells"][1]["id"]
    book["nbformat_minor"] = 4
    book["metadata"] |= {"widgets": {"state": {}}, "kernelspec": {"name": "elsewhere", "display_name": "E"}}
    book["cells"][1] |= {"execution_count": 7}
    book["cells"][1]["metadata"] |= {"execution": {"iopub.status.busy": "2020"}, "scrolled": True, "collapsed": False}
    path.write_text(json.dumps(book, indent=4))
    before = path.read_bytes()
    results = []
    for argv in (["--check"], ["01"], []):
        code = refresh.main(argv, folder)
        results.append((code, path.read_bytes()))
    return before, results, path


def test_check_changes_nothing_and_fails(untidy):
    before, [(code, content), *_], _ = untidy
    assert (code, content) == (1, before)


def test_a_second_run_changes_nothing(untidy):
    before, [_, first, second], _ = untidy
    assert first == second
    assert first[0] == 0
    assert first[1] != before


def test_normal_form(untidy):
    text = untidy[2].read_bytes().decode()
    book = json.loads(text)
    title, printing, slider, picture, solution = book["cells"]
    assert text.endswith("}\n") and not text.endswith("\n\n") and "\r" not in text
    assert "Überschrift" in text and '\n "cells"' in text
    assert book["nbformat_minor"] == 5
    assert book["metadata"] == refresh.METADATA
    assert title["id"].startswith("markdown-") and printing["id"].startswith("code-")
    assert slider["id"] == "code-2"
    assert [c["execution_count"] for c in book["cells"][1:]] == [1, 2, 3, 4]
    assert printing["metadata"] == {}
    assert "".join(printing["source"]) == "import ipywidgets, sys\nprint('one', flush=True)\nprint('two')"
    assert [o["text"] for o in printing["outputs"]] == [["one\n", "two\n"]]
    assert [sorted(o["data"]) for o in slider["outputs"]] == [["text/plain"]]
    assert [sorted(o["data"]) for o in picture["outputs"]] == [["image/png", "text/plain"]]
    assert solution["metadata"] == {"jupyter": {"source_hidden": True}, "tags": ["solution"]}
    assert solution["outputs"][0]["data"]["text/plain"] == ["True"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\nundefined + 1", "05_bad, cell code-1: raises.*NameError"),
        ("import sys; print('note', file=sys.stderr)", "05_bad, cell code-1: writes to stderr: note"),
        ("import os; os.getcwd()", "05_bad, cell code-1: its output shows a machine's path"),
    ],
)
def test_refused_naming_notebook_and_cell(tmp_path, capsys, source, message):
    path = small.write(tmp_path / "05_bad.ipynb", ("code", "print(1)"), ("code", source))
    before = path.read_bytes()
    assert refresh.main([], tmp_path) == 1
    assert path.read_bytes() == before
    assert re.search(message, capsys.readouterr().out, re.S)


@pytest.mark.parametrize(
    "text",
    ["/home/ada/x.py", "at /Users/ada", "C:\\Users\\ada", "/tmp/ipykernel_12/3.py", str(refresh.ROOT / "helpers"),
     "<function f at 0x7f>", "0x7f3a12b45c60"],
)  # fmt: skip
def test_outputs_of_one_machine_are_refused(text):
    book = small.notebook(("code", "1", f"before {text} after\n"))
    with pytest.raises(refresh.Refused, match="05_bad, cell code-0"):
        refresh.refuse_outputs(book.cells[0], "05_bad")


@pytest.mark.parametrize("text", ["tmp/a", "0x7f800000", "look at 0", "(3,)/(4,)", "a/home/b", "1.5e-300", "\\\\Users"])
def test_other_outputs_are_not(text):
    refresh.refuse_outputs(small.notebook(("code", "1", f"before {text} after\n")).cells[0], "05_good")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([("code", "1"), ("code", "")], "the code cell is empty"),
        ([("code", "1"), ("code", "2")], "two cells have this id"),
    ],
)
def test_refused_before_running(tmp_path, cells, message):
    path = small.write(tmp_path / "05_bad.ipynb", *cells)
    path.write_text(path.read_text().replace("code-1", "code-0") if "id" in message else path.read_text())
    with pytest.raises(refresh.Refused, match=f"05_bad, cell code-[01]: {message}"):
        refresh.read(path)


def test_an_older_format_is_refused(tmp_path):
    path = tmp_path / "05_old.ipynb"
    path.write_text('{"nbformat": 3, "worksheets": []}')
    with pytest.raises(refresh.Refused, match="05_old: is not in nbformat 4"):
        refresh.read(path)


def test_missing_ids_are_the_same_each_time(tmp_path):
    path = small.write(tmp_path / "01_twins.ipynb", ("code", "1"), ("code", "1"), ("md", "1"))
    raw = json.loads(path.read_text())
    for cell in raw["cells"]:
        del cell["id"]
    path.write_text(json.dumps(raw))
    ids = [c.id for c in refresh.read(path).cells]
    assert ids == [c.id for c in refresh.read(path).cells]
    assert len(set(ids)) == 3


def test_pictures_are_compared_by_what_they_show():
    nearly, other = GREY.copy(), GREY.copy()
    nearly[3, 4] += refresh.PICTURE_TOLERANCE
    other[3, 4] += refresh.PICTURE_TOLERANCE + 1
    assert refresh.same_picture(png(GREY), png(GREY, compress_level=0))
    assert refresh.same_picture(png(GREY), png(nearly))
    assert not refresh.same_picture(png(GREY), png(other))
    assert not refresh.same_picture(png(GREY), png(GREY[:, 1:]))
    assert not refresh.same_picture("AAAA", png(GREY))


def test_a_stored_picture_is_kept_where_the_new_one_shows_the_same():
    old, same, other = png(GREY), png(GREY, compress_level=0), png(GREY // 2)
    cell = v4.new_code_cell("draw()")
    cell.outputs = [v4.new_output("display_data", {"image/png": p + "\n", "text/plain": "p"}) for p in (same, other)]
    new = deepcopy(cell)
    refresh.tidy(new, [old, old])
    assert [o.data["image/png"] for o in new.outputs] == [old, other]
    refresh.tidy(cell, [])
    assert [o.data["image/png"] for o in cell.outputs] == [same, other]


def test_streams_are_merged_only_where_nothing_stands_between():
    cell = v4.new_code_cell("draw()")
    words = [v4.new_output("stream", name="stdout", text=t) for t in "abc"]
    cell.outputs = [words[0], words[1], v4.new_output("display_data", {"text/plain": "p"}), words[2]]
    refresh.tidy(cell, [])
    assert [o.get("text") for o in cell.outputs] == ["ab", None, "c"]


def test_lessons_are_found_by_how_their_names_begin(tmp_path):
    for name in ("01_a", "02_b", "ko/02_b", ".ipynb_checkpoints/02_b-checkpoint"):
        path = tmp_path / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [[p.relative_to(tmp_path).as_posix() for p in refresh.lessons(names, tmp_path)]
             for names in ([], ["02"], ["01_a.ipynb"], ["a"])]  # fmt: skip
    assert found == [["01_a.ipynb", "02_b.ipynb", "ko/02_b.ipynb"], ["02_b.ipynb", "ko/02_b.ipynb"], ["01_a.ipynb"], []]


def test_a_name_of_no_lesson_is_an_error(tmp_path, capsys):
    (tmp_path / "01_a.ipynb").touch()
    assert refresh.main(["01", "77"], tmp_path) == 1
    assert "begins with 77" in capsys.readouterr().out


def test_no_lesson_yet_is_said(tmp_path, capsys):
    assert refresh.main([], tmp_path) == 0
    assert "no notebook yet" in capsys.readouterr().out
