"""Run the assignments with their solutions and store them, as `tests/notebooks/refresh.py` does the lessons.

    python tests/coursework/refresh.py A1
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
from tests.notebooks import refresh

SOURCE = refresh.ROOT / "coursework" / "source"

if __name__ == "__main__":
    sys.exit(refresh.main(folder=SOURCE))
