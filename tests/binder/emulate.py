"""Do without Docker what Binder does with the repository, and measure it: ``python -m tests.binder.emulate``.

repo2docker writes the Dockerfile. Its steps are then done here, in an empty environment with the base image's own
versions of Jupyter, as an ordinary user with a home of its own; the server is started as BinderHub starts it, each
lesson is opened by its launch link in a real browser, run from top to bottom, and its first slider is moved.

It needs Linux, Python 3.12, a browser, the network, 4 GB of disk and about ten minutes; so it is a command and no test.
What it finds goes to ``measured.json``, of which ``report.py`` makes the README's table. It ends with an error where a
step fails, ``pip check`` finds something, a slider moves nothing, or a lesson needs more memory than Binder guarantees.
"""

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import repo2docker
from playwright.sync_api import Browser, sync_playwright

from tests.binder.image import Instruction, dockerfile, instructions
from tests.browser.conftest import ARGUMENTS, START, Lab, find_browser
from tests.clone import clone

ROOT = Path(__file__).parents[2]
MEASURED = Path(__file__).with_name("measured.json")
GUARANTEED, LIMIT = 1e9, 2e9        # bytes of memory that a public Binder guarantees, and above which it restarts
UID = 1000                          # as Binder's user; where this is run by somebody else than root, who runs it
BASE = ("ipywidgets", "jupyter-offlinenotebook", "jupyter-resource-usage", "jupyter_server", "jupyterhub-base",
        "jupyterlab", "notebook", "pip")     # what repo2docker's environment.yml names; its lock has the versions
# What a build needs to reach the packages, and nothing else of who runs this
PASSED_ON = re.compile(r"PIP_(?!USER|TARGET|PREFIX)\w+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_\w+|REQUESTS_CA_BUNDLE", re.I)
TIMED = {"pip install": "packages", "./binder/postBuild": "postBuild"}
TENSORFLOW = ("06_softmax_in_tensorflow", "08_gradient")     # two lessons whose kernels load it


class Machine:
    """A folder that stands for the container, and whoever works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.srv = folder, folder / "home" / "jovyan", folder / "srv"
        self.prefix = self.srv / "conda" / "envs" / "notebook"
        self.env = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        self.env |= {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "NB_USER": "jovyan",
                     "NB_UID": str(UID), "HOME": str(self.home), "REPO_DIR": str(self.home), "TMPDIR": str(folder)}
        self.user = {"user": UID, "group": UID, "extra_groups": []} if os.geteuid() == 0 else {}

    def expand(self, text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda found: self.env.get(found[1], ""), text)

    def set(self, name: str, value: str) -> None:
        """An ENV of the Dockerfile, but in this folder."""
        value = self.expand(value.strip('"'))
        self.env[name] = str(self.folder) + value if value.startswith(("/srv", "/home")) else value

    def popen(self, command: list[str], **options) -> subprocess.Popen:
        return subprocess.Popen(command, cwd=self.home, env=self.env, **self.user, **options)

    def run(self, command: str) -> None:
        """A RUN of the Dockerfile; what it prints goes to a file, and is shown where it fails."""
        print(f"  {command}", flush=True)
        printed = self.folder / "build.log"
        with printed.open("w") as log:
            code = self.popen(["/bin/bash", "-c", command], stdout=log, stderr=subprocess.STDOUT).wait()
        if code:
            raise SystemExit(f"{printed.read_text()[-3000:]}\nexit code {code}: {command}")

    def give(self, path: Path) -> None:
        """Make whoever works here the owner."""
        if self.user:
            subprocess.run(["chown", "-R", f"{UID}:{UID}", path], check=True)


def base_versions() -> dict[str, str]:
    """What the base image has installed, by name, from repo2docker's own lock."""
    lock = Path(repo2docker.__file__).parent / "buildpacks" / "conda" / "environment.py-3.12-linux-64.lock"
    names = re.findall(r"/([a-z0-9][^/\s]*)-([^-/\s]+)-[^-/\s]+\.(?:conda|tar\.bz2)", lock.read_text())
    return dict(names)


def base_prefix(python: str) -> str | None:
    """Where a Python is installed, or None; asked, because pyenv puts names on the PATH behind which is nothing."""
    ask = [python, "-c", "import sys; print(sys.base_prefix)"]
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    return None


