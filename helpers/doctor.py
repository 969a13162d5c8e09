"""What works on this machine and what does not, with a report to paste into an issue: ``python3 start.py doctor``.

It runs where much may be broken, so it needs the standard library alone, in a syntax that older Pythons read too. The
look at Python, the packages and the parts in the browser is lesson 00's; what is added are the things that a notebook
cannot ask, or that take too long for a first cell.
"""

from __future__ import annotations

import contextlib
import ctypes
import getpass
import locale
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

from helpers import environment
from helpers.environment import ROOT, Finding, start_command
from helpers.words import _

TO_INSTALL, TO_WORK = 4e9, 0.2e9     # bytes of disk; the first as in start.py, a test compares them
MEMORY = 1e9                         # bytes that a lesson with TensorFlow and its server need; see tests/binder
LETTERS = "φ∂₀−√"                    # what the pictures write besides plain letters
PATIENCE = 120                       # seconds in which a library is imported, or never will be
PLAIN = {"✓": "ok", "✗": "!!", "○": "--", "→": "->"}     # for a console that cannot show the signs


def main(arguments: list[str]) -> int:
    """Print what was found and the report; the exit code says whether something is to be done."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    found = findings(made="--no-environment" not in arguments)
    for line in lines(found):
        print(shown(line))
    wrong = [finding for finding in found if finding.sign == "✗"]
    print()
    print(_("Do what stands behind the arrows, and run this again.") if wrong else _("All is well."))
    print(_("If it does not help, paste this report into an issue. It holds no name and no path of yours:")
          if wrong else _("If something goes wrong all the same, paste this report into an issue. It holds no name and "
                          "no path of yours:"))
    print()
    for line in report(found):
        print(shown(line))
    return 1 if wrong else 0


def shown(line: str) -> str:
    """A line as the console can show it."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    with contextlib.suppress(UnicodeEncodeError, LookupError):
        line.encode(encoding)
        return line
    for sign, plain in PLAIN.items():
        line = line.replace(sign, plain)
    return line


def lines(found: list[Finding]) -> list[str]:
    """Findings as lines, each remedy beneath the first finding that it is for."""
    told, written = set(), []
    for finding in found:
        written.append(f"{finding.sign} {finding.what}" + (f": {finding.sentence}" if finding.sentence else ""))
        if finding.remedy and finding.remedy not in told:
            written.append(f"    → {finding.remedy}")
            told.add(finding.remedy)
    return written


# ---- what is looked at --------------------------------------------------------------------------------------------

def findings(made: bool = True) -> list[Finding]:
    """Look at everything; what is in the environment only if there is one."""
    if made:
        inside = environment.findings()
        if inside[-1] == Finding("✓", "TensorFlow"):
            inside[-1] = tensorflow()
        if Finding("✓", _("packages")) in inside:
            inside.append(fonts())
    else:
        inside = [finding for finding in environment.findings() if finding.what in (_("Python"), _("course"))]
        if inside and inside[0].sign == "✓":
            inside.append(Finding("✗", _("environment"), _("the folder .venv is not there, or not finished."),
                                  _("Run in the course's folder:  {command}").format(command=start_command())))
    return [*inside, browser(), folder(), disk(TO_WORK if made else TO_INSTALL), memory(), connection()]


def begin_anew() -> str:
    """The remedy for what is broken in .venv."""
    return _("Delete the folder .venv in the course's folder, and run there:  {command}").format(
        command=start_command())


