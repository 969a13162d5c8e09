"""A real JupyterLab and a real Chromium for the tests in this folder.

The browser is found, not downloaded: Playwright's own where it is installed, else a Chromium or Chrome of the machine.
Without one the tests here are skipped, loudly; under CI that skip is a failure.
"""

import copy
import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, sync_playwright

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TOKEN = "tests"
START = 90          # seconds a server may take to answer, or a kernel to start or to run a whole lesson
PATIENCE = 30_000   # milliseconds until what is waited for counts as never coming
# Two frames of the page later, all that a change asked for is painted.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
NO_BROWSER = "No Chromium or Chrome on this machine: no lesson was opened in a browser. Install one, then test again."
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
             "--disable-dev-shm-usage", "--force-color-profile=srgb"]
# What a front end of Jupyter complains of by itself, without any notebook open; and, the last, that it asked for a
# picture attached to a cell before it had put the picture itself in the place of its name
NOISE = ("favicon", "ResizeObserver loop", "manifest.webmanifest", "ERR_UNKNOWN_URL_SCHEME")


def find_browser(playwright: Playwright) -> str | None:
    """The path of a browser, or None."""
    if Path(playwright.chromium.executable_path).exists():
        return playwright.chromium.executable_path
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in (*found, *PLACES) if path and Path(path).exists()), None)