def make_base(machine: Machine) -> None:
    """The base image's environment: an empty one, and Jupyter in the versions of repo2docker's lock."""
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    places = [f"python{version}", *sorted(map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))]
    prefixes = list(filter(None, map(base_prefix, places)))
    if not prefixes:
        raise SystemExit(f"needs Python {version}")
    prefix = prefixes[0]
    python = f"{prefix}/bin/python{version}"
    # Copied, because an ordinary user may not look into the folder of whoever installed it.
    if prefix not in ("/usr", "/usr/local"):
        shutil.copytree(prefix, machine.srv / "python", symlinks=True)
        python = str(machine.srv / "python" / "bin" / f"python{version}")
        machine.env["LD_LIBRARY_PATH"] = str(machine.srv / "python" / "lib")
    machine.prefix.parent.mkdir(parents=True)
    machine.give(machine.srv)
    machine.run(f"{python} -m venv {machine.prefix}")
    versions = base_versions()
    constraints = machine.folder / "base.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in versions.items() if name != "pip"))
    wanted = [f"{name.removesuffix('-base')}=={versions[name]}" for name in BASE]
    machine.run(f"{machine.prefix}/bin/python -m pip install -q --no-cache-dir -c {constraints} {' '.join(wanted)}")


def build(machine: Machine, steps: list[Instruction]) -> dict:
    """Do the Dockerfile's steps from the user's first on; returns what they took."""
    measured: dict = {}
    at = next(i for i, step in enumerate(steps) if step.word == "ARG" and step.rest.startswith("REPO_DIR"))
    for step in steps[:at]:
        if step.word == "ENV" and re.match(r"(APP_BASE|CONDA_DIR|\w+_PYTHON_PREFIX|PATH)=", step.rest):
            machine.set(*step.rest.split("=", 1))
    for step in steps[at:]:
        if step.word == "ENV":
            machine.set(*step.rest.split("=", 1))
        elif step.word == "COPY" and step.rest.endswith("src/ ${REPO_DIR}/"):
            clone(machine.home)
            machine.give(machine.home)
        elif step.word == "COPY" and "src/binder/" in step.rest:
            source, target = step.rest.split()[-2:]
            target = Path(machine.expand(target))
            target.parent.mkdir(exist_ok=True, parents=True)
            shutil.copy(ROOT / source.removeprefix("src/"), target)
            machine.give(machine.home)
        elif step.word == "RUN" and step.user == "${NB_USER}":
            size, begun = megabytes(machine.prefix), time.monotonic()
            machine.run(step.rest)
            for name in [name for part, name in TIMED.items() if part in step.rest]:
                measured[f"{name}_seconds"] = round(time.monotonic() - begun)
                measured[f"{name}_megabytes"] = round(megabytes(machine.prefix) - size)
    machine.run(f"{machine.prefix}/bin/python -m pip check")
    measured["pip_check"] = "clean"
    return measured


def megabytes(folder: Path) -> float:
    out = subprocess.run(["du", "-sb", folder], check=True, capture_output=True, text=True).stdout
    return int(out.split()[0]) / 1e6


