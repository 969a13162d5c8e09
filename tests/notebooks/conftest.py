from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

from tests.notebooks import refresh


@pytest.fixture(scope="session")
def run() -> Callable[[Path], NotebookNode]:
    """Run a lesson as `refresh` does: once in a session, however many tests ask for it."""
    return cache(refresh.refreshed)
