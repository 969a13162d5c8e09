"""Files that are never half written, names that are safe on each system, and one run at a time."""

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MB = 1_000_000


class Refused(Exception):
    """The tool does not go on; the message says why and what to do."""


def write(path: Path, text: str) -> None:
    """Write a file so that whoever looks, also after a crash, sees the old content or the new, and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "replace")  # half a surrogate pair, as a hand-in may hold, cannot be written
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o600)  # marks are nobody else's
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def write_json(path: Path, content: Any) -> None:
    """Write JSON, always in the same form for the same content."""
    write(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Return what a file of ours holds, or None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    """Write a CSV that Excel, too, reads as UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(value) for value in row] for row in rows)
    write(path, "\ufeff" + text.getvalue())


def _harmless(value: Any) -> Any:
    """Keep a spreadsheet from taking a text of a hand-in, such as a file's name, for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV as spreadsheets save it: with or without a byte-order mark, with comma, semicolon or tab.

    Raises
    ------
    Refused
        If there is no such file, or it is no table with a head line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    text = decoded(data)[0]
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Refused(f"{path} is not a table: {error}. Save it as CSV in UTF-8.") from None
    return [{(k or "").strip(): (v or "").strip() for k, v in row.items() if not isinstance(v, list)} for row in rows]


def decoded(data: bytes) -> tuple[str, str]:
    """Return a text and the encoding that it was read with: UTF-8 if it can be, then what else is in use.

    Examples
    --------
    >>> decoded("ä".encode("utf-8-sig"))
    ('ä', 'UTF-8 with a byte-order mark')
    >>> decoded("김".encode("cp949"))
    ('김', 'cp949')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode("utf-16"), "UTF-16"
    for encoding in ("utf-8", "cp949", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if encoding == "utf-8" and text.startswith("\ufeff"):
                return text.lstrip("\ufeff"), "UTF-8 with a byte-order mark"
            return text, encoding
    return data.decode("latin-1"), "latin-1"


def safe(name: str) -> str:
    """Return a file name for a student: the same on each system, and no two students have the same.

    Examples
    --------
    >>> safe("s2024-17"), safe("../김 O'Neil")
    ('s2024-17', 'o-neil-322ec30b')
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", name) and name not in {"con", "prn", "aux", "nul"}:
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "student"
    return f"{stem}-{digest(name)[:8]}"


def digest(*parts: Any) -> str:
    """Return the SHA-256 of texts, bytes and what JSON can hold, in hexadecimal."""
    sha = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode()
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder against a second run of the tool; the system lets go of it when the process ends, however.

    Raises
    ------
    Refused
        If another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / ".lock", "a+b") as file:
        try:
            if os.name == "nt":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"Another run works in {folder}. Wait for it, or end it; nothing is lost.") from None
        for left in folder.rglob(".writing-*"):  # of a run that was killed
            left.unlink(missing_ok=True)
        yield
