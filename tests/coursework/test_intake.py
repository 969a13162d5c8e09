"""Whose a file is, and how downloads of Canvas, Moodle and nbgrader are read; nothing is unpacked or followed."""

import io
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest

from coursework.grading import intake
from coursework.grading.files import Refused, safe
from coursework.grading.intake import MB, Student, files, key, owners, roster, take
from tests.coursework import small

NAMES = {"s1": "Doe, John", "s2": "Anne-Marie O'Neil", "s3": "김민준", "s10": "Sam Ten"}


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def students(tmp_path: Path) -> list[Student]:
    lines = "".join(f'{i},"{n}",{i}@school.edu,77{i[1:]}\n' for i, n in NAMES.items())
    return roster(write(tmp_path / "roster.csv", f"SIS User ID,Student,email,ID\n{lines}"))


@pytest.mark.parametrize(("text", "encoding"), [
    ("id,name,ID\ns1,John Doe,771\ns3,김민준,773\n", "utf-8"), ("id,name\ns1,John Doe\ns3,김민준\n", "utf-8-sig"),
    ("id;name\r\ns1;John Doe\r\ns3;김민준\r\n", "cp949"), ("이름\t학번\nJohn Doe\ts1\n김민준\ts3\n", "utf-16"),
    ("First name,Surname,ID number,Email address\nJohn,Doe,s1,j@x.y\n,김민준,s3,\n", "utf-8"),
    ("Student,ID,SIS User ID,SIS Login ID\n  Points Possible,,,\nJohn Doe,771,s1,jd\n김민준,773,s3,\n", "utf-8")])
def test_rosters_of_several_kinds(text: str, encoding: str, tmp_path: Path) -> None:
    found = roster(write(tmp_path / "r.csv", text, encoding))
    assert [(s.id, s.name) for s in found] == [("s1", "John Doe"), ("s3", "김민준")]


@pytest.mark.parametrize(("text", "why"), [
    ("name\nJohn\n", "a column “id”"), ("id\ns1\ns1\n", "line 3: the id “s1” stands there twice"),
    ("id\n", "“id”"), ("", "“id”"), ("id,name\n,John\n", "line 2: no id")])
def test_a_bad_roster_is_refused_by_line(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=why):
        roster(write(tmp_path / "r.csv", text))


def test_no_roster_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        roster(tmp_path / "none.csv")


@pytest.mark.parametrize(("path", "who"), [
    ("s1/A1.ipynb", "s1"), ("s1/A1/A1.ipynb", "s1"), ("A1/s10/work.ipynb", "s10"), ("s1.ipynb", "s1"),
    ("A1_s1.ipynb", "s1"), ("s10 - A1 (2).ipynb", "s10"), ("S1/a1.ipynb", "s1"), ("s1@school.edu/A1.ipynb", "s1"),
    ("doejohn_771_99_A1.ipynb", "s1"), ("doejohn_LATE_771_99_A1-1.ipynb", "s1"),
    ("oneilannemarie_772_5_A1.ipynb", "s2"), (unicodedata.normalize("NFD", "김민준") + "/A1.ipynb", "s3"),
    ("John Doe_1234567_assignsubmission_file_/A1.ipynb", "s1"), ("John Doe_12_assignsubmission_file/x/A1.ipynb", "s1"),
    ("김민준_1234567_assignsubmission_file_/A1.ipynb", "s3"),
    ("Anne-Marie O Neil/A1.ipynb", "s2"), ("Doe, John/A1.ipynb", "s1"), ("s11/A1.ipynb", None), ("A1.ipynb", None)])
def test_whose_a_file_is(path: str, who: str | None, students: list[Student]) -> None:
    assert [s.id for s in owners(tuple(path.split("/")), students)] == ([who] if who else [])


def test_what_could_be_of_two_is_of_neither_and_both_get_to_know(tmp_path: Path) -> None:
    twins = roster(write(tmp_path / "r.csv", "id,name\ns1,Kim Lee\ns2,Kim Lee\n"))
    (tmp_path / "in" / "Kim Lee_7_assignsubmission_file_").mkdir(parents=True)
    (tmp_path / "in" / "Kim Lee_7_assignsubmission_file_" / "A1.ipynb").write_bytes(b"{}")
    said: list[str] = []
    taken = take([tmp_path / "in"], twins, tmp_path / "records", MB, say=said.append)
    assert "could be of s1 or s2" in taken.unclaimed[0][1]
    assert "could be of s1 or s2" in said[0]
    assert all(intake.records(tmp_path / "records", s)[0]["doubtful"] for s in twins)


