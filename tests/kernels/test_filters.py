"""Warning filters are the process's: analyses side by side do not undo each other's, and leave none behind."""

from __future__ import annotations

import threading
import warnings

import pytest

from clusterctl.kernels.filters import LONG_ROWS, filters_kept, library_warnings_ignored


def test_a_block_that_ends_does_not_end_the_silence_of_another_thread_s_block() -> None:
    before = list(warnings.filters)
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with library_warnings_ignored():
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=first)
    other.start()
    entered.wait(10)
    with library_warnings_ignored():
        leave.set()
        other.join()
        warnings.warn("said otherwise", RuntimeWarning, stacklevel=1)
    assert list(warnings.filters) == before


def test_fields_that_the_parser_would_leave_out_are_an_error_all_the_same() -> None:
    with library_warnings_ignored(), pytest.raises(UserWarning, match="loss of data"):
        warnings.warn(f"{LONG_ROWS}. This leads to a loss of data with index_col=False.", UserWarning, stacklevel=1)


def test_a_block_that_fails_gives_back_the_filters() -> None:
    before = list(warnings.filters)
    with pytest.raises(KeyError), library_warnings_ignored():
        raise KeyError
    assert list(warnings.filters) == before


def test_what_a_library_leaves_behind_is_gone_when_the_last_block_ends() -> None:
    before = list(warnings.filters)
    with filters_kept():
        with filters_kept():
            warnings.simplefilter("ignore", BytesWarning)
        assert list(warnings.filters) != before
    assert list(warnings.filters) == before
