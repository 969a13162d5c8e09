#!/usr/bin/env python3
"""From Net Input to Softmax: one command from a bare Python to an open lesson.

It keeps everything in the folder .venv beside this file and needs no rights but to write there.
Only the standard library is used. The syntax is old on purpose: Python 2.7 must still be able to
read this file to the end, or it could not say that it is too old.
"""

import argparse
import contextlib
import errno
import glob
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time

OLDEST, NEWEST = (3, 11), (3, 13)  # TensorFlow 2.21 has wheels for no later Python
NEEDED_BYTES = 4e9  # 2.4 GB for .venv with the tests, the rest for downloads on their way into it

ROOT = os.path.dirname(os.path.realpath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
STAMP = os.path.join(VENV, "course.json")
LOG = os.path.join(VENV, "install.log")
GUARD = os.path.join(ROOT, ".venv.lock")

COURSE, TESTS = "requirements.txt", "requirements-test.txt"
BINDER = os.path.join(ROOT, "binder", COURSE)  # the same lock once more: beside binder/, Binder reads no other

FRONT_ENDS = {"jupyterlab", "notebook"}  # what shows a notebook; who has one open has one already

# All tests take two processes, or they would take twice as long; a file's tests, and a lesson's cells, stay together.
ALL_TESTS = ["-n", "2", "--dist", "loadfile"]

COMMANDS = [
    ("lab", "open JupyterLab at the first lesson; arguments go to JupyterLab (--no-browser, --port=9000)"),
    ("test", "run all tests; arguments go to pytest and are relative to the course's folder"),
    ("refresh", "run the notebooks again and store their outputs; arguments name notebooks"),
    ("lock", "remake requirements.txt and requirements-test.txt with uv; --upgrade takes newer versions"),
    ("doctor", "say what works on this machine and what does not, with a report to paste into an issue"),
    ("links", "make all launch links for a fork: python3 start.py links OWNER/REPO"),
    ("alone", "for a notebook opened alone, as on Colab: put the course's helpers beside it"),
]

# These lead a child's imports, or pip's target, away from .venv. Where packages come from (PIP_INDEX_URL,
# proxies, certificates) stays: behind a company's wall nothing would install without it.
MISLEADING = {
    "PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR", "PYTHONWARNINGS", "__PYVENV_LAUNCHER__",
    "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_NO_BINARY", "PIP_PYTHON", "PIP_QUIET", "PIP_VERBOSE",
    "PIP_LOG", "PIP_DRY_RUN", "PIP_NO_DEPS",
}  # fmt: skip


def fail(sentence):
    """End with one line on stderr and exit code 1."""
    # Python writes it with backslashes for what the console cannot show, so it never fails itself.
    sys.exit("start.py: " + sentence)


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# --- Which Python this is ---------------------------------------------------------------------------------------------


def check_python():
    """Refuse a Python that the lock has no packages for, and name one that it has."""
    this = sys.version_info[:2]
    if not OLDEST <= this <= NEWEST:
        fail("this is Python %d.%d; the course works with 3.11, 3.12 and 3.13. %s" % (this + (other_python(),)))
    if platform.python_implementation() != "CPython":
        fail("this is %s; the course needs CPython. %s" % (platform.python_implementation(), other_python()))
    if sys.maxsize <= 2**32:
        fail("this is a 32-bit Python; the course needs a 64-bit one, from https://www.python.org/downloads/")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        fail("this is a free-threaded Python; the course needs the ordinary build of the same version.")


def other_python():
    """Say how to start with a suitable Python: one that is already here, if any."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        command = ["py", "-3.%d" % minor] if os.name == "nt" else ["python3.%d" % minor]
        try:
            # Asked, not only looked up: pyenv and the Windows store put names on the PATH behind which is nothing.
            asked = subprocess.Popen(command + ["-c", ""], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            asked.communicate()
        except OSError:
            continue
        if asked.returncode == 0:
            return "You have a suitable one: run  %s start.py" % " ".join(command)
    then = "py -3.13 start.py" if os.name == "nt" else "python3.13 start.py"
    return "Install Python 3.13 from https://www.python.org/downloads/ and run  %s" % then


def base_python():
    """The Python outside any environment, so that .venv can be remade even by the one inside it."""
    base = getattr(sys, "_base_executable", None)
    return base if base and os.path.exists(base) else sys.executable


# --- The environment --------------------------------------------------------------------------------------------------


def child_environment():
    """Environment variables for whatever runs inside .venv, whoever else has set some."""
    variables = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    variables["VIRTUAL_ENV"] = VENV
    variables["PATH"] = BIN + os.pathsep + variables.get("PATH", os.defpath)
    variables["PIP_USER"] = "0"  # a user's pip.conf may say otherwise, and then nothing would go into .venv
    # The kernel `python3` and the settings of .venv come before a user's own of the same name.
    ours = os.path.join(VENV, "share", "jupyter")
    variables["JUPYTER_PATH"] = os.pathsep.join([ours] + [p for p in [variables.get("JUPYTER_PATH")] if p])
    variables["JUPYTER_PREFER_ENV_PATH"] = "1"
    return variables


def fingerprint(locks):
    """What has to be the same for .venv to serve: Python, place and the content of the locks."""
    facts = {"python": "%d.%d" % sys.version_info[:2], "machine": platform.machine(), "place": ROOT}
    for lock in locks:
        try:
            with open(os.path.join(ROOT, lock), "rb") as handle:
                # A checkout with Windows line ends is the same lock.
                facts[lock] = hashlib.sha256(handle.read().replace(b"\r\n", b"\n")).hexdigest()
        except FileNotFoundError:
            fail("%s is missing beside start.py: get the whole course, not this file alone." % lock)
    return facts


def is_ready(wanted):
    """Whether .venv was finished with what is wanted, and its Python still runs."""
    try:
        with open(STAMP) as handle:
            stamp = json.load(handle)
        if any(stamp.get(name) != value for name, value in wanted.items()):
            return False
        ask = [PYTHON, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        return subprocess.check_output(ask, stderr=subprocess.DEVNULL).decode().strip() == wanted["python"]
    except (OSError, ValueError, AttributeError, subprocess.CalledProcessError):
        return False


def prepare(locks):
    """Make .venv hold the packages of these locks; at once when it does already."""
    wanted = fingerprint(locks)
    if is_ready(wanted):
        return
    with only_one_start() as guard:
        if is_ready(wanted):  # another start finished it while this one waited
            return
        course = fingerprint([COURSE])
        begun = dict(course, **{TESTS: "begun"})
        # Without a stamp that fits, .venv is half-made, moved, outdated or somebody else's. pip cannot tell a package
        # half-copied from a whole one, so it is remade; downloads are kept by pip and come from there the second time.
        if not is_ready(course) or is_ready(begun):
            make_environment(guard)
            install(COURSE, guard)
            settle()
            write_stamp(course)
        if TESTS in locks:
            write_stamp(begun)
            try:
                install(TESTS, guard)
            except SystemExit:  # pip gave up in good order, and what was there for the lessons still is
                write_stamp(course)
                raise
            write_stamp(wanted)


def write_stamp(facts):
    """Say that all this is done; written last and in one step, so that it is never said too early."""
    with open(STAMP + ".new", "w") as handle:
        json.dump(facts, handle, indent=1)
    os.replace(STAMP + ".new", STAMP)


@contextlib.contextmanager
def only_one_start():
    """Let a second start wait for the first. Yields what makes a subprocess hold the lock too.

    The system frees the lock when its last holder has ended, so that neither a start that was killed nor the pip
    that it left behind can spoil the next one.
    """
    with open(GUARD, "w") as handle:
        told = False
        while not try_lock(handle):
            if not told:
                say("Another start.py is at work on .venv; waiting for it ...")
                told = True
            time.sleep(0.5)
        yield {} if os.name == "nt" else {"pass_fds": [handle.fileno()]}


def try_lock(handle):
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: better one start without a guard than none
        return True
    return True


def make_environment(guard):
    """Make .venv anew, with pip and without packages."""
    import importlib.util

    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        fail(
            "this Python comes without venv or ensurepip. On Debian and Ubuntu: sudo apt install python3-venv (or "
            "python%d.%d-venv); elsewhere: Python from https://www.python.org/downloads/" % sys.version_info[:2]
        )
    remove(VENV)
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        fail(disk_is_full(free))
    say("Making .venv with Python %s. This happens once and takes a few minutes." % platform.python_version())
    command = [base_python(), "-m", "venv", VENV]
    options = dict(guard, cwd=ROOT, env=child_environment())
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if made.returncode:
        fail(explain(made.stdout.decode("utf-8", "replace").splitlines(), made.returncode, "making .venv"))


def remove(path):
    if os.path.islink(path) or os.path.isfile(path):
        os.remove(path)
    elif os.path.isdir(path):
        # The stamp goes first: a folder that is half removed must not look finished.
        with contextlib.suppress(FileNotFoundError):
            os.remove(STAMP)
        shutil.rmtree(path)


def settle(prefix=VENV, python=PYTHON):
    """Let the Python of an environment find `helpers` from any folder, and keep its JupyterLab off the network."""
    where = "import os, sys, sysconfig; print(os.path.relpath(sysconfig.get_path('purelib'), sys.prefix))"
    packages = os.path.join(prefix, subprocess.check_output([python, "-I", "-c", where]).decode("ascii").strip())
    # Relative, so that the file is plain ASCII wherever the course lies: Python reads such a line from its own folder,
    # and before 3.13 it read other letters in the console's encoding.
    with open(os.path.join(packages, "course.pth"), "w") as handle:
        handle.write(os.path.relpath(ROOT, packages).replace(os.sep, "/") + "\n")
    settings = os.path.join(prefix, "etc", "jupyter", "labconfig")
    os.makedirs(settings, exist_ok=True)
    # These two ask for news and updates at jupyterlab.github.io, and for extensions at PyPI. Nothing else does.
    silent = ["@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension"]
    with open(os.path.join(settings, "page_config.json"), "w") as handle:
        json.dump({"disabledExtensions": dict.fromkeys(silent, True)}, handle, indent=1)


# --- pip --------------------------------------------------------------------------------------------------------------


def install(lock, guard):
    """Install a lock with pip, showing how far it is; pip's own words go to the log."""
    with open(os.path.join(ROOT, lock)) as handle:
        total = sum(1 for line in handle if re.match(r"[A-Za-z0-9]", line))
    scratch = os.path.join(VENV, "tmp")
    os.makedirs(scratch, exist_ok=True)
    # pip unpacks where TMPDIR says. A small /tmp would fill up although the disk that was looked at is free.
    variables = dict(child_environment(), TMPDIR=scratch, TEMP=scratch, TMP=scratch)
    variables.update(PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8:replace")
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "-r", lock]
    # Nothing is compiled on a learner's machine; a machine without wheels is told so at once.
    command += ["--only-binary", ":all:"]
    # Without a network two retries are over in seconds, five take minutes.
    command += ["--retries", "2", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    lines = []
    options = dict(guard, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL)
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    # pip is read in a thread, so that the time goes on being shown during a long download.
    reader = threading.Thread(target=keep, args=(pip.stdout, lines), daemon=True)
    reader.start()
    meter = Meter(lock)
    try:
        while reader.is_alive():
            reader.join(0.2)
            meter.show(progress(lines, total))
        code = pip.wait()
    finally:
        if pip.poll() is None:
            pip.terminate()
            pip.wait()
        meter.end()
        shutil.rmtree(scratch, ignore_errors=True)
    if code:
        fail(explain(lines, code, "installing " + lock))


def keep(stream, lines):
    """Collect pip's lines, and write them to the log as long as the disk takes them."""
    with contextlib.suppress(OSError), open(LOG, "a", encoding="utf-8") as log:
        for raw in stream:
            lines.append(raw.decode("utf-8", "replace").rstrip())
            log.write(lines[-1] + "\n")
            log.flush()
    lines.extend(raw.decode("utf-8", "replace").rstrip() for raw in stream)


def progress(lines, total):
    """What pip is doing, from its lines: how many packages are found, or being put in place."""
    found, skipped, last, known = 0, 0, "", 0
    for line in list(lines):
        words = line.split()
        if line.startswith("Ignoring "):  # a package for another system
            skipped += 1
        elif line.startswith(("Collecting ", "Requirement already satisfied: ")):
            found += 1
            last = re.split("[ (;=]", line.split(": ")[-1].replace("Collecting ", ""))[0]
        elif line.startswith("Processing "):  # a wheel in a folder
            found += 1
            last = os.path.basename(words[1]).split("-")[0]
        elif words[:1] == ["Downloading"] and line.endswith(")"):
            size = line[line.rindex("(") :]
            last = last.split(" ")[0] + " " + size
        elif line.startswith("Installing collected packages: "):
            known = line.count(",") + 1
    if known:
        return "putting %d packages in place" % known
    return "%d of %d packages: %s" % (found, max(total - skipped, found), last)


class Meter(object):
    """One line of progress, rewritten on a terminal; in a log, a new line now and then."""

    def __init__(self, name):
        self.name, self.started, self.shown, self.last = name, time.time(), "", 0
        self.live = sys.stdout.isatty()

    def show(self, text):
        seconds = time.time() - self.started
        if self.live:
            line = "  %s: %s  %d s" % (self.name, text, seconds)
            room = shutil.get_terminal_size().columns - 1
            sys.stdout.write("\r" + line[:room].ljust(room))
            sys.stdout.flush()
        elif text != self.shown and (seconds - self.last > 10 or text.startswith("putting")):
            say("  %s: %s  %d s" % (self.name, text, seconds))
            self.shown, self.last = text, seconds

    def end(self):
        if self.live:
            sys.stdout.write("\n")
        say("  %s: %d s" % (self.name, time.time() - self.started))


# --- What went wrong, in one line -------------------------------------------------------------------------------------

FULL_DISK = "No space left on device|Errno 28|WinError 112|not enough space|[Dd]isk quota exceeded|Errno 122"
REMEDIES = [  # in this order: what stands first is the cause of what stands below
    (
        "CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError",
        "the package server's certificate could not be checked; behind a company's or school's proxy set PIP_CERT to "
        "its certificate file, then start again.",
    ),
    (
        "NewConnectionError|Failed to establish|Temporary failure in name resolution|getaddrinfo|ConnectTimeout|"
        "ReadTimeout|Read timed out|Connection (aborted|reset|refused)|ConnectionResetError|ProxyError|IncompleteRead|"
        "ProtocolError|Max retries exceeded|[Nn]etwork is unreachable|ERROR: HTTP error|IncompleteDownload",
        "the package server could not be reached. Check the network (or the proxy, HTTPS_PROXY) and start again: "
        "what has been downloaded is kept.",
    ),
    (
        "DO NOT MATCH THE HASHES|Expected sha256",
        "a download is not the file that the lock names: it was cut short or changed on its way. Start again; if it "
        "stays so, the package mirror in use (PIP_INDEX_URL) is not faithful.",
    ),
    (
        "Long Path|WinError 206|filename or extension is too long",
        "a path became longer than Windows allows: move the course to a short folder such as C:\\softmax, or switch "
        "on long paths, and start again.",
    ),
    (
        "No module named '?pip|No module named ensurepip",
        "pip is missing in .venv: install Python's own pip and venv (on Debian and Ubuntu: sudo apt install "
        "python3-venv), then start again.",
    ),
    (
        "No matching distribution found|not a supported wheel",
        "there is no ready-made package for this system (%s %s). The course runs on 64-bit Linux with glibc, macOS and "
        "Windows; on Windows for ARM with Python 3.12 or 3.13." % (platform.system(), platform.machine()),
    ),
    (
        "Permission ?[Dd]enied|Access is denied|WinError (5|32)\\b|Errno 13|Read-only file system",
        "a file could not be written; close whatever uses .venv (a running JupyterLab, a virus scan) and start again.",
    ),
    ("MemoryError|Cannot allocate memory", "the memory is full: close other programs and start again."),
]


def explain(lines, code, doing):
    """One sentence on why a step failed, from what it printed."""
    text = "\n".join(lines)
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(ROOT).free
        # A program that cannot write often cannot say why either.
        if re.search(FULL_DISK, text) or free < 1e8:
            return disk_is_full(free)
    for pattern, remedy in REMEDIES:
        if re.search(pattern, text):
            return "%s failed: %s%s" % (doing, remedy, see_log())
    if code == -getattr(signal, "SIGKILL", 9):
        return "%s was stopped by the system, mostly for want of memory: close other programs and start again." % doing
    errors = [line for line in lines if line.lower().startswith("error")] or [line for line in lines if line.strip()]
    last = errors[-1] if errors else "exit code %d" % code
    return "%s failed: %s. Start again; if it stays so, report this line.%s" % (doing, last.rstrip("."), see_log())


def see_log():
    return " Details: " + LOG if os.path.exists(LOG) else ""


def disk_is_full(free):
    sentence = "the disk is too full: the course needs %.1f GB, and %.1f GB are free. Make room and start again."
    return sentence % (NEEDED_BYTES / 1e9, free / 1e9)


def explain_os_error(error):
    """The same for what Python itself could not do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_is_full(shutil.disk_usage(ROOT).free)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            "%s cannot be written. Close what uses .venv, or copy the course into a folder of your own, "
            "and start again." % (error.filename or ROOT)
        )
    return "%s. Start again; if it stays so, report this line." % error


# --- The commands -----------------------------------------------------------------------------------------------------


def lab_command(arguments):
    """JupyterLab at the first lesson."""
    from urllib.parse import quote

    lessons = sorted(glob.glob(os.path.join(glob.escape(ROOT), "notebooks", "[0-9]*.ipynb")))
    place = "/".join(["notebooks"] + [os.path.basename(lesson) for lesson in lessons[:1]])
    say("Opening JupyterLab at %s. To stop it, press Ctrl-C here." % place)
    command = [PYTHON, "-m", "jupyterlab"]
    command += [
        "--ServerApp.root_dir=" + ROOT,
        "--LabApp.default_url=/lab/tree/" + quote(place),
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["--allow-root"]  # in a container everybody is root, and Jupyter would refuse
    return command + arguments


def run(command):
    """Run a program in .venv from the course's folder and return its exit code."""
    # A child rather than exec: on Windows exec returns to the console before the program is done.
    child = subprocess.Popen(command, cwd=ROOT, env=child_environment())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child too; how to end is its affair
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


def lock(arguments):
    """Remake both locks, each for all systems and all Pythons at once."""
    uv = shutil.which("uv")
    if not uv:
        fail("making the locks needs uv: see https://docs.astral.sh/uv/getting-started/installation/")
    for target in (COURSE, TESTS):
        command = [uv, "pip", "compile", "--universal", "--generate-hashes", "--python-version", "3.11", "--no-header"]
        source = target.replace(".txt", ".in")
        code = subprocess.call(command + ["--quiet"] + arguments + [source, "-o", target], cwd=ROOT)
        if code:
            return code
        say("%s is made from %s." % (target, source))
    # Byte for byte: an image is built anew when its lock has changed, and in seconds when only lessons have.
    os.makedirs(os.path.dirname(BINDER), exist_ok=True)
    shutil.copyfile(os.path.join(ROOT, COURSE), BINDER)
    return 0


def alone():
    """Let a notebook of the working folder import `helpers`, in the Python that runs this.

    On Colab and Kaggle the notebook runs in an environment that is not ours: what is there stays as it is, or programs
    that are already running would lose the ground under their feet; only what is missing is fetched.
    """
    from importlib import metadata

    from helpers.environment import promises

    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as handle:
        promised = promises(handle.read())[1]
    missing = []
    for name in sorted(set(promised) - FRONT_ENDS):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name + promised[name])
    if missing:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + missing
        code = subprocess.call(command)
        if code:
            return code
    here = os.path.join(os.getcwd(), "helpers")
    if not os.path.exists(here):
        try:
            os.symlink(os.path.join(ROOT, "helpers"), here, target_is_directory=True)
        except (OSError, NotImplementedError):  # Windows lets few users make links
            shutil.copytree(os.path.join(ROOT, "helpers"), here)
    elif not os.path.exists(os.path.join(here, "environment.py")):
        fail("there is another folder helpers beside this notebook: move one of them away.")
    say("Ready. Now run the cells of the lesson from the top.")
    return 0


def doctor():
    """Say what works on this machine: asked of .venv's Python where it runs, else of this one."""
    try:
        made = subprocess.call([PYTHON, "-I", "-c", ""], stderr=subprocess.DEVNULL) == 0
    except OSError:
        made = False
    # -B: where nothing can be written, that is for the doctor to say.
    command = [PYTHON, "-B", "-m", "helpers.doctor"] if made and os.path.exists(STAMP) else [
        sys.executable, "-B", "-m", "helpers.doctor", "--no-environment"
    ]
    return subprocess.call(command, cwd=ROOT, env=child_environment())


def main(arguments):
    # The doctor looks at a machine with any Python that can read him.
    if arguments[:1] != ["doctor"] or sys.version_info < (3, 8):
        check_python()
    for stream in (sys.stdout, sys.stderr):  # a console in cp949 or cp1252 cannot show every folder's name
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog="start.py",
        usage="python3 start.py [command] [arguments of the command]",
        description="From Net Input to Softmax. Without a command: set up .venv if need be, open the first lesson.",
        epilog="Works with Python 3.11, 3.12 and 3.13 (on Windows: py -3.13 start.py). The first start downloads "
        "about 0.7 GB; %.1f GB must be free. To begin afresh, delete .venv." % (NEEDED_BYTES / 1e9),
    )
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands")
    for name, meaning in COMMANDS:
        commands.add_parser(name, help=meaning, add_help=False)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["lab"] + arguments
    command, rest = parser.parse_args(arguments[:1]).command, arguments[1:]
    if command == "lock":
        return lock(rest)
    if command == "links":
        return subprocess.call([sys.executable, os.path.join(ROOT, "binder", "links.py")] + rest)
    if command == "alone":
        return alone()
    if command == "doctor":
        return doctor()
    prepare([COURSE] if command == "lab" else [COURSE, TESTS])
    if command == "lab":
        return run(lab_command(rest))
    if command == "test":
        return run([PYTHON, "-m", "pytest"] + (rest or ALL_TESTS))
    return run([PYTHON, os.path.join("tests", "notebooks", "refresh.py")] + rest)


def command_line():
    """main, with every way to fail told in one line."""
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.stderr.write("\nstart.py: stopped. Start again to go on; what has been downloaded is kept.\n")
        sys.exit(130)
    except OSError as error:
        fail(explain_os_error(error))


if __name__ == "__main__":
    command_line()
