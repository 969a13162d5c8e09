"""What the README says of performance is what was measured."""

import pytest

from tests.benchmarks import report


@pytest.mark.skipif(not report.PICTURE.exists(), reason="nothing measured yet: python tests/benchmarks/picture.py")
def test_the_readme_says_what_was_measured():
    _, section, _ = report.readme(report.README.read_text(encoding="utf-8"))
    assert section == report.section(), "make it anew: python tests/benchmarks/report.py"
    assert report.PLOT.exists()
