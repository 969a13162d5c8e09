"""What the README says of files, versions and pictures is so."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)\s]+)\)", README)
    headings = {re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-")
                for words in re.findall(r"^#+ (.+)$", README, re.M)}
    assert len(targets) > 20
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_files_that_are_named_are_there():
    named = set(re.findall(r"`((?:tests|helpers|binder|notebooks|\.github|\.ci)/[\w./-]*)`", README))
    assert len(named) > 8
    assert [name for name in sorted(named) if not (ROOT / name.replace("LESSON", "softmax")).exists()] == []
    modules = set(re.findall(r"python -m (tests[\w.]+)", README))
    assert modules and [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").exists()] == []


def test_it_opens_with_three_sentences_and_a_picture_that_moves():
    opening = README.split("\n\n")[1]
    assert len(re.findall(r"[.](?: |$)", opening)) == 3
    alternative, path = re.match(r"!\[(.+)\]\((.+)\)", README.split("\n\n")[2]).groups()
    assert len(alternative) > 40
    picture = ROOT / path
    assert picture.stat().st_size < 500_000
    with Image.open(picture) as image:
        assert image.n_frames > 20
        assert image.info["loop"] <= 3     # it comes to rest
        first = image.convert("RGB").tobytes()
        image.seek(image.n_frames // 2)
        assert image.convert("RGB").tobytes() != first


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_every_lesson_is_in_the_table(path):
    assert f"](notebooks/{path.name})" in README


def test_versions_agree():
    citation = YAML(typ="safe", pure=True).load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == PROJECT["version"] == re.search(r"^## (\S+)", changes, re.M)[1]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    low, high = map(int, re.findall(r"3\.(\d+)", PROJECT["requires-python"]))
    promised = [f"3.{minor}" for minor in range(low, high)]
    assert f"You need Python {', '.join(promised[:-1])} or {promised[-1]}" in README


def test_both_licences_are_named():
    assert "MIT" in README and "CC BY 4.0" in README
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in text and "CC BY 4.0" in text


def test_what_is_said_of_binder_was_measured():
    from tests.binder import report

    assert report.MEASURED.exists(), "measure it: python -m tests.binder.emulate"
    assert report.section() in README, "make it anew: python -m tests.binder.report"
    measured = json.loads(report.MEASURED.read_text())["lessons"]
    assert sorted(measured) == sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
    assert all(lesson["megabytes"] < 1000 for lesson in measured.values())
