"""Sizes of memory."""

from __future__ import annotations

import pytest

from clusterctl.config.sizes import parse_size
from clusterctl.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "expected"),
    [(1, 1), ("1", 1), ("512", 512), ("1K", 1024), ("2kb", 2048), ("3KiB", 3072), ("4M", 4 << 20), ("1.5G", 3 << 29), (" 2 TiB ", 2 << 40)],
)
def test_size_is_in_powers_of_1024(text: str | int, expected: int) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", [0, -1, True, "", "G", "4Q", "4 GG", "-4G", "1e9", "4,5G", "0.0001K", "٤G"])
def test_anything_else_is_refused_with_examples(text: str | int) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_size(text)
    assert "4G" in str(caught.value.hint)