def test_a_zip_is_read_where_it_lies(tmp_path: Path, students: list[Student]) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../A1.ipynb", "inner")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("doejohn_771_1_A1.ipynb", "one")
        archive.writestr("tensam_7710_2_work.zip", inner.getvalue())
        archive.writestr("/etc/s2/A1.ipynb", "two")
        archive.writestr("__MACOSX/._A1.ipynb", "no")
    found = {f.origin: f.read() for f in files(tmp_path / "all.zip", MB)}
    assert found == {"doejohn_771_1_A1.ipynb": b"one", "tensam_7710_2_work.zip/A1.ipynb": b"inner",
                     "etc/s2/A1.ipynb": b"two"}
    assert [owners(tuple(o.split("/")), students)[0].id for o in sorted(found)] == ["s1", "s2", "s10"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.zip", "roster.csv"]


def test_names_in_a_zip_of_a_korean_windows(tmp_path: Path) -> None:
    name = "김민준/A1.ipynb"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("k" * len(name.encode("cp949"))), "x")
    raw = (tmp_path / "all.zip").read_bytes()
    raw = raw.replace(b"k" * len(name.encode("cp949")), name.encode("cp949"))
    (tmp_path / "all.zip").write_bytes(raw)
    assert [key(f.origin) for f in files(tmp_path / "all.zip", MB)] == [key(name)]


def test_zips_in_zips_end_somewhere(tmp_path: Path) -> None:
    data = b"{}"
    for depth in range(9):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("A1.ipynb" if depth == 0 else f"{depth}.zip", data)
        data = inner.getvalue()
    (tmp_path / "s1.zip").write_bytes(data)
    assert [f.trouble for f in files(tmp_path / "s1.zip", MB)] == ["is a zip in a zip, 5 deep"]


def test_other_assignments_in_nbgraders_folder_are_left_out(tmp_path: Path, students: list[Student]) -> None:
    for name in ("A1", "A2"):
        (tmp_path / "in" / "s1" / name).mkdir(parents=True)
        (tmp_path / "in" / "s1" / name / f"{name}.ipynb").write_bytes(b"{}")
        (tmp_path / "in" / "s1" / name / "timestamp.txt").write_bytes(b"2026")
    take([tmp_path / "in"], students, tmp_path / "records", MB, frozenset({"A2", "A3"}))
    assert [r["origin"] for r in intake.records(tmp_path / "records", students[0])] == ["s1/A1/A1.ipynb"]


def test_what_belongs_to_nobody_is_named_and_kept_apart(tmp_path: Path) -> None:
    from coursework.grading.cli import main

    small.make(tmp_path)
    write(tmp_path / "roster.csv", "id\ns1\n")
    (tmp_path / "in" / "s9").mkdir(parents=True)
    (tmp_path / "in" / "s9" / "=1+1.ipynb").write_bytes(b"{}")
    (tmp_path / "in" / "=2.ipynb").write_bytes(b"{}")
    assert main(["intake", "T1", str(tmp_path / "in"), "--source", str(tmp_path), "--roster",
                 str(tmp_path / "roster.csv"), "--work", str(tmp_path / "marks")]) == 0
    text = (tmp_path / "marks" / "T1" / "unclaimed.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["file,why", "'=2.ipynb,belongs to nobody on the roster",
                                 "s9/=1+1.ipynb,belongs to nobody on the roster"]


def test_names_of_files_are_safe_and_differ() -> None:
    ids = ["a", "A", "a b", "a/b", "../a", "CON", "con", "ä", "ａ", "", ".", "x" * 300, "김"]
    names = [safe(i) for i in ids]
    assert len({n.casefold() for n in names}) == len(ids)
    assert all(n.isascii() and os.sep not in n and len(n) < 80 and n[0] != "." for n in names)


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_to_a_notebook_gets_past_the_reader(seed: int, tmp_path: Path) -> None:
    """Bytes cut, changed and doubled at places drawn by chance: cells come out, or a reason."""
    import random

    chance = random.Random(seed)
    data = bytearray(small.data(small.answered(small.make(tmp_path))))
    for _ in range(chance.randrange(1, 30)):
        at = chance.randrange(len(data))
        data[at:at + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
    try:
        cells, _, _ = intake.notebook(bytes(data))
    except intake.Unreadable as error:
        assert str(error)
    else:
        assert all(isinstance(c["source"], str) and c["cell_type"] in ("code", "markdown", "raw") for c in cells)
