"""The error of a trial's row is one line, with all that was said."""

from __future__ import annotations

from clusterctl.engine.sweep.failures import as_trial_error
from clusterctl.errors import PreprocessingError


def test_details_follow_the_message_on_its_line() -> None:
    error = PreprocessingError("2 columns have missing values", hint="drop them", details=("x: 1 of 9 rows", "y: 2 of 9 rows"))
    assert as_trial_error(error).message == "2 columns have missing values: x: 1 of 9 rows; y: 2 of 9 rows"
    assert as_trial_error(error).hint == "drop them"


def test_a_library_s_message_of_several_lines_is_one_line() -> None:
    assert as_trial_error(ValueError("it broke:\n\n  here\n  there")).message == "it broke: here; there"
    assert as_trial_error(ValueError("")).message == "no message"