def tensorflow() -> Finding:
    """Import it for once, in a process of its own: some processors and some Windows systems only fail then."""
    quiet = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
    try:
        ran = subprocess.run([sys.executable, "-c", "import tensorflow"], env=quiet, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return Finding("✗", "TensorFlow", _("its import takes more than {seconds} seconds.").format(seconds=PATIENCE),
                       _("Close other programs and run this again."))
    if ran.returncode == 0:
        return Finding("✓", "TensorFlow")
    said = [line for line in ran.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    why = said[-1].strip() if said else _("its process ended with code {code}").format(
        code=ran.returncode)
    sentence = _("it is there, but its import fails: {why}.").format(why=without_names(why.rstrip(".")))
    if "DLL" in why:
        return Finding("✗", "TensorFlow", sentence, _("Install https://aka.ms/vs/17/release/vc_redist.x64.exe and run "
                                                      "this again. All lessons but 06 work without it."))
    if ran.returncode in (-4, 132):      # SIGILL
        return Finding("○", "TensorFlow", _("this processor lacks instructions that it uses. Only lesson 06 and the "
                                            "last sections of lessons 08 and 09 need it."))
    return Finding("✗", "TensorFlow", sentence, begin_anew())


def fonts() -> Finding:
    """Whether the pictures' font is there and has the letters that they write."""
    what = _("fonts of the pictures")
    program = ("from matplotlib.font_manager import findfont, get_font; "
               "font = get_font(findfont('DejaVu Sans', fallback_to_default=False)); "
               f"assert all(map(font.get_char_index, {[ord(letter) for letter in LETTERS]}))")
    ran = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, timeout=PATIENCE)
    if ran.returncode == 0:
        return Finding("✓", what)
    return Finding("✗", what, _("matplotlib does not find its own font DejaVu Sans."), begin_anew())


def browser() -> Finding:
    """Whether Python knows a browser to open JupyterLab in."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return Finding("✗", _("browser"), _("none is found that could be opened from here."),
                       _("Start with  {command} --no-browser  and open the address that it prints in a browser."
                         ).format(command=start_command()))
    return Finding("✓", _("browser"))


def folder() -> Finding:
    """Whether lessons can be saved where they lie."""
    try:
        with tempfile.TemporaryFile(dir=ROOT / "notebooks"):
            return Finding("✓", _("folder of the course"))
    except OSError:
        return Finding("✗", _("folder of the course"), _("nothing can be written into it, so no lesson can be saved."),
                       _("Copy the whole course into a folder of your own, and start it there."))


def disk(needed: float) -> Finding:
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        return Finding("✗", _("disk"), _("{free:.1f} GB are free, and {needed:.1f} GB are needed.").format(
            free=free / 1e9, needed=needed / 1e9), _("Make room on the disk of the course's folder."))
    return Finding("✓", _("disk"))


def memory() -> Finding:
    free = free_memory()
    if free is not None and free < MEMORY:
        return Finding("✗", _("memory"), _("{free:.1f} GB are free, and a lesson with TensorFlow needs {needed:.1f} "
                                           "GB.").format(free=free / 1e9, needed=MEMORY / 1e9),
                       _("Close other programs, and in JupyterLab the kernels of other notebooks."))
    return Finding("✓", _("memory"))


def connection() -> Finding:
    """Whether programs of this machine can reach one another, as the browser has to reach JupyterLab."""
    what = _("connection from the browser to JupyterLab")
    try:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            with socket.create_connection(listening.getsockname(), timeout=5):
                return Finding("✓", what)
    except OSError:
        return Finding("✗", what, _("something on this machine forbids connections to 127.0.0.1."),
                       _("Allow Python in the firewall or the security program."))


def free_memory() -> float | None:
    """Bytes that a new program could have; None where the system does not say."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        if sys.platform == "win32":
            status = (ctypes.c_uint64 * 8)()
            ctypes.cast(status, ctypes.POINTER(ctypes.c_uint32))[0] = ctypes.sizeof(status)
            ctypes.windll.kernel32.GlobalMemoryStatusEx(status)
            return float(status[2])      # ullAvailPhys, after the length and load, and ullTotalPhys
        if sys.platform == "darwin":
            said = subprocess.check_output(["vm_stat"]).decode()
            size = int(re.search(r"page size of (\d+)", said)[1])
            return float(size * sum(int(n) for n in re.findall(r"Pages (?:free|inactive|purgeable):\s+(\d+)", said)))
        return 1024.0 * int(re.search(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    return None


# ---- the report ---------------------------------------------------------------------------------------------------

def report(found: list[Finding]) -> list[str]:
    """Lines to paste into an issue, in English whatever the language, without names and paths."""
    free = free_memory()
    names = environment.promises((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1] \
        if (ROOT / "pyproject.toml").exists() else {}
    versions = {name: environment.installed(name) for name in [*names, "tensorflow", "tensorflow-cpu"]}
    there = " ".join(f"{name} {version}" for name, version in versions.items() if version)
    place = str(ROOT)
    marks = [what for what, is_so in [("spaces", " " in place), ("letters outside ASCII", not place.isascii()),
                                      ("more than 100 letters", len(place) > 100)] if is_so]
    return [
        "```text",
        f"system    {platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} cores",
        f"Python    {platform.python_version()} {platform.python_implementation()}, "
        + ("in .venv" if Path(sys.prefix).resolve() == ROOT / ".venv" else "not in .venv"),
        f"packages  {there or 'none'}",
        f"free      memory {'?' if free is None else format(free / 1e9, '.1f')} GB, "
        f"disk {shutil.disk_usage(ROOT).free / 1e9:.1f} GB",
        f"encoding  console {getattr(sys.stdout, 'encoding', None)}, files {locale.getpreferredencoding(False)}, "
        f"file names {sys.getfilesystemencoding()}",
        f"path      {', '.join(marks) or 'plain'}",
        *("found     " + without_names(" ".join(filter(None, finding[:3])))
          for finding in found if finding.sign != "✓"),
        "```",
    ]


def without_names(text: str) -> str:
    """A text without the course's path, the home folder's, the user's name and the machine's.

    Examples
    --------
    >>> without_names("cannot read " + str(ROOT / "start.py")).replace(chr(92), "/")
    'cannot read COURSE/start.py'
    """
    places = [(str(ROOT), "COURSE"), (tempfile.gettempdir(), "TEMP")]
    with contextlib.suppress(RuntimeError):
        places.append((str(Path.home()), "HOME"))
    for place, name in places:
        if len(Path(place).parts) > 1:
            text = text.replace(place, name)
    names = {platform.node(): "MACHINE"}
    with contextlib.suppress(Exception):     # where there is no user at all, each system says so in its own way
        names[getpass.getuser()] = "USER"
    for name, stands in names.items():
        if len(name) > 1:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", stands, text, flags=re.I)
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
