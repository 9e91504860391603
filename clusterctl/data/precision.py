"""Whole numbers beyond 2**53, of which 64-bit floating-point numbers cannot tell every two apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EXACT = 2**53
"""Up to here every whole number is a float64 of its own."""


def beyond_exact(numbers: np.ndarray) -> bool:
    """Tell whether an integer column (n,) holds values that float64 may have to round."""
    if numbers.dtype.kind not in "iu" or numbers.dtype.itemsize < 8 or not len(numbers):
        return False
    return int(numbers.max()) > EXACT or int(numbers.min()) < -EXACT


def precision_lost(frame: pd.DataFrame, names: Iterable[str]) -> tuple[Caution, ...]:
    """Return a caution for the integer columns among `names` in which float64 rounds some value."""
    rounded = []
    for name in names:
        if frame[name].dtype.kind not in "iu":
            continue
        numbers = frame[name].to_numpy()
        if beyond_exact(numbers) and (n_rounded := int(_is_rounded(numbers).sum())):
            rounded.append(f"{name!r} ({n_rounded} of {len(numbers)} rows)")
    if not rounded:
        return ()
    shown = ", ".join(rounded[:5]) + (f" and {len(rounded) - 5} more" if len(rounded) > 5 else "")
    return (
        Caution(
            "precision_lost",
            f"{shown}: whole numbers beyond 2**53 were rounded, for distances are computed with 53 bits; "
            "subtract a common offset, or name an id as id_column.",
        ),
    )


def _is_rounded(numbers: np.ndarray) -> np.ndarray:
    """Tell (n,) which integers are no float64. The upper half is one exactly, and so is what the rounded value exceeds it by."""
    import numpy as np

    bits = numbers.dtype.type(32)
    upper = numbers >> bits
    lower = (numbers - (upper << bits)).astype(np.float64)
    rounded: np.ndarray = numbers.astype(np.float64) - upper.astype(np.float64) * 2.0**32 != lower
    return rounded