@contextmanager
def server(machine: Machine) -> Iterator[tuple[str, str, subprocess.Popen, float]]:
    """A server as BinderHub starts it: its URL, its token, its process and the seconds until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, base = "t0ken", "/user/somebody-course-abcd1234/"
    entrypoint = Path(repo2docker.__file__).parent / "buildpacks" / "repo2docker-entrypoint"
    command = [
        str(machine.prefix / "bin" / "python"), "-u", "-", "jupyter-lab", "--ip=127.0.0.1", f"--port={port}",
        f"--NotebookApp.base_url={base}", f"--NotebookApp.token={token}", "--NotebookApp.trust_xheaders=True",
        "--NotebookApp.default_url=/lab/", "--NotebookApp.allow_origin=*", "--NotebookApp.allow_origin_pat=.*",
        "--no-browser",
        "--LabApp.expose_app_in_browser=True",      # not Binder's: so that the page can be asked how far it is
    ]
    begun = time.monotonic()
    with entrypoint.open() as program, (machine.folder / "server.log").open("w") as log:
        process = machine.popen(command, stdin=program, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}{base}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}api?token={token}").close()
                break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None or time.monotonic() > begun + START:
                    raise SystemExit((machine.folder / "server.log").read_text()[-2000:]) from None
        yield url, token, process, time.monotonic() - begun
    finally:
        process.terminate()
        process.wait()


def launch(browser: Browser, url: str, token: str, link: str) -> tuple[Lab, float]:
    """Follow a launch link as BinderHub does once the server is up; returns the page and the seconds it took."""
    lab, begun = Lab(browser, None), time.monotonic()
    # Reset: on Binder each launch has a server of its own, with no tabs of an earlier one.
    lab.page.goto(url + parse_qs(urlsplit(link).query)["urlpath"][0] + f"?token={token}&reset")
    lab.wait_for_kernel()
    return lab, time.monotonic() - begun


def memory(process: subprocess.Popen) -> tuple[float, list[float]]:
    """Bytes of the server and of each kernel at its peak; what both use of a library counts once."""
    below = psutil.Process(process.pid).children(recursive=True)
    kernels = [child for child in below if "ipykernel_launcher" in " ".join(child.cmdline())]
    rest = [psutil.Process(process.pid), *(child for child in below if child not in kernels)]
    peaks = [1024 * int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{kernel.pid}/status").read_text())[1])
             for kernel in kernels]
    return sum(each.memory_full_info().pss for each in rest), peaks


def use(browser: Browser, url: str, token: str, process: subprocess.Popen, link: str) -> dict:
    """Open a lesson by its link, run it, move its first slider and shut its kernel down; returns what was measured."""
    lab, opened = launch(browser, url, token, link)
    begun = time.monotonic()
    lab.command("notebook:run-all-cells")
    lab.page.wait_for_function("""() => window.jupyterapp.shell.currentWidget.content.widgets.some(
        cell => cell.model.type === 'code' && cell.model.outputs.toJSON().some(
            output => output.data?.['application/vnd.jupyter.widget-view+json'] && output.data['image/png'] &&
                      cell.model.executionState !== 'running'))""")
    picture = lab.picture(lab.pictures()[0])
    first = time.monotonic() - begun
    lab.wait_for_kernel()
    text, pixels = picture.text, picture.pixels()
    slider = picture.sliders.first
    low, high, value = (float(slider.get_attribute(name) or 0) for name in ("min", "max", "value"))
    value = (float(slider.input_value()) - low) / (high - low)
    picture.drag(slider, value, 0.1 if value > 0.5 else 0.9)
    picture.wait_for_change(text)
    assert picture.pixels() != pixels, "the numbers moved, the picture did not"
    assert lab.errors == [], lab.errors
    base, kernels = memory(process)
    lab.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    lab.close()
    return {"open_seconds": round(opened, 1), "picture_seconds": round(first, 1),
            "megabytes": round((base + sum(kernels)) / 1e6)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, help="work in this new folder, and leave it there")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "binder"))
    import links

    folder = options.keep or Path(tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    machine = Machine(folder)
    machine.home.mkdir(parents=True)
    machine.srv.mkdir()
    machine.give(machine.home)
    address = links.known((ROOT / "README.md").read_text(encoding="utf-8"))
    launches = {Path(path).stem: address.binder(path) for path in links.lessons(ROOT)}
    try:
        make_base(machine)
        base = megabytes(machine.prefix)
        measured = build(machine, instructions(dockerfile(ROOT))) | {"base_megabytes": round(base), "lessons": {}}
        with sync_playwright() as playwright:
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=find_browser(playwright), args=ARGUMENTS + root)
            with server(machine) as (url, token, process, seconds):
                measured["server_seconds"] = round(seconds, 1)
                measured["server_megabytes"] = round(memory(process)[0] / 1e6)
                for name, link in launches.items():
                    measured["lessons"][name] = use(browser, url, token, process, link)
                    print(name, measured["lessons"][name], flush=True)
                two = [launch(browser, url, token, launches[name])[0].run_all() for name in TENSORFLOW]
                base, kernels = memory(process)
                measured["two_tensorflow_megabytes"] = round((base + sum(kernels)) / 1e6)
                for lab in two:
                    lab.close()
            browser.close()
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    measured |= {"machine": f"{os.cpu_count()} cores, {platform.system()}", "repo2docker": repo2docker.__version__,
                 "python": (ROOT / "binder" / "runtime.txt").read_text().strip()}
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n")
    print(f"Written to {MEASURED.relative_to(ROOT)}; python -m tests.binder.report makes the README's table of it.")
    needs = {name: found["megabytes"] for name, found in measured["lessons"].items()}
    over = {name: megabytes for name, megabytes in needs.items() if megabytes > GUARANTEED / 1e6}
    if over:
        raise SystemExit(f"more than {GUARANTEED / 1e6:.0f} MB: {over}")


if __name__ == "__main__":
    main()
