"""Remake `helpers/locale/helpers.pot`, the list of every sentence that `helpers` shows.

The command is ``python tests/locale/extract.py``. No dates, paths or line numbers stand in the list, so that it changes
only when a sentence does.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

HELPERS = Path(__file__).parents[2] / "helpers"
POT = HELPERS / "locale" / "helpers.pot"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'


def catalogue() -> Catalog:
    """Collect the sentences of all modules of `helpers`."""
    found = Catalog()
    for path in sorted(HELPERS.rglob("*.py")):
        for _line, message, _comments, _context in extract_from_file("python", path, keywords={"_": None}):
            found.add(message)
    return found


def template() -> str:
    """Return what `helpers.pot` has to hold."""
    text = io.BytesIO()
    write_po(text, catalogue(), no_location=True, omit_header=True, sort_output=True, width=110)
    return HEADER + text.getvalue().decode("utf-8")


if __name__ == "__main__":
    POT.write_text(template(), encoding="utf-8", newline="\n")
    print(f"{POT.relative_to(HELPERS.parent)}: {len(catalogue())} sentences")
