"""What a person should look at: code that has no business in an answer, and answers that are the same."""

import ast
import re
from collections import defaultdict

from coursework.grading.assignment import tree

# What none of these assignments needs, and what a cheat does. Each is no proof: a person looks.
NAMES = {
    "__array_function__": "decides itself what NumPy's comparisons say",
    "__array_ufunc__": "decides itself what NumPy's comparisons say",
    "__eq__": "decides itself what it equals",
    "__ne__": "decides itself what it equals",
    "__instancecheck__": "decides itself what it is an instance of",
    "_getframe": "looks into the code that calls it",
    "currentframe": "looks into the code that calls it",
    "getouterframes": "looks into the code that calls it",
    "f_back": "looks into the code that calls it",
    "tb_frame": "looks into the code that calls it",
    "f_globals": "looks into the code that calls it",
    "f_locals": "looks into the code that calls it",
    "settrace": "follows the running of the checks",
    "setprofile": "follows the running of the checks",
    "addaudithook": "follows the running of the checks",
    "ast_transformers": "changes cells before they run",
    "set_custom_exc": "catches the errors of other cells",
    "run_cell": "runs or changes other cells",
    "input_transformers_post": "changes cells before they run",
    "input_transformers_cleanup": "changes cells before they run",
    "ctypes": "reaches into Python itself",
    "__closure__": "looks into the checks",
    "__globals__": "looks into the checks",
    "__wrapped__": "looks into the checks",
    "__code__": "looks into the checks",
    "getsource": "looks into the checks",
    "get_objects": "looks through the memory",
    "get_referrers": "looks through the memory",
    "__builtins__": "reaches for Python's built-in functions",
    "builtins": "reaches for Python's built-in functions",
    "__subclasses__": "reaches for classes that it was not given",
    "socket": "opens a connection",
    "urllib": "opens a connection",
    "requests": "opens a connection",
    "http": "opens a connection",
    "subprocess": "starts programs",
    "system": "starts programs",
    "popen": "starts programs",
    "Popen": "starts programs",
    "fork": "starts processes",
    "multiprocessing": "starts processes",
    "_exit": "ends the process",
    "kill": "ends a process",
    "environ": "reads the environment variables",
    "getenv": "reads the environment variables",
    "gradebook": "looks for the gradebook",
    "sqlite3": "looks for the gradebook",
}
WORDS = {r"gradebook\.db": "looks for the gradebook", r"nbgrader": "looks for the gradebook",
         r"coursework[/\\]source|[/\\]source[/\\]|\bsource/": "looks for the solutions",
         r"HIDDEN TESTS|BEGIN SOLUTION": "looks for hidden tests"}
CALLS = {"open": "opens a file", "exec": "runs code that is made up as it goes",
         "eval": "runs code that is made up as it goes", "__import__": "imports what is not written plainly"}
SHELL = re.compile(r"^\s*(?:!|%%(?:bash|sh|script|system)|%(?:sx|system))", re.MULTILINE)


def suspicious(sources: list[str], given: frozenset[str] = frozenset()) -> list[str]:
    """Name what a person should look at in the code of a hand-in; statements that were given are none of it.

    Examples
    --------
    >>> suspicious(["import numpy as np\\nnp.allclose = lambda *a: True"])
    ['please look: an answer replaces allclose of a module']
    >>> suspicious(["def f(x):\\n    return x @ x"])
    []
    """
    found: dict[str, None] = {}
    for source in sources:
        parsed, modules = tree(source), set()
        parsed.body = [statement for statement in parsed.body if ast.unparse(statement) not in given]
        for node in ast.walk(parsed):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                modules |= {a.asname or a.name.split(".")[0] for a in node.names}
        for node in ast.walk(parsed):
            for name in _names(node):
                if name in NAMES:
                    found[f"an answer {NAMES[name]} ({name})"] = None
            for module in _modules(node):
                # The explorers are there for whoever likes to look at an answer.
                if module.split(".")[0] == "helpers" and not module.startswith(("helpers.explorers", "helpers.style")):
                    found[f"an answer takes something from {module}"] = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                found[f"an answer {CALLS[node.func.id]} ({node.func.id})"] = None
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
                root = node.value
                while isinstance(root, ast.Attribute):
                    root = root.value
                if isinstance(root, ast.Name) and root.id in modules | {"np", "numpy", "sys", "os"}:
                    found[f"an answer replaces {node.attr} of a module"] = None
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for pattern, why in WORDS.items():
                    if re.search(pattern, node.value):
                        found[f"an answer {why} (“{node.value[:40]}”)"] = None
        if SHELL.search(source):
            found["an answer starts programs (a line with !)"] = None
    return [f"please look: {what}" for what in found]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        module = [node.module.split(".")[0]] if isinstance(node, ast.ImportFrom) and node.module else []
        return [*module, *(a.name.split(".")[0] for a in node.names), *(a.name.split(".")[-1] for a in node.names)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES:
        return [node.value]  # getattr(sys, "_getframe")
    return []


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module] if node.module else []
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def alike(texts: dict[str, str], least: int = 120) -> list[list[str]]:
    """Return the groups of students whose answers are the same to the letter, comments included.

    Parameters
    ----------
    texts : dict of str to str
        All answers of a student, one after another.
    least : int
        Shorter ones are the same by chance.

    Examples
    --------
    >>> alike({"kim": "x = 1  # so", "lee": "x = 1  # so", "park": "x = 1"}, least=5)
    [['kim', 'lee']]
    """
    groups = defaultdict(list)
    for student, text in texts.items():
        plain = re.sub(r"\s+", " ", text).strip()
        if len(plain) >= least:
            groups[plain].append(student)
    return sorted(sorted(g) for g in groups.values() if len(g) > 1)
