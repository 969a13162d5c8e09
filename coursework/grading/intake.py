"""Takes in what was handed in, whatever it is. Nothing of it is changed, deleted, unpacked to disk or run.

Each file that belongs to somebody on the roster becomes a record in the work folder: its cells, or why it cannot be
read. Records are only ever added; which of them is graded is decided when grading.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import stat
import time
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursework.grading.files import MB, Refused, decoded, digest, read_csv, read_json, safe, write_json

DEEP = 4              # zips in zips
MEMBERS = 20_000      # entries of all zips of one source together
IGNORED = re.compile(r"^(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|\.ipynb_checkpoints|__MACOSX|__pycache__|\.git"
                     r"|timestamp\.txt|submission_secret\.txt|onlinetext\.html)$")
CANVAS = re.compile(r"^(?P<name>[^_/]+)_(?:LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<rest>.+)$")
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?:file|onlinetext)_?$")
KINDS = [(b"%PDF", "a PDF"), (b"PK\x03\x04", "a zip or an office document"), (b"\x89PNG", "a picture"),
         (b"\xff\xd8\xff", "a picture"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
         (b"\x1f\x8b", "a gzip archive"), (b"<!DOCTYPE", "a web page"), (b"<html", "a web page"),
         (b"\x7fELF", "a program")]


class Unreadable(Exception):
    """A file that is no notebook; the message says why."""


@dataclass(frozen=True)
class Student:
    """A line of the roster: what marks go under, the name, and whatever else a hand-in may be recognised by."""

    id: str
    name: str
    keys: frozenset[str]


@dataclass
class File:
    """A file that was handed in: where it lies, piece by piece, and how to get its content."""

    parts: tuple[str, ...]
    size: int
    when: float
    read: Callable[[], bytes]
    trouble: str = ""

    @property
    def origin(self) -> str:
        return "/".join(self.parts)


@dataclass
class Taken:
    """What an intake found: how many files for whom, and what belongs to nobody."""

    files: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unclaimed: list[tuple[str, str]] = field(default_factory=list)


# --- the roster ---------------------------------------------------------------------------------------------------

FIRST = ("student_id", "student id", "id number", "sis user id", "sis login id", "id", "username", "login", "email",
         "email address", "학번")
NAMES = ("name", "student", "full name", "student name", "이름", "성명")


def key(text: str) -> str:
    """Return a text as it is compared: case, spaces, underscores and how Korean is encoded do not matter.

    Examples
    --------
    >>> key("Doe,  John") == key("doe, john"), key("김민준") == key(unicodedata.normalize("NFD", "김민준"))
    (True, True)
    """
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFC", text).casefold()).strip()


def roster(path: Path) -> list[Student]:
    """Read the roster: a CSV with a head line, ours, Canvas's gradebook or Moodle's grading table.

    Raises
    ------
    Refused
        If it has no students or no column for their ids, or an id stands there twice.
    """
    rows = read_csv(path)
    heads = list(rows[0]) if rows else []
    columns = {key(c): c for c in reversed(heads)}
    found = [c for first in map(key, FIRST) for c in heads if key(c) == first]
    if not found:
        raise Refused(f"{path} needs a head line with a column “id” (and “name”, “email” if you like).")
    named = next((columns[c] for c in map(key, NAMES) if c in columns), None)
    first, last = columns.get("first name"), columns.get("last name") or columns.get("surname")
    students: dict[str, Student] = {}
    for number, row in enumerate(rows, 2):
        name = row.get(named, "") if named else " ".join(filter(None, (row.get(first, ""), row.get(last, ""))))
        if key(name).startswith(("points possible", "student, test")) or not any(row.values()):
            continue  # Canvas's own lines
        ids = [row[c] for c in found if row.get(c)]
        if not ids:
            raise Refused(f"{path}, line {number}: no id.")
        if ids[0] in students:
            raise Refused(f"{path}, line {number}: the id “{ids[0]}” stands there twice.")
        keys = {key(i) for i in ids} | {key(i.split("@")[0]) for i in ids} | _spellings(name)
        keys |= {key(re.sub(r"^\D+(?=\d)", "", row[c])) for c in row if key(c) in ("identifier", "participant")}
        students[ids[0]] = Student(ids[0], name or ids[0], frozenset(k for k in keys if k))
    if not students:
        raise Refused(f"{path} holds no students.")
    return list(students.values())


def _spellings(name: str) -> set[str]:
    """Names as they come in folders' and files' names."""
    words = key(name)
    if "," in words:
        last, first = (w.strip() for w in words.split(",", 1))
    else:
        first, last = words.rpartition(" ")[::2]
    ways = {words, f"{first} {last}".strip(), f"{last} {first}".strip(), f"{last}, {first}"}
    solid = {re.sub(r"\W+", "", w) for w in ways}
    plain = {re.sub(r"[^\w ]+", " ", w) for w in ways}  # systems drop quotes from names of files
    return {key(w) for w in ways | solid | plain} - {""}


# --- the files ----------------------------------------------------------------------------------------------------

def files(path: Path, largest: int) -> Iterator[File]:
    """Walk through a folder or a zip, and the zips in it, in a fixed order; links are not followed."""
    if path.is_file():
        if zipfile.is_zipfile(path):
            with open(path, "rb") as file:
                yield from _zipped(file, (), path.stat().st_mtime, largest, 1, [0])
        else:
            yield _single(path, (path.name,))
        return
    if not path.is_dir():
        raise Refused(f"There is no folder or zip {path}.")
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if not IGNORED.match(f))
        for name in sorted(names):
            where = Path(folder, name)
            parts = where.relative_to(path).parts
            if IGNORED.match(name):
                continue
            file = _single(where, parts)
            if not file.trouble and name.casefold().endswith(".zip"):
                with open(where, "rb") as handle:
                    yield from _zipped(handle, parts, file.when, largest, 1, [0])
            else:
                yield file


def _single(path: Path, parts: tuple[str, ...]) -> File:
    parts = tuple(p.encode("utf-8", "replace").decode() for p in parts)
    try:
        state = os.lstat(path)
    except OSError as error:
        return File(parts, 0, 0.0, bytes, f"cannot be read: {error.strerror}")
    if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for ever, and a link may lead anywhere
        return File(parts, 0, 0.0, bytes, "is a link or a device, not a file")
    return File(parts, state.st_size, state.st_mtime, path.read_bytes)


def _zipped(handle: Any, parts: tuple[str, ...], when: float, largest: int, depth: int, seen: list[int]
            ) -> Iterator[File]:
    try:
        archive = zipfile.ZipFile(handle)
        members = sorted(archive.infolist(), key=lambda m: m.filename)
    except Exception as error:  # zipfile raises many kinds on a damaged file
        yield File(parts or ("(zip)",), 0, when, bytes, f"is a damaged zip: {error}")
        return
    for member in members:
        inner = tuple(p for p in _zip_name(member).replace("\\", "/").split("/") if p not in ("", ".", ".."))
        if member.is_dir() or not inner or any(IGNORED.match(p) for p in inner):
            continue
        seen[0] += 1
        if seen[0] > MEMBERS:
            yield File(parts or ("(zip)",), 0, when, bytes, f"is a zip of more than {MEMBERS} files")
            return
        moment = _zip_time(member, when)
        here = File(parts + inner, member.file_size, moment, _reader(archive, member, largest))
        if stat.S_ISLNK(member.external_attr >> 16):
            here.trouble = "is a link, not a file"
        elif member.flag_bits & 1:
            here.trouble = "is locked with a password"
        elif inner[-1].casefold().endswith(".zip") and member.file_size <= 4 * largest:
            if depth >= DEEP:
                here.trouble = f"is a zip in a zip, {depth + 1} deep"
            else:
                try:
                    data = here.read()
                except Unreadable as error:
                    here.trouble = str(error)
                else:
                    yield from _zipped(io.BytesIO(data), here.parts, moment, largest, depth + 1, seen)
                    continue
        yield here


def _zip_name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 0x800:
        return member.filename
    try:  # the zip does not say how its names are written; Windows writes them in the language of the machine
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    return decoded(raw)[0] if any(b > 127 for b in raw) else member.filename


def _zip_time(member: zipfile.ZipInfo, otherwise: float) -> float:
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return otherwise


def _reader(archive: zipfile.ZipFile, member: zipfile.ZipInfo, largest: int) -> Callable[[], bytes]:
    def read() -> bytes:
        most = 4 * largest
        try:
            with archive.open(member) as file:
                data = file.read(most + 1)  # what the zip says of its sizes may be a lie
        except Exception as error:
            raise Unreadable(f"cannot be unpacked: {error}") from None
        if len(data) > most:
            raise Unreadable(f"is larger than {most // MB} MB when unpacked")
        return data

    return read


# --- whose is it --------------------------------------------------------------------------------------------------

def owners(parts: tuple[str, ...], students: list[Student]) -> list[Student]:
    """Return whom a file belongs to: one student, nobody, or several between whom it cannot be told."""
    wanted: list[str] = []
    for part in parts:
        for pattern in (CANVAS, MOODLE):
            if hit := pattern.match(part):
                for candidate in (hit["user"], hit["name"]):
                    if them := [s for s in students if key(candidate) in s.keys or _solid(candidate) in s.keys]:
                        return them
    for part in (*parts[:-1], re.sub(r"(\.\w+)+$", "", parts[-1])):
        wanted.append(key(part))
        plain = key(re.sub(r"[^\w ]+", " ", part))
        if them := [s for s in students if wanted[-1] in s.keys or plain in s.keys]:
            return them
    stems = [w for w in wanted if w]
    for stem in stems:  # A1_17, 17-A1, "17 (1)"
        hits = []
        for student in students:
            for each in student.keys:
                if len(each) > 1 and re.search(rf"(^|[\s\-.,(]){re.escape(each)}($|[\s\-.,)(])", stem):
                    hits.append((len(each), student))
        if hits:
            longest = max(length for length, _ in hits)
            return list({s.id: s for length, s in hits if length == longest}.values())
    return []


def _solid(text: str) -> str:
    return re.sub(r"\W+", "", key(text))


# --- notebooks ----------------------------------------------------------------------------------------------------

def notebook(data: bytes) -> tuple[list[dict], list[str], list[str]]:
    """Return a notebook's cells, and notes and flags on what was unusual.

    Each cell is a dict of cell_type, source, id and nbgrader's metadata; outputs are left out.

    Raises
    ------
    Unreadable
        If it is no notebook; the message says what it is instead.
    """
    notes, flags = [], []
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("is empty")
    for start, what in KINDS:
        if data.lstrip()[:16].lower().startswith(start.lower()):
            raise Unreadable(f"is {what}, not a notebook")
    text, encoding = decoded(data)
    if encoding == "UTF-8 with a byte-order mark":
        notes.append(f"the file is in {encoding}")
    elif encoding != "utf-8":
        flags.append(f"the file is not in UTF-8; it was read as {encoding}, so that letters in it may be wrong")
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        if re.search(r"^<{7} ", text, re.MULTILINE) and re.search(r"^>{7} ", text, re.MULTILINE):
            raise Unreadable("holds the marks of a merge conflict (<<<<<<<); it has to be resolved first") from None
        at = getattr(error, "pos", None)
        if text.lstrip().startswith("{") and at is not None and (
                at >= len(text.rstrip()) - 2 or "Unterminated string" in str(error)):
            raise Unreadable("is cut off: its end is missing") from None
        raise Unreadable("is not a notebook: it is no JSON") from None
    if not isinstance(book, dict) or ("nbformat" not in book and "cells" not in book):
        raise Unreadable("is not a notebook: it has no cells")
    if isinstance(book.get("nbformat"), int) and book["nbformat"] < 4:
        notes.append(f"the file is in the old format {book['nbformat']}")
        book = _upgraded(book)
    cells = [_cell(c) for c in book["cells"] if isinstance(c, dict)] if isinstance(book.get("cells"), list) else []
    if not cells:
        raise Unreadable("is a notebook without cells")
    metadata = book.get("metadata") if isinstance(book.get("metadata"), dict) else {}
    spec = metadata.get("kernelspec") if isinstance(metadata.get("kernelspec"), dict) else {}
    language = str(spec.get("language") or spec.get("name") or "python")
    if "python" not in language.casefold():
        flags.append(f"the notebook is for another kernel ({language[:40]}); it ran in Python")
    return cells, notes, flags


def _upgraded(book: dict) -> dict:
    import nbformat

    try:
        return dict(nbformat.convert(nbformat.from_dict({"metadata": {}, **book}), 4))
    except Exception as error:  # it meets whatever a broken file holds
        raise Unreadable(f"is in the old format {book['nbformat']} and cannot be converted: {error}") from None


def _cell(cell: dict) -> dict:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    source = source.encode("utf-8", "replace").decode().replace("\0", "\ufffd").replace("\r\n", "\n")
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    marks = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    name, kind, number = marks.get("grade_id"), cell.get("cell_type"), cell.get("id")
    return {"cell_type": kind if kind in ("code", "markdown", "raw") else "raw", "source": source,
            "id": number if isinstance(number, str) else "",
            "metadata": {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}}


# --- taking in ----------------------------------------------------------------------------------------------------

def take(paths: list[Path], students: list[Student], folder: Path, largest: int, others: frozenset[str] = frozenset(),
         say: Callable[[str], None] = print) -> Taken:
    """Make a record of each file that was handed in.

    Parameters
    ----------
    paths : list of Path
        Folders and zips.
    students : list of Student
        The roster.
    folder : Path
        Where the records go, a folder for each student.
    largest : int
        Bytes above which a file is not read.
    others : frozenset of str
        Names of other assignments: what lies in a folder of such a name is left out.
    say : callable
        Takes a line about each problem.
    """
    taken = Taken()
    for path in paths:
        for file in files(path, largest):
            if others & set(file.parts[:-1]):
                continue
            them = owners(file.parts, students)
            if len(them) == 1:
                if _record(file, them[0], folder, largest):
                    taken.files[them[0].id] += 1
            elif them:
                why = f"could be of {' or '.join(s.id for s in them)}: name the file by the id"
                taken.unclaimed.append((file.origin, why))
                for student in them:
                    _store(folder, student, {"origin": file.origin, "problem": why, "sha": digest(file.origin, why),
                                             "when": file.when, "doubtful": True})
            else:
                taken.unclaimed.append((file.origin, "belongs to nobody on the roster"))
    for origin, why in taken.unclaimed:
        say(f"  not taken: {origin} {why}")
    return taken


def _record(file: File, student: Student, folder: Path, largest: int) -> bool:
    """Store what a file holds; return whether it may be a hand-in at all."""
    name = file.parts[-1].casefold()
    record: dict[str, Any] = {"origin": file.origin, "when": round(file.when), "size": file.size}
    is_notebook = ".ipynb" in name
    try:
        if file.trouble:
            raise Unreadable(file.trouble)
        if file.size > largest:
            record["sha"] = digest(file.origin, file.size)
            raise Unreadable(f"has {file.size / MB:.0f} MB, more than the {largest / MB:.0f} MB that are read; "
                             "without its outputs it is small")
        try:
            data = file.read()
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror}") from None
        record["sha"] = hashlib.sha256(data).hexdigest()
        if not is_notebook and (b'"cells"' not in data[:MB] or name.endswith((".html", ".htm", ".py", ".md"))):
            _store(folder, student, {**record, "beside": True})
            return False
        record["cells"], record["notes"], record["flags"] = notebook(data)
        if not name.endswith(".ipynb"):
            record["notes"].append(f"the file is called {file.parts[-1]}")
    except Unreadable as error:
        record["problem"] = str(error)
    except Exception as error:  # whatever the file holds, the others are taken in too
        record["problem"] = f"cannot be read ({type(error).__name__})"
    record.setdefault("sha", digest(file.origin, record.get("problem", "")))
    _store(folder, student, record)
    return True


def _store(folder: Path, student: Student, record: dict) -> None:
    place = folder / safe(student.id) / f"{digest(record['sha'], record['origin'])[:24]}.json"
    if read_json(place) is None:
        write_json(place, record)


def records(folder: Path, student: Student) -> list[dict]:
    """Return the records of a student, oldest first."""
    found = []
    with contextlib.suppress(OSError):
        for path in sorted((folder / safe(student.id)).glob("*.json")):
            record = read_json(path)
            if isinstance(record, dict):
                found.append(record)
    return sorted(found, key=lambda r: (r.get("when", 0), _attempt(r["origin"]), r["origin"]))


def _attempt(origin: str) -> int:
    """Canvas numbers what is handed in again: A1.ipynb, A1-1.ipynb, A1-2.ipynb."""
    hit = re.search(r"[-( ](\d{1,3})\)?\.\w+$", origin)
    return int(hit[1]) if hit else 0
