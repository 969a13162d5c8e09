"""What repo2docker makes of the repository, and its Dockerfile taken apart."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Instruction(NamedTuple):
    """One instruction of a Dockerfile, and the user as whom it is done."""

    word: str
    rest: str
    user: str


def dockerfile(folder: Path) -> str:
    """The Dockerfile that repo2docker makes of a folder, asked as Binder asks. Docker is not needed for that."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug",
               "--user-id", "1000", "--user-name", "jovyan", "."]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=100)
    if made.returncode:
        raise RuntimeError(made.stderr)
    said = made.stdout + "\n" + made.stderr     # which of the two is its own affair
    return said[re.search(r"^FROM ", said, re.M).start():]


def instructions(text: str) -> list[Instruction]:
    """Take a Dockerfile apart."""
    found, user = [], "root"
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n", " ", lines).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "USER":
            user = rest
        elif word.isupper() and rest:
            found.append(Instruction(word, rest.strip(), user))
    return found
