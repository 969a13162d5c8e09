"""Runs one hand-in, inside the box. It is started alone, as a file: it imports nothing of the tool.

The cells run in a bare IPython shell, which is what runs them in Jupyter's kernel too, without the kernel's sockets.
Commands come in on one pipe and replies go out on another, a line of JSON each; a reply repeats its command's token.

Checks do not go through that shell. They are compiled here. After each command everything that checks rely on
(builtins, numpy and its testing, helpers, what the given cells imported) is put back to what it was before the first
answer, and what had been changed is reported. So changing it neither helps an answer nor harms it.
"""

import builtins
import contextlib
import importlib
import io
import json
import os
import signal
import sys
import threading
import time
import types
import warnings

TEXT, MESSAGE = 2000, 800  # characters that a reply holds at most
GUARDED = ("builtins", "math", "operator", "functools", "itertools", "inspect", "unittest", "warnings", "contextlib")
GUARDED_TREES = ("numpy", "helpers")


class Capped(io.TextIOBase):
    """Takes any amount of text and keeps its beginning."""

    def __init__(self) -> None:
        self.kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.kept) < TEXT and type(text) is str:
            self.kept += text[: TEXT - len(self.kept)]
        return len(text)

    def isatty(self) -> bool:
        return False

    @property
    def encoding(self) -> str:
        return "utf-8"


class Clock:
    """Interrupts the main thread when a command takes too long, again and again until it ends."""

    def __init__(self) -> None:
        self.until: float | None = None
        self.late = False
        self.parent = os.getppid()
        self.main = threading.main_thread().ident
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self) -> None:
        # Kept as they are now, because an answer may change these modules.
        sleep, now, kill = time.sleep, time.monotonic, getattr(signal, "pthread_kill", None)
        while True:
            sleep(0.05)
            if os.getppid() != self.parent:  # the tool was killed, and nobody waits for an answer
                os._exit(1)
            if self.until is not None and now() > self.until:
                self.late = True
                if kill:
                    kill(self.main, signal.SIGINT)
                else:
                    signal.raise_signal(signal.SIGINT)
                sleep(0.15)

    def ring(self, _signal: int, _frame: object) -> None:
        if self.until is not None:  # a late ring means nobody
            raise KeyboardInterrupt

    def start(self, seconds: float) -> None:
        signal.signal(signal.SIGINT, self.ring)  # an answer may have changed it
        self.late, self.until = False, time.monotonic() + seconds

    def stop(self) -> bool:
        self.until = None
        return self.late


class Tools:
    """What checks rely on, as it was before the first answer."""

    def __init__(self) -> None:
        self.modules: dict[str, types.ModuleType] = {}
        self.places: list[tuple[str, dict, object, str, object]] = []
        self.code: list[tuple[str, types.FunctionType, tuple]] = []
        self.given: dict[str, object] = {}
        self.finders = list(sys.meta_path)
        seen: set[int] = set()
        for name, module in list(sys.modules.items()):
            if (name in GUARDED or name.split(".")[0] in GUARDED_TREES) and isinstance(module, types.ModuleType):
                self.modules[name] = module
                self.keep(name, module, seen)

    def keep(self, path: str, owner: object, seen: set[int]) -> None:
        if id(owner) in seen:
            return
        seen.add(id(owner))
        space = vars(owner)
        for name, value in list(space.items()):
            if isinstance(value, types.FunctionType):
                if id(value) not in seen:
                    seen.add(id(value))
                    kept = (value.__code__, value.__defaults__, value.__kwdefaults__ and dict(value.__kwdefaults__))
                    self.code.append((f"{path}.{name}", value, kept))
            elif not (callable(value) or isinstance(value, (types.ModuleType, property, staticmethod, classmethod))):
                continue
            elif isinstance(value, type) and str(value.__module__).split(".")[0] == "helpers":
                self.keep(f"{path}.{name}", value, seen)
            if not (name.startswith("__") and isinstance(owner, types.ModuleType) and owner is not builtins):
                self.places.append((path, space, owner, name, value))

    def remember(self, names: list[str], space: dict) -> None:
        """Keep what a given cell imported or defined; data may change, for answers work with them."""
        for name in names:
            value = space.get(name)
            if isinstance(value, types.ModuleType) or callable(value):
                self.given[name] = value

    def restore(self, space: dict) -> list[str]:
        """Put everything back and name what had been changed."""
        changed = []
        for path, names, owner, name, value in self.places:
            if names.get(name) is not value:
                changed.append(f"{path}.{name}")
                with contextlib.suppress(Exception):
                    setattr(owner, name, value)
        for path, function, (code, defaults, keywords) in self.code:
            if function.__code__ is not code:
                changed.append(path)
                function.__code__ = code
            if function.__defaults__ is not defaults or function.__kwdefaults__ != keywords:
                changed.append(path)
                function.__defaults__, function.__kwdefaults__ = defaults, keywords
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                changed.append(name)
                sys.modules[name] = module
        for name, value in self.given.items():
            if space.get(name) is not value:
                changed.append(name)
                space[name] = value
        sys.meta_path[:] = self.finders
        space["__builtins__"] = builtins
        return sorted(set(changed))


