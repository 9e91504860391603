"""The call of pandas' CSV parser, and its errors in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clusterctl.data.csv_head import Head, wrong_length
from clusterctl.data.missing import text_na
from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched
from clusterctl.data.text_encoding import wrong_encoding
from clusterctl.errors import DataLoadError
from clusterctl.kernels.filters import library_warnings_ignored

if TYPE_CHECKING:
    import pandas as pd


def parse_texts(fetched: Fetched, options: ReadOptions, head: Head, names: list[str]) -> pd.DataFrame:
    """Return these columns as they are written; only the empty field and `na_values` are missing."""
    return parse_csv(fetched, options, head, {"usecols": names, "dtype": "str", "na_values": sorted(text_na(options.na_values))})


def parse_csv(fetched: Fetched, options: ReadOptions, head: Head, settings: dict[str, Any]) -> pd.DataFrame:
    """Return the frame that pandas' C engine makes of a file, under the names of the head.

    The path is handed over as it is, and types are inferred in pieces (pandas' default): only then does pandas parse in parallel.
    Raises DataLoadError for rows longer than the header, an open quote, a wrong encoding.
    """
    with _told(fetched, head), library_warnings_ignored():  # columns of mixed types are read again; rows that are too long are an error
        frame: pd.DataFrame = _open(fetched, options, head, settings)
    return frame


def parse_csv_batches(fetched: Fetched, options: ReadOptions, head: Head, settings: dict[str, Any], n_rows: int) -> Iterator[pd.DataFrame]:
    """Yield a file's rows in frames of at most `n_rows`, as `parse_csv` would read them; memory is that of one frame.

    Raises what `parse_csv` raises, and ValueError for a value that is not of the dtype that `settings` name.
    """
    with _told(fetched, head), library_warnings_ignored(), _open(fetched, options, head, {**settings, "chunksize": n_rows}) as frames:
        yield from frames


def _open(fetched: Fetched, options: ReadOptions, head: Head, settings: dict[str, Any]) -> Any:
    import pandas as pd

    return pd.read_csv(
        str(fetched.path.absolute()),
        sep=head.separator,
        decimal=options.decimal,
        thousands=options.thousands,
        encoding=head.encoding,
        compression=None,
        index_col=False,
        keep_default_na=False,
        **settings,
    )


@contextmanager
def _told(fetched: Fetched, head: Head) -> Iterator[None]:
    """Put the parser's errors into words."""
    import pandas as pd

    try:
        yield
    except pd.errors.ParserWarning:
        raise wrong_length(fetched, 1, len(head.names) + 1, len(head.names)) from None
    except pd.errors.EmptyDataError:
        raise DataLoadError(f"{fetched.shown}: the file is empty", hint="a table needs a header line and at least two rows") from None
    except pd.errors.ParserError as error:
        raise _parser_error(fetched, str(error)) from None
    except UnicodeDecodeError as error:
        raise wrong_encoding(fetched, head.encoding, error) from None


def _parser_error(fetched: Fetched, text: str) -> DataLoadError:
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", text):
        expected, line, seen = (int(group) for group in found.groups())
        return DataLoadError(
            f"{fetched.shown}: line {line} has {seen} fields, but there are {expected} column names",
            hint="quote fields that hold the separator, or set clustering_data.read_options.separator and decimal",
        )
    if found := re.search(r"EOF inside string starting at row (\d+)", text):
        return DataLoadError(
            f'{fetched.shown}: a quote (") opened in row {int(found[1])} is never closed',
            hint="close it, or double it where it is meant as a character",
        )
    return DataLoadError(f"{fetched.shown}: not readable as CSV: {text.strip()}", hint="is it a text table?")