def pytest_terminal_summary(terminalreporter) -> None:
    if any(NO_BROWSER in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.section("browser layer skipped", red=True)
        terminalreporter.line(NO_BROWSER, red=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []   # root has no sandbox to use
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS + root)
        yield browser
        browser.close()


class Server:
    """A running Jupyter server over a folder with copies of the lessons."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "notebooks").mkdir()
        for lesson in LESSONS:
            shutil.copy(lesson, folder / "notebooks")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        home = folder / "home"
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        }
        settings = home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={self.url.rsplit(':')[-1]}", "--allow-root",
             "--expose-app-in-browser", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}",
             "--LabApp.news_url=None", "--JupyterNotebookApp.expose_app_in_browser=True"],
            env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + START
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/api?token={TOKEN}").close()
                return
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError(f"no server: {(folder / 'server.log').read_text()[-2000:]}") from None

    def notebook(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells; returns its path under the server."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.folder / "notebooks" / f"{name}.ipynb")
        return f"notebooks/{name}.ipynb"

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


_numbers = itertools.count()


class Lab:
    """A notebook open in JupyterLab, in a browser of its own."""

    def __init__(self, browser: Browser, server: Server, **context) -> None:
        self.server = server
        self.context = browser.new_context(viewport={"width": 1280, "height": 1000}, **context)
        self.errors: list[str] = []
        self.page = self._new_page()

    def _new_page(self) -> Page:
        self.workspace = f"tests-{next(_numbers)}"      # its own: or a page reloaded would show what another shows
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        return page

    def tab(self) -> "Lab":
        """Another tab of the same browser; what it complains of is told here too."""
        other = copy.copy(self)
        other.page = self._new_page()
        return other

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(noise in message.text + str(message.location) for noise in NOISE):
            self.errors.append(message.text)

    def open(self, path: str, url: str = "") -> "Lab":
        """Open a notebook of the server, which may have another URL where something stands before it."""
        self.page.goto(f"{url or self.server.url}/lab/workspaces/{self.workspace}/tree/{path}?token={TOKEN}")
        self.wait_for_kernel()
        return self

    def wait_for_kernel(self) -> None:
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function("""() => {
            const session = window.jupyterapp.shell.currentWidget?.sessionContext;
            return session?.isReady && session.session?.kernel?.status === 'idle';
        }""", timeout=1000 * START)

    def command(self, name: str) -> None:
        self.page.evaluate("async name => { await window.jupyterapp.commands.execute(name); }", name)

    def run_all(self) -> "Lab":
        self.command("notebook:run-all-cells")
        self.wait_for_kernel()
        return self

    def run(self, code: str) -> "Picture":
        """Run code in the notebook's only cell; returns the explorer that it shows first."""
        self.page.evaluate("""async code => {
            window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.setSource(code);
        }""", code)
        return self.run_all().picture()

    def pictures(self) -> list[int]:
        """The cells that show an explorer."""
        return self.page.evaluate("""() => {
            const kind = 'application/vnd.jupyter.widget-view+json';
            const live = output => output.data?.['image/png'] && output.data[kind];
            return window.jupyterapp.shell.currentWidget.content.widgets.flatMap(
                (cell, i) => cell.model.type === 'code' && cell.model.outputs.toJSON().some(live) ? [i] : []);
        }""")

    def scroll_to(self, cell: int) -> None:
        """Bring a cell into view: JupyterLab does not attach the outputs of those that are far from it."""
        self.page.evaluate("i => { window.jupyterapp.shell.currentWidget.content.scrollToItem(i); }", cell)
        self.cell(cell).scroll_into_view_if_needed()

    def cell(self, cell: int) -> Locator:
        return self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{cell}']")

    def picture(self, cell: int = 0, view: int = 0) -> "Picture":
        """The explorer that a cell shows, or one of several."""
        self.scroll_to(cell)
        root = self.cell(cell).locator(".live-picture").nth(view)
        root.scroll_into_view_if_needed()
        return Picture(self, root)

    def use_theme(self, theme: str) -> None:
        """Switch to JupyterLab's "Light" or "Dark" theme. It draws a curtain meanwhile, and may not be drawing one."""
        name = f"JupyterLab {theme}"
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def violations(self) -> list[str]:
        """What axe finds wrong in the notebook's outputs; everything around them is JupyterLab's own."""
        found = Axe().run(self.page, context={"include": [[".jp-OutputArea-output"]]}).response["violations"]
        return [f"{v['id']}: {v['help']} {[n['html'][:150] for n in v['nodes']]}" for v in found]

    def close(self) -> None:
        self.context.close()


class Picture:
    """One explorer on the page."""

    def __init__(self, lab: Lab, root: Locator) -> None:
        self.lab, self.root = lab, root
        self.canvas, self.trouble = root.locator("canvas"), root.locator(".live-trouble")
        self.numbers = root.locator(".live-numbers")
        self.sliders, self.fields = root.locator("input[type=range]"), root.locator("input[type=number]")
        self.canvas.wait_for()
        lab.page.wait_for_function("canvas => canvas.width > 300", arg=self.canvas.element_handle())

    @property
    def text(self) -> str:
        return self.numbers.inner_text()

    def pixels(self) -> str:
        """The canvas's content."""
        return self.canvas.evaluate("canvas => canvas.toDataURL()")

    def ink(self) -> float:
        """The part of the canvas that is not its commonest colour: 0 is a blank picture."""
        return self.canvas.evaluate("""canvas => {
            const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const pixels = new Uint32Array(image.data.buffer);
            const counts = new Map();
            for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
            return 1 - Math.max(...counts.values()) / pixels.length;
        }""")

    def height(self) -> float:
        return self.root.bounding_box()["height"]

    def wait_for_numbers(self, part: str) -> None:
        self.lab.page.wait_for_function("([node, part]) => node.innerText.includes(part)",
                                        arg=[self.numbers.element_handle(), part])

    def wait_for_change(self, text: str) -> None:
        self.lab.page.wait_for_function("([node, text]) => node.innerText !== text",
                                        arg=[self.numbers.element_handle(), text])

    def slider(self, label: str) -> Locator:
        return self.root.get_by_label(label, exact=True)

    def field(self, label: str) -> Locator:
        return self.root.get_by_label(f"{label}, typed", exact=True)

    def values(self) -> list[float]:
        """What the sliders say, in their order."""
        return [float(slider.input_value()) for slider in self.sliders.all()]

    def is_playing(self) -> bool:
        return {"true": True, "false": False}[self.root.locator(".live-play").get_attribute("aria-pressed")]

    def type(self, label: str, number: str) -> None:
        self.field(label).fill(number)
        self.field(label).press("Enter")

    def drag(self, slider: Locator, start: float, end: float, moves: int = 30) -> None:
        """Drag a slider's thumb with the mouse from one part of its length to another."""
        box, mouse = slider.bounding_box(), self.lab.page.mouse
        places = [box["x"] + box["width"] * (start + (end - start) * i / moves) for i in range(moves + 1)]
        mouse.move(places[0], box["y"] + box["height"] / 2)
        mouse.down()
        for place in places[1:]:
            mouse.move(place, box["y"] + box["height"] / 2)
        mouse.up()


@pytest.fixture(scope="package")
def shared_lab(browser, server) -> Iterator[Lab]:
    """One page for all tests that need but one cell: loading JupyterLab takes longer than most of them."""
    lab = Lab(browser, server)
    lab.open(server.notebook("scratch", ""))
    yield lab
    lab.close()


@pytest.fixture
def lab(shared_lab) -> Iterator[Lab]:
    """The shared page; what it complained of meanwhile fails the test."""
    shared_lab.errors.clear()
    yield shared_lab
    assert shared_lab.errors == []


@pytest.fixture
def fresh_lab(browser, server) -> Iterator[Lab]:
    """A page of the test's own."""
    lab = Lab(browser, server)
    yield lab
    try:
        assert lab.errors == []
    finally:
        lab.close()


@pytest.fixture(scope="package", params=LESSONS, ids=lambda path: path.stem)
def opened_lesson(request, browser, server) -> Iterator[tuple[Lab, nbformat.NotebookNode, list[str]]]:
    """A lesson, opened, run and looked through from top to bottom; the file; what its explorers show at first."""
    lab, notebook = Lab(browser, server), nbformat.read(request.param, as_version=4)
    lab.open(f"notebooks/{request.param.name}").run_all()
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.outputs:
            lab.scroll_to(i)
    yield lab, notebook, [lab.picture(i).canvas.get_attribute("aria-label") for i in lab.pictures()]
    lab.close()


@pytest.fixture
def lesson(opened_lesson) -> Iterator[tuple[Lab, nbformat.NotebookNode]]:
    """A lesson and its file, its explorers as at first; what the page complains of meanwhile fails the test."""
    lab, notebook, start = opened_lesson
    assert start
    lab.errors.clear()
    for i in range(len(start)):
        lab.page.get_by_role("button", name="Reset", exact=True).nth(i).click()
    lab.page.wait_for_function("""start => String(start) === String([...document.querySelectorAll(
        '.live-picture canvas')].map(canvas => canvas.getAttribute('aria-label')))""", arg=start)
    yield lab, notebook
    assert lab.errors == []
