"""What all tests of the explorers share."""

import ipywidgets
import pytest


@pytest.fixture(autouse=True)
def closed_afterwards():
    """ipywidgets keeps every widget until it is closed; with hundreds of pictures alive, all that follows is slow."""
    yield
    ipywidgets.Widget.close_all()
