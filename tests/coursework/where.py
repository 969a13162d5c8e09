"""What the tests run with here: bubblewrap where it works, and no box where it does not; otter, if it is there."""

import os
import shutil
from pathlib import Path

from coursework.grading.box import bubblewrap

ROOT = Path(__file__).resolve().parents[2]
# COURSEWORK_BOX=none tries what the tests do where bubblewrap does not work.
ISOLATION, WHY = (None, "so it was asked for") if os.environ.get("COURSEWORK_BOX") == "none" else bubblewrap()
BOXES = ["bubblewrap"] if ISOLATION else ["none"]
SKIPPED = "" if ISOLATION else f"THE BOX OF HAND-INS IS NOT RUN: {WHY}. They are graded with limits alone."
FLAGS = ["--isolation", "bubblewrap"] if ISOLATION else ["--no-isolation"]
CI = os.environ.get("CI") == "true"
OTTER = os.environ.get("OTTER") or shutil.which("otter")
NO_OTTER = "" if OTTER else "OTTER IS NOT RUN: it is not installed, and cannot be beside TensorFlow"
