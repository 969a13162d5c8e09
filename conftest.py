"""A lesson that cannot run on this computer is skipped by nbval too, and loudly."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    cells = [item for item in items if item.path.suffix == ".ipynb"]
    if cells:
        from tests.notebooks.refresh import cannot_run  # here, for it takes a second, and most runs have no lesson

        for cell in cells:
            if why := cannot_run(cell.path):
                cell.add_marker(pytest.mark.skip(reason=why))


def pytest_terminal_summary(terminalreporter) -> None:
    reasons = {report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
               if isinstance(report.longrepr, tuple) and "IS NOT RUN" in report.longrepr[2]}
    if reasons:
        terminalreporter.section("lessons not run", red=True)
    for why in sorted(reasons):
        terminalreporter.line(why, red=True)
