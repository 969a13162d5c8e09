from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

from tests.notebooks import refresh


@pytest.fixture(scope="session")
def run() -> Callable[[Path], NotebookNode]:
    """Run a lesson as `refresh` does: once in a session, however many tests ask for it."""
    ran = cache(refresh.refreshed)

    def run_or_skip(path: Path) -> NotebookNode:
        try:
            return ran(path)
        except refresh.CannotRun as why:
            pytest.skip(str(why))

    return run_or_skip
