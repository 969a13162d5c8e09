"""The launch links: each leads to a file that is there, and a fork makes them all by one command."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest

from tests.clone import clone, commit, environment, outside

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
sys.path.insert(0, str(ROOT / "binder"))
import links  # noqa: E402

sys.path.remove(str(ROOT / "binder"))
HUB = "https://hub.example.edu"


def opened(link: str) -> tuple[str, str, str]:
    """What a link opens, read as its service reads it: OWNER/REPO, branch, path in the repository."""
    url = urlsplit(link)
    asked = {name: value[0] for name, value in parse_qs(url.query).items()}
    if url.netloc == "mybinder.org":
        kind, owner, name, branch = url.path.strip("/").split("/")[1:]
        assert kind == "gh"
        return f"{owner}/{name}", branch, asked["urlpath"].removeprefix("lab/tree/")
    if url.path == "/hub/user-redirect/git-pull":
        name, _, path = asked["urlpath"].removeprefix("lab/tree/").partition("/")
        repository = asked["repo"].removeprefix("https://github.com/")
        assert repository.endswith(f"/{name}")     # nbgitpuller calls the folder as the repository
        return repository, asked["branch"], path
    place = urlsplit(asked["src"]).path if url.netloc == "kaggle.com" else url.path.removeprefix("/github")
    assert url.netloc in ("kaggle.com", "colab.research.google.com")
    owner, name, blob, branch, path = place.strip("/").split("/", 4)
    assert blob == "blob"
    return f"{owner}/{name}", branch, unquote(path)


def in_section(readme: str) -> list[str]:
    found = re.findall(r"\]\((https://[^)\s]+)\)", links.LAUNCH.search(readme)[0])
    return [link for link in found if not link.endswith(".svg")]


def test_every_notebook_has_its_links_and_every_link_its_path():
    address = links.known(README)
    books = links.lessons(ROOT) + links.assignments(ROOT)
    paths = [opened(link) for link in in_section(README)]
    assert all((ROOT / path).is_file() for _, _, path in paths), paths
    assert {(repository, branch) for repository, branch, _ in paths} == {(address.repository, address.branch)}
    for book in books:
        columns = 4 if address.hub else 3
        assert [path for _, _, path in paths].count(book) == columns + (book == books[0]), \
            f"{book}: run python3 start.py links"


def test_everything_is_as_the_command_makes_it(tmp_path):
    assert links.write(links.known(README), clone(tmp_path)) == [], "run: python3 start.py links"


def test_a_fork(tmp_path):
    folder = clone(tmp_path / "fork")
    release = folder / "coursework" / "release" / "A1"
    release.mkdir(parents=True, exist_ok=True)
    if not (release / "A1.ipynb").exists():
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A1")])
        nbformat.write(book, release / "A1.ipynb")
    command = [sys.executable, "start.py", "links"]
    told = subprocess.run([*command, "Somebody-Else/a.course", "--branch", "2027", "--hub", HUB], cwd=folder,
                          env=outside(), check=True, capture_output=True, text=True, encoding="utf-8").stdout
    readme = (folder / "README.md").read_text(encoding="utf-8")
    paths = [opened(link) for link in in_section(readme)]
    assert {(repository, branch) for repository, branch, _ in paths} == {("Somebody-Else/a.course", "2027")}
    assert all((folder / path).is_file() for _, _, path in paths)
    assert [path for _, _, path in paths].count("coursework/release/A1/A1.ipynb") == 4
    texts = (path for path in sorted(folder.rglob("*")) if "tests" not in path.relative_to(folder).parts)
    left = [path for path in texts if path.is_file()
            and path.suffix in (".md", ".ipynb", ".yml", ".cff", ".toml")
            and "github.com/OWNER/REPO" in path.read_text(encoding="utf-8")]
    assert left == []
    assert "CITATION.cff" in told and "notebooks/05_softmax.ipynb" in told
    # What was told once is remembered, so that a new lesson gets the same.
    again = subprocess.run(command, cwd=folder, env=outside(), check=True, capture_output=True, text=True)
    assert "nothing to change" in again.stdout


@pytest.mark.parametrize("wrong", ["softmax", "a/b/c", "https://gitlab.com/a/b"])
def test_no_repository(wrong):
    ran = subprocess.run([sys.executable, ROOT / "start.py", "links", wrong], capture_output=True, text=True)
    assert ran.returncode == 2
    assert "not of the form OWNER/REPO" in ran.stderr


@pytest.mark.parametrize("given", ["https://github.com/a/b", "https://github.com/a/b.git", "https://github.com/a/b/"])
def test_an_address_as_it_is_copied(given, tmp_path):
    folder = clone(tmp_path)
    subprocess.run([sys.executable, "start.py", "links", given], cwd=folder, env=outside(), check=True)
    assert links.known((folder / "README.md").read_text(encoding="utf-8")).repository == "a/b"


# ---- a lesson alone -------------------------------------------------------------------------------------------------

def line_to_run(path: Path) -> str:
    """The line that a lesson names for those who have opened it alone."""
    cell = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.id == links.ALONE)
    assert len(re.findall(r"[.!?:](?:\s|$)", re.sub(r"`[^`]*`|\*\*.*?\*\*", "", cell.source))) <= 1      # one sentence
    return re.search(r"`(!.+)`", cell.source)[1]


def test_an_edition_keeps_its_words(tmp_path):
    folder = clone(tmp_path)
    (folder / "notebooks" / "ko").mkdir(exist_ok=True)
    edition = folder / "notebooks" / "ko" / "05_softmax.ipynb"
    text = (folder / "notebooks" / "05_softmax.ipynb").read_text(encoding="utf-8")
    edition.write_text(text.replace("Opened alone", "따로 열었나요"), encoding="utf-8")
    links.write(links.Address("a/b"), folder)
    cells = nbformat.read(edition, as_version=4).cells
    assert [cell.source for cell in cells if cell.id == links.ALONE] == [
        "**따로 열었나요, on Colab or Kaggle?** Run this line first, in a cell of its own: "
        "`!git clone -q --depth 1 https://github.com/a/b course && python course/start.py alone`"]
    assert "notebooks/ko/05_softmax.ipynb" in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", links.lessons(ROOT))
def test_each_lesson_names_the_line(path):
    assert links.known(README).url in line_to_run(ROOT / path)


@pytest.mark.skipif(sys.platform == "win32", reason="Colab and Kaggle are Linux")
@pytest.mark.parametrize("name", ["05_softmax"])
def test_a_lesson_alone(tmp_path, name):
    """In an environment without the course, in a folder with nothing but the lesson: the line, then the lesson."""
    repository = commit(clone(tmp_path / "repository"))
    python = environment(tmp_path / "env")
    alone = tmp_path / "alone"
    alone.mkdir()
    book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    line = line_to_run(ROOT / "notebooks" / f"{name}.ipynb").replace(links.known(README).url, repository.as_uri())
    program = tmp_path / "run.py"
    program.write_text(RUN, encoding="utf-8")
    variables = outside() | {"PATH": f"{python.parent}:{outside()['PATH']}", "PYTHONUTF8": "1", "HOME": str(tmp_path)}

    def run(*before: str) -> subprocess.CompletedProcess:
        book_run = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in before] + book.cells)
        nbformat.write(book_run, alone / f"{name}.ipynb")
        return subprocess.run([python, program, f"{name}.ipynb"], cwd=alone, env=variables, capture_output=True,
                              text=True, encoding="utf-8", timeout=300)

    without = run()
    assert "No module named 'helpers'" in without.stdout + without.stderr
    done = run(line)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert "Ready." in told["first"]
    assert told["pictures"] >= 1
    assert sorted(path.name for path in alone.iterdir()) == [f"{name}.ipynb", "course", "helpers"]


@pytest.mark.skipif(sys.platform == "win32", reason="Colab and Kaggle are Linux")
def test_only_what_is_missing_is_fetched(tmp_path):
    python = environment(tmp_path / "env", without=("anywidget",))
    info, wheels = "anywidget-0.9.99.dist-info", tmp_path / "wheels"
    wheels.mkdir()
    files = {"anywidget/__init__.py": "",
             f"{info}/METADATA": "Metadata-Version: 2.1\nName: anywidget\nVersion: 0.9.99\n",
             f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheels / "anywidget-0.9.99-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    only_here = outside() | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels.as_uri(), "PIP_CONFIG_FILE": os.devnull}
    (tmp_path / "here").mkdir()
    command = [python, ROOT / "start.py", "alone"]
    done = subprocess.run(command, cwd=tmp_path / "here", env=only_here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {path.name for path in next((tmp_path / "env").glob("lib/python*/site-packages")).iterdir()}
    assert found - {"__pycache__"} == {"anywidget", info, "packages.pth"}
    # And what cannot be had is said by pip itself, and passed on.
    shutil.rmtree(tmp_path / "here")
    (tmp_path / "here").mkdir()
    python = environment(tmp_path / "other", without=("anywidget",))
    (wheels / "anywidget-0.9.99-py3-none-any.whl").unlink()
    command[0] = python
    failed = subprocess.run(command, cwd=tmp_path / "here", env=only_here, capture_output=True, text=True)
    assert failed.returncode == 1 and "anywidget<1,>=0.9" in failed.stderr
    assert not (tmp_path / "here" / "helpers").exists()


# What runs the notebook stands in the environment without the course; a cell that raises ends it.
RUN = '''
import json, sys
import nbformat
from nbclient import NotebookClient

book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=120, kernel_name="python3").execute()
code = [cell for cell in book.cells if cell.cell_type == "code"]
first = "".join(output.get("text", "") for output in code[0].outputs)
print(first)
pictures = sum("image/png" in output.get("data", {}) for cell in code for output in cell.outputs)
print(json.dumps({"first": first, "pictures": pictures}))
'''
