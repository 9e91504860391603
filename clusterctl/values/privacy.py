"""What of a table may be told: columns taken out or hashed, the smallest group that is described, whether single rows are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Privacy:
    """What held for a table when it was read; the key of the hashes is not part of it.

    dropped, hashed: columns. fingerprint: tells one key from another; None: nothing is hashed.
    lost: hashed column → what it held (`numbers`, `dates`, …) where that has no meaning as a hash, so that it cannot be clustered on.
    protected: columns never clustered on, by which clusters are compared. min_group: statistics of fewer rows are withheld.
    include_samples: whether single rows are told of.
    """

    dropped: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    fingerprint: str | None = None
    lost: Mapping[str, str] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    min_group: int = 1
    include_samples: bool = True

    def hides(self, n_rows: int) -> bool:
        """Tell whether statistics of so many rows are withheld; no rows at all have none."""
        return 0 < n_rows < self.min_group

    @property
    def reason(self) -> str:
        """Why a value is withheld, for notes."""
        return f"fewer than {self.min_group} rows (privacy.min_group)"


OPEN = Privacy()
"""Nothing is withheld."""
