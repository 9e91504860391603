"""Keyed hashes in place of values: equal values stay equal, and nobody without the key can find one by trying values out."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

DIGITS = 32
"""Hex digits kept of 64: 128 bits. That two of n values share a hash has the probability n² / 2^129, for a billion 1.5e-21."""
_FINGERPRINT = b"clusterctl: which key is it?"


@dataclass(frozen=True, slots=True)
class Hasher:
    """HMAC-SHA256 (RFC 2104) under a key, as its first 32 hex digits. The key is in no text that this makes."""

    key: bytes = field(repr=False)

    def text(self, value: str) -> str:
        """Return the hash of a text, of its UTF-8 bytes."""
        return hmac.digest(self.key, value.encode("utf-8", "surrogatepass"), "sha256").hex()[:DIGITS]

    @property
    def fingerprint(self) -> str:
        """16 hex digits that are the same for the same key and say nothing else about it."""
        return hmac.digest(self.key, _FINGERPRINT, "sha256").hex()[:16]

    def texts(self, values: Iterable[str]) -> dict[str, str]:
        """Return value → hash. Raises DataLoadError if two different values have the same hash."""
        hashes = {value: self.text(value) for value in values}
        if len(set(hashes.values())) < len(hashes):
            raise DataLoadError(
                "two different values have the same hash, so they could not be told apart",
                hint="with another key they do not: set CLUSTERCTL_HASH_KEY anew",
            )
        return hashes

    def series(self, values: pd.Series) -> pd.Series:
        """Return the hashes of texts, missing where they are. Raises DataLoadError if two different values have the same hash."""
        import pandas as pd

        codes, known = pd.factorize(values, use_na_sentinel=True)
        return _coded(codes, list(self.texts(str(value) for value in known).values())).set_axis(values.index)

    def array(self, values: pa.Array) -> pa.Array:
        """Return the hashes of an array of texts without missing ones."""
        import pyarrow as pa

        return pa.array([self.text(value) for value in values.to_pylist()], pa.large_string())


def _coded(codes: np.ndarray, names: list[str]) -> pd.Series:
    import numpy as np
    import pandas as pd

    table = np.array([*names, None], dtype=object)  # -1, for missing, is the last
    return pd.Series(pd.array(table[codes], dtype="str"))
