"""In which boxes the tests run here: bubblewrap where it works, and none besides where it does not."""

import os
from pathlib import Path

from coursework.grading.box import bubblewrap

ROOT = Path(__file__).resolve().parents[2]
ISOLATION, WHY = bubblewrap()
BOXES = ["bubblewrap"] if ISOLATION else ["none"]
SKIPPED = "" if ISOLATION else f"HAND-INS ARE NOT BOXED IN: {WHY}; they run with limits alone"
FLAGS = ["--isolation", "bubblewrap"] if ISOLATION else ["--no-isolation"]
CI = os.environ.get("CI") == "true"
