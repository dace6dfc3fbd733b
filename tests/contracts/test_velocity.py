"""Apache Velocity, where it is on this machine, still says what was recorded of it."""

import pytest

from tests.references.velocity import reference


@pytest.mark.parametrize("version", ["2.5", "1.7"])
def test_velocity_still_says_what_was_recorded(version):
    if reference.jar(version) is None:
        pytest.skip(f"no JVM, or no jar of Velocity {version}")

    answered = zip(reference.cases(), reference.recorded(version), strict=True)
    # How a date is written depends on the JDK, and it was recorded with 17.
    cases, answers = zip(*(pair for pair in answered if pair[0].group != "tools"), strict=True)
    assert reference.asked(version, cases) == list(answers)
