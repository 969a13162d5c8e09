"""Every sentence is listed, none is fixed at import, and another language reaches the learner."""

import ast
import io
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo

from helpers import words
from helpers.learner import Trouble, numbers
from tests.checks import made_up
from tests.locale.extract import HELPERS, POT, catalogue, template

MODULES = {str(path.relative_to(HELPERS)): ast.parse(path.read_text(encoding="utf-8"))
           for path in sorted(HELPERS.rglob("*.py"))}


def calls(tree: ast.AST):
    return [node for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"]


def test_list_of_sentences_is_up_to_date():
    assert POT.read_text(encoding="utf-8") == template(), "run: python tests/locale/extract.py"


def test_list_holds_no_machine_paths_or_dates():
    assert not re.search(r"^#:|POT-Creation-Date|/work|/home", POT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("module", MODULES)
def test_sentences_are_literal(module):
    for call in calls(MODULES[module]):
        assert [type(a) for a in call.args] == [ast.Constant], f"{module}:{call.lineno}: _() takes one literal string"


@pytest.mark.parametrize("module", MODULES)
def test_sentences_are_translated_when_shown(module):
    """A sentence looked up at import would stay in the language of that moment."""
    tree = MODULES[module]
    inside = {id(call) for function in ast.walk(tree)
              if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
              for part in (function.body if isinstance(function.body, list) else [function.body])
              for call in calls(part)}
    assert [call.lineno for call in calls(tree) if id(call) not in inside] == []


@pytest.fixture
def brackets(tmp_path):
    """A language in which every sentence is the English one in ⟦brackets⟧."""
    sentences = Catalog(locale="en")
    for message in catalogue():
        if message.id:
            sentences.add(message.id, f"⟦{message.id}⟧")
    for _line, message, _comments, _context in extract_from_file("python", made_up.__file__, keywords={"_": None}):
        sentences.add(message, f"⟦{message}⟧")
    compiled = io.BytesIO()
    write_mo(compiled, sentences)
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "helpers.mo").write_bytes(compiled.getvalue())
    words.use("xx", tmp_path)
    yield
    words.use("en")


@pytest.mark.parametrize("answer", [None, 3, lambda x: None, lambda x: x + y, lambda x: x, lambda x: x / x.max()])  # noqa: F821
def test_feedback_is_translated(brackets, answer):
    sentence = made_up.lesson().diagnose("share", answer).sentence
    assert sentence.startswith("⟦") and sentence.endswith("⟧")
    assert not re.search(r"\{\w+\}", sentence)


def test_progress_is_translated(brackets, capsys):
    made_up.lesson().progress()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "○ 1.1 share – ⟦not started⟧"
    assert lines[1] == "○ 1.2 ⟦A line through 3⟧ – ⟦not started⟧"
    assert lines[-1] == "⟦Exercises right: 0 of 5. Predictions answered: 0 of 2.⟧"


def test_predictions_are_translated(brackets):
    made = made_up.lesson()
    shown = made.predict("total")
    assert shown.question == "⟦What do the shares add up to?⟧" and shown.choices == ["⟦1⟧", "⟦100⟧"]
    assert all(word.startswith("⟦") for word in shown.words.values())
    assert str(shown.answer("1")) == "✗ ⟦No, these are no percents.⟧"
    assert str(made.predict("half").answer("x")).startswith("⟦That is not a number")


def test_language_may_change_between(brackets):
    made = made_up.lesson()
    made.predict("total").answer("0")
    words.use("en")
    assert made.predict("total").reply == "✓ Each is divided by the sum of all."


def test_trouble_is_translated(brackets):
    with pytest.raises(Trouble, match=r"^⟦`f` returned nothing"):
        numbers(lambda z: None, "f")(1.0)


def test_unknown_language_names_the_known(tmp_path):
    (tmp_path / "ko" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "ko" / "LC_MESSAGES" / "helpers.mo").write_bytes(b"")
    with pytest.raises(ValueError, match=r"'xx'; there is one for \['en', 'ko'\]"):
        words.use("xx", tmp_path)
