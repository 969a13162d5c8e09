"""The README's section on Binder, made from what was measured: ``python -m tests.binder.report``."""

import json
import re
from pathlib import Path

from tests.benchmarks.report import table

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
MEASURED = Path(__file__).with_name("measured.json")
SECTION = re.compile(r"<!-- binder -->\n.*?<!-- /binder -->", re.S)


def section() -> str:
    """Return the section, from its opening to its closing comment."""
    found = json.loads(MEASURED.read_text())
    lessons = found["lessons"]
    worst = max(lessons, key=lambda name: lessons[name]["megabytes"])
    steps = [
        ("Python and Jupyter of the base image", f"{found['base_megabytes']:,} MB", ""),
        ("what the course adds: packages", f"{found['packages_megabytes']:,} MB", f"{found['packages_seconds']} s"),
        ("what the course adds: `postBuild`", f"{found['postBuild_megabytes']:,} MB",
         f"{found['postBuild_seconds']} s"),
        ("`pip check`", found["pip_check"], ""),
        ("server, until it answers", f"{found['server_megabytes']:,} MB of memory", f"{found['server_seconds']} s"),
    ]
    rows = [(name.partition("_")[0], str(row["open_seconds"]), str(row["picture_seconds"]), f"{row['megabytes']:,}")
            for name, row in lessons.items()]
    return "\n".join([
        "<!-- binder -->",
        "## On Binder, measured",
        "",
        f"A public Binder guarantees 1,000 MB of memory and restarts what needs more than 2,000. Every lesson stays "
        f"below the first (lesson {worst.partition('_')[0]} needs most, {lessons[worst]['megabytes']:,} MB, the server "
        f"included); two lessons with TensorFlow at once need {found['two_tensorflow_megabytes']:,} MB, so shut one "
        "down before you open the next (*Kernel*, *Shut Down Kernel*).",
        "",
        "Binder's steps, taken from the Dockerfile of repo2docker "
        f"{found['repo2docker']} and done without Docker as an ordinary user ({found['python']}, {found['machine']}), "
        "then each lesson opened by its launch link in a real Chromium, run, and its first slider moved, by "
        "`python -m tests.binder.emulate`:",
        "",
        table(["step", "size", "time"], steps),
        "",
        table(["lesson", "opened by its link, s", "first picture after *Run all*, s", "memory with the server, MB"],
              rows),
        "<!-- /binder -->",
    ])


def main() -> None:
    text = README.read_text(encoding="utf-8")
    assert SECTION.search(text), "README.md has no comments <!-- binder --> and <!-- /binder -->"
    README.write_text(SECTION.sub(lambda _: section(), text), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
