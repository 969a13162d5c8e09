"""Put the repository's address wherever it stands, and make the links that launch its notebooks.

    python3 start.py links OWNER/REPO                                  # after a fork
    python3 start.py links OWNER/REPO --branch 2027 --hub https://hub.example.edu
    python3 start.py links                                             # the same address, after a new notebook

The address is kept in the README, in the comment at which the launch links begin. Only the standard library is used.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[1]
LAUNCH = re.compile(r"<!-- launch (?P<repository>\S+) (?P<branch>\S+)(?: (?P<hub>\S+))? -->\n.*?<!-- /launch -->", re.S)
NOWHERE = "OWNER/REPO"
# Where the address stands besides the README and the lessons, if they are there.
ADDRESSED = ("CITATION.cff", "pyproject.toml", ".github/ISSUE_TEMPLATE/config.yml", "coursework/README.md")
ALONE = "alone"     # the id of the cell that says what to do where a lesson lies alone


@dataclass(frozen=True)
class Address:
    """Where the course lies on GitHub, and the JupyterHub, if any, of those who teach it."""

    repository: str
    branch: str = "main"
    hub: str | None = None

    @property
    def url(self) -> str:
        return f"https://github.com/{self.repository}"

    def binder(self, path: str) -> str:
        urlpath = quote(f"lab/tree/{path}", safe="")
        return f"https://mybinder.org/v2/gh/{self.repository}/{self.branch}?urlpath={urlpath}"

    def colab(self, path: str) -> str:
        return f"https://colab.research.google.com/github/{self.repository}/blob/{self.branch}/{path}"

    def kaggle(self, path: str) -> str:
        return f"https://kaggle.com/kernels/welcome?src={self.url}/blob/{self.branch}/{path}"

    def nbgitpuller(self, path: str) -> str:
        """A link that copies the course, or what is new in it, into the folder of whoever follows it."""
        folder = self.repository.split("/")[1]
        asked = {"repo": self.url, "urlpath": f"lab/tree/{folder}/{path}", "branch": self.branch}
        return f"{(self.hub or '').rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"


def lessons(root: Path) -> list[str]:
    """The lessons' paths, editions in other languages after the English one."""
    found = [path.relative_to(root) for path in (root / "notebooks").rglob("[0-9]*.ipynb")]
    return [path.as_posix() for path in sorted(found, key=lambda path: (len(path.parts), path))
            if ".ipynb_checkpoints" not in path.parts]


def assignments(root: Path) -> list[str]:
    """The paths of the assignments as students get them."""
    found = sorted((root / "coursework" / "release").glob("*/*.ipynb"))
    return [path.relative_to(root).as_posix() for path in found]


def title(path: Path) -> str:
    """The first heading of a notebook."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        heading = re.search(r"^# +(.+)$", "".join(cell["source"]), re.M)
        if cell["cell_type"] == "markdown" and heading:
            return heading[1].strip()
    return path.stem


def launch_section(address: Address, root: Path) -> str:
    """The README's section with all links, from its opening to its closing comment."""
    first = address.binder(lessons(root)[0])
    columns = {"Binder": address.binder, "Colab": address.colab, "Kaggle": address.kaggle}
    if address.hub:
        columns["hub"] = address.nbgitpuller
    marks = " ".join(filter(None, [address.repository, address.branch, address.hub]))
    lines = [
        f"<!-- launch {marks} -->",
        "## In the browser",
        "",
        f"[![Launch on Binder](https://mybinder.org/badge_logo.svg)]({first})",
        "",
        "**Binder** runs the whole course on a computer that is not yours, without an account; the first launch after "
        "a change takes some minutes, and nothing that you write there is kept. **Colab** and **Kaggle** open one "
        "lesson alone: its second paragraph says which line to run first. Kaggle needs *Internet* switched on in the "
        "notebook's settings.",
        "",
    ]
    if address.repository == NOWHERE:
        lines += [f"This copy does not know yet where it lies: in all links stands {NOWHERE}. "
                  "`python3 start.py links YOUR-NAME/YOUR-REPOSITORY` puts the address in, here and in every lesson.",
                  ""]
    lines += ["| | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    for path in lessons(root) + assignments(root):
        links = [f"[{name}]({link(path)})" for name, link in columns.items()]
        lines.append(f"| {title(root / path)} | " + " | ".join(links) + " |")
    return "\n".join([*lines, "<!-- /launch -->"])


def alone(address: Address) -> dict:
    """The cell of a lesson for those who have opened nothing but it."""
    line = f"!git clone -q --depth 1 {address.url} course && python course/start.py alone"
    return {
        "cell_type": "markdown",
        "id": ALONE,
        "metadata": {},
        "source": [f"**Opened alone, on Colab or Kaggle?** Run this line first, in a cell of its own: `{line}`"],
    }


def with_cell(book: str, cell: dict) -> str:
    """A notebook's text with this cell after its title, in place of the one with the same id."""
    notebook = json.loads(book)
    cells = [other for other in notebook["cells"] if other["id"] != cell["id"]]
    notebook["cells"] = [cells[0], cell, *cells[1:]]
    # As nbformat writes it, or every line of the file would change.
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"


def known(readme: str) -> Address:
    """The address that stands in the README."""
    found = LAUNCH.search(readme)
    if not found:
        raise SystemExit("README.md has no comments <!-- launch OWNER/REPO BRANCH --> and <!-- /launch -->.")
    return Address(**found.groupdict())


def write(address: Address, root: Path = ROOT) -> list[str]:
    """Put an address into all files that speak of one; returns those that changed."""
    old = known((root / "README.md").read_text(encoding="utf-8"))
    changes = {root / "README.md": lambda text: LAUNCH.sub(lambda _: launch_section(address, root), text).replace(
        old.url, address.url)}
    for name in (*ADDRESSED, *lessons(root)):
        changes[root / name] = lambda text: text.replace(old.url, address.url)
    for path in (root / "notebooks").glob("[0-9]*.ipynb"):     # an edition in another language has its own words
        changes[path] = lambda text: with_cell(text, alone(address))
    changed = []
    for path, change in changes.items():
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        if change(text) != text:
            path.write_text(change(text), encoding="utf-8", newline="\n")
            changed.append(path.relative_to(root).as_posix())
    return changed


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="start.py links", description=__doc__.split("\n")[0])
    parser.add_argument("repository", nargs="?", metavar="OWNER/REPO", help="on GitHub; none means: as it stands")
    parser.add_argument("--branch", help="which is launched; main, if none is named")
    parser.add_argument("--hub", help="address of a JupyterHub with nbgitpuller, such as https://hub.example.edu")
    options = parser.parse_args(arguments)
    address = known((ROOT / "README.md").read_text(encoding="utf-8"))
    if options.repository:
        name = re.fullmatch(r"(?:https://github\.com/)?([\w.-]+/[\w.-]+?)(?:\.git)?/?", options.repository)
        if not name:
            parser.error(f"{options.repository!r} is not of the form OWNER/REPO")
        address = Address(name[1])
    address = Address(address.repository, options.branch or address.branch, options.hub or address.hub)
    changed = write(address)
    print(f"{address.url}, branch {address.branch}: " + (", ".join(changed) or "nothing to change") + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