def limit(settings: dict) -> None:
    """Bound memory, file size and the number of processes, for this process and its children, and become nobody."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    wanted = {"RLIMIT_AS": settings.get("memory"), "RLIMIT_FSIZE": settings.get("file"), "RLIMIT_CORE": 0,
              "RLIMIT_NPROC": settings.get("processes"), "RLIMIT_NOFILE": 512}
    for name, most in wanted.items():
        if most is not None and hasattr(resource, name):
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, name), (most, most))
    if settings.get("user"):  # root is bound by no number of processes
        os.setgroups([])
        os.setgid(settings["user"])
        os.setuid(settings["user"])


def the_shell():
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui: str | None = None) -> None:
            """`%matplotlib inline` asks for it; nobody looks at the pictures."""

        def ask_exit(self) -> None:
            """`exit()` in a cell ends nothing: the cells after it count too."""

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.xmode = "Minimal"
    config.InteractiveShell.cache_size = 0
    return Shell.instance(config=config)


def named(error: BaseException | None) -> dict | None:
    """Put an error into words, whatever its class does."""
    if error is None:
        return None
    try:
        text = str(error)
        text = text if type(text) is str else ""
    except BaseException:
        text = ""
    return {"name": type(error).__name__[:80], "text": text[:MESSAGE], "line": where(error)}


def where(error: BaseException) -> int:
    """Return the line of the check in which an error was raised, 0 if there is none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<check>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def serve() -> None:
    settings = json.loads(sys.argv[1])
    commands, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    sys.path[:0] = settings["path"]
    limit(settings)
    import numpy as np

    shell = the_shell()
    run, space = shell.run_cell, shell.user_ns
    missing = []
    for name in settings["modules"]:
        try:
            importlib.import_module(name)
        except Exception as error:
            missing.append(f"{name}: {error}")
    for name in settings["attributes"]:
        module, attribute = name.rsplit(".", 1)
        with contextlib.suppress(Exception):
            getattr(sys.modules[module], attribute)
    tools, clock, me = Tools(), Clock(), os.getpid()
    # Kept as they are now, because an answer may change these modules.
    write, load, dump, leave, pid = os.write, json.loads, json.dumps, os._exit, os.getpid
    stdout, stderr = sys.stdout, sys.stderr
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    incoming = os.fdopen(commands, "r", encoding="utf-8", newline="\n")

    def reply(**content: object) -> None:
        if pid() != me:  # a child that the answer forked and that came back here
            leave(0)
        data = (dump(content) + "\n").encode("ascii")
        while data:
            data = data[write(replies, data):]

    plain = {name for name in vars(builtins) if not name.startswith("_")}

    def check(code: str, seen: bool) -> None:
        sys.settrace(None)
        sys.setprofile(None)
        # An answer may have a `sum` or `list` of its own; the check means Python's.
        scope = {name: value for name, value in space.items() if name not in plain or name in tools.given}
        before = dict(scope)
        # A warning costs nothing, even where an answer has made warnings errors.
        with warnings.catch_warnings(), np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            warnings.simplefilter("default")
            exec(compile(code, "<check>", "exec", dont_inherit=True), scope)
        if seen:  # what hidden tests define is seen by no later cell
            space.update((n, v) for n, v in scope.items() if n not in before or before[n] is not v)

    reply(ready=True, missing=missing)
    while line := incoming.readline():
        command = load(line)
        kind, code = command["kind"], command["code"]
        error: BaseException | None = None
        out = Capped()
        clock.start(command["seconds"])
        try:
            if kind == "blank":
                for name in command["names"]:
                    space.pop(name, None)
            sys.stdout, sys.stderr = out, Capped()
            if kind in ("visible", "hidden"):
                check(code, kind == "visible")
            else:
                result = run(code, store_history=False)
                error = result.error_before_exec or result.error_in_exec
        except BaseException as raised:
            error = raised
        finally:
            late = clock.stop()
        sys.stdout, sys.stderr = stdout, stderr
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)  # an alarm that was set would end an innocent cell
        if kind == "given":
            tools.remember(command["names"], space)
        changed = tools.restore(space)
        if kind in ("visible", "hidden") and changed:  # it ran with what was changed meanwhile
            error = error or RuntimeError("what the check relies on was changed while it ran")
        clock.start(2.0)  # an error's own text is code of the answer, too
        try:
            told = named(error)
        except BaseException:
            told = {"name": "Exception", "text": "", "line": 0}
        finally:
            clock.stop()
        reply(token=command["token"], ok=error is None, late=late, error=told, text=out.kept, changed=changed[:20])


if __name__ == "__main__":
    serve()
