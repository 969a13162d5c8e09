"""The files that GitHub reads, against its own schemas; and the workflows cover what the course promises."""

import re
import tomllib
from pathlib import Path

import pytest
from check_jsonschema.schema_loader import BuiltinSchemaLoader
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
FORMS = sorted(GITHUB.glob("ISSUE_TEMPLATE/*.yml"))
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
KINDS = [*((path, "vendor.github-workflows") for path in WORKFLOWS),
         *((path, "vendor.github-issue-config" if path.stem == "config" else "vendor.github-issue-forms")
           for path in FORMS),
         (ROOT / "CITATION.cff", "vendor.citation-file-format")]


def read(path: Path) -> dict:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def errors(read_file: dict, schema: str) -> list[str]:
    rules = BuiltinSchemaLoader(schema).get_schema()
    return [error.message for error in Draft7Validator(rules).iter_errors(read_file)]


@pytest.mark.parametrize(("path", "schema"), KINDS, ids=lambda value: getattr(value, "name", ""))
def test_fits_its_schema(path, schema):
    content = read(path)
    assert errors(content, schema) == []
    # And the linter would say so.
    content["jobs" if "workflows" in schema else "body" if "forms" in schema else "title"] = 7
    assert errors(content, schema)


def test_every_system_and_python_is_tested():
    (job,) = read(GITHUB / "workflows" / "tests.yml")["jobs"].values()
    matrix = job["strategy"]["matrix"]
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    low, high = map(int, re.findall(r"3\.(\d+)", promised))
    assert matrix["python"] == [f"3.{minor}" for minor in range(low, high)]     # as text: 3.10 is no 3.1
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert job["steps"][-1]["run"] == "python start.py test"


def test_the_weekly_run_takes_the_newest_and_says_what_breaks():
    workflow = read(GITHUB / "workflows" / "newest.yml")
    (job,) = workflow["jobs"].values()
    assert re.fullmatch(r"\d+ \d+ \* \* \d", workflow["on"]["schedule"][0]["cron"])
    runs = [step.get("run", "") for step in job["steps"]]
    assert runs.index("python start.py lock --upgrade") < runs.index("python start.py test")
    assert job["steps"][-1]["if"] == "failure()" and "gh issue create" in runs[-1]
    assert workflow["permissions"] == {"contents": "read", "issues": "write"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_careful(path):
    text, workflow = path.read_text(encoding="utf-8"), read(path)
    assert workflow["permissions"]["contents"] == "read"
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        for step in job["steps"]:
            # What somebody else could have written is no part of a command.
            assert "${{" not in step.get("run", "")
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1"))
    assert "pull_request_target" not in text


def test_the_three_kinds_of_issue():
    forms = {path.stem: read(path) for path in FORMS if path.stem != "config"}
    assert set(forms) == {"lesson", "widget", "teacher"}
    for form in forms.values():
        assert any(part.get("validations", {}).get("required") for part in form["body"])
    assert "start.py doctor" in str(forms["widget"])


def test_line_ends_are_the_same_everywhere():
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text()
