"""The examples in the docstrings, and what the modules of the mathematics import."""

import ast
import doctest
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

HELPERS = Path(__file__).parents[2] / "helpers"
MODULES = sorted(
    ".".join(path.relative_to(HELPERS.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in HELPERS.rglob("*.py")
)
MATHEMATICS = ["activations", "losses", "gradients", "classifier", "datasets"]
MATHEMATICS = [name for name in MATHEMATICS if f"helpers.{name}" in MODULES]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module):
    assert doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.parametrize("name", ["activations", "losses", "gradients"])
def test_every_public_function_is_documented_in_full(name):
    module = importlib.import_module(f"helpers.{name}")
    for function_name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ != module.__name__ or function_name.startswith("_"):
            continue
        text = inspect.getdoc(function)
        signature = inspect.signature(function)
        for section in ("Parameters", "Returns", "Examples"):
            assert f"\n{section}\n{'-' * len(section)}\n" in text, f"{function_name}: {section}"
        assert "References" in text or function_name.endswith("_derivative"), function_name
        for parameter in signature.parameters.values():
            assert parameter.name in text, f"{function_name}: {parameter.name}"
            assert parameter.annotation is not inspect.Parameter.empty, f"{function_name}: {parameter.name}"
        assert signature.return_annotation is not inspect.Signature.empty, function_name


def test_mathematics_imports_no_picture_no_widget_no_tensorflow():
    program = "import importlib, sys\n"
    program += f"for name in {MATHEMATICS}: importlib.import_module('helpers.' + name)\n"
    program += "print({name.partition('.')[0] for name in sys.modules} & "
    program += "{'matplotlib', 'ipywidgets', 'anywidget', 'tensorflow', 'IPython'})"
    answer = subprocess.run([sys.executable, "-c", program], cwd=HELPERS.parent, capture_output=True, check=True)
    assert answer.stdout.strip() == b"set()"


@pytest.mark.parametrize("name", ["activations", "losses", "gradients", "_inputs"])
def test_mathematics_is_numpy_alone(name):
    tree = ast.parse((HELPERS / f"{name}.py").read_text(encoding="utf-8"))
    roots = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add(node.module.partition(".")[0])
    assert roots <= {"__future__", "numpy", "math", "typing", "collections", "helpers"}


@pytest.mark.parametrize("module", MODULES)
def test_tensorflow_is_imported_inside_functions_only(module):
    path = HELPERS.parent.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    outside = ast.parse(path.read_text(encoding="utf-8")).body
    while outside:   # down into classes, `if` and `try`, not into functions
        node = outside.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.partition(".")[0] == "tensorflow" for name in names), f"{module}, line {node.lineno}"
        outside.extend(ast.iter_child_nodes(node))
