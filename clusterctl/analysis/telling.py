"""The few features that set a cluster apart, and the line that says so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from clusterctl.analysis.words import pair, percent, plain
from clusterctl.results.characteristics import (
    CategoricalCharacteristic,
    NumericCharacteristic,
    TellingFeature,
    TextCharacteristic,
)

SMALL, MEDIUM, LARGE = 0.2, 0.5, 0.8
"""Cohen's (1988) marks for standardised differences and for h."""
MOST_FEATURES = 5
DESCRIBED = 3

Characteristic = NumericCharacteristic | CategoricalCharacteristic | TextCharacteristic


def telling_features(features: Mapping[str, Characteristic], n_rest: int, importance: Mapping[str, float]) -> list[TellingFeature]:
    """Return at most five features whose effect is at least medium, the strongest first, equal ones by importance.

    An effect must also be more than twice its standard error sqrt(1 / n + 1 / m), so that a cluster of few rows is not described by
    chance; n and m are the rows in it and the `n_rest` outside. A cluster of most rows is like the whole whatever the few others are:
    it must also differ from all rows together (effect times m / (n + m)) by a small effect.
    """
    found = []
    for name, characteristic in features.items():
        effect = characteristic.effect
        if effect is None or characteristic.n_used == 0 or n_rest == 0:
            continue
        if abs(effect) < max(MEDIUM, 2 * math.sqrt(1 / characteristic.n_used + 1 / n_rest)):
            continue
        if characteristic.n_used > n_rest and abs(effect) * n_rest / (n_rest + characteristic.n_used) < SMALL:
            continue
        found.append(_telling(name, characteristic, effect))
    return sorted(found, key=lambda entry: (-abs(entry.effect), -importance.get(entry.feature, 0.0)))[:MOST_FEATURES]


def description(telling: Sequence[TellingFeature], is_only: bool) -> str:
    """Return the cluster in one line, by its three most telling features."""
    if telling:
        return ", ".join(entry.words for entry in telling[:DESCRIBED])
    return "the only cluster: nothing to set it apart from" if is_only else "close to the average in every feature"


def _telling(name: str, characteristic: Characteristic, effect: float) -> TellingFeature:
    strength = "" if abs(effect) >= LARGE else "somewhat "
    if isinstance(characteristic, NumericCharacteristic):
        side = "high" if effect > 0 else "low"
        own, whole = pair(characteristic.mean or 0.0, characteristic.overall_mean or 0.0)
        words = f"{strength}{side} {plain(name)} ({own}, overall {whole})"
        return TellingFeature(feature=name, effect=effect, direction="high" if effect > 0 else "low", category=None, words=words)
    if isinstance(characteristic, TextCharacteristic):
        return _telling_words(name, characteristic, effect)
    category = characteristic.telling_category or ""
    entry = next(share for share in characteristic.categories if share.category == category)
    shares = f"({percent(entry.share)}, overall {percent(entry.overall_share)})"
    words = f"{plain(name)} {_how_often(entry.share, effect)} {plain(category)} {shares}"
    return TellingFeature(feature=name, effect=effect, direction="often" if effect > 0 else "rarely", category=category, words=words)


def _how_often(share: float, effect: float) -> str:
    """Return the word for a share beside the others': mostly is more than half, never is none."""
    if effect > 0:
        return "always" if share == 1 else "mostly" if share > 0.5 else "more often"
    return "never" if share == 0 else "rarely" if share < 0.2 else "less often"


def _telling_words(name: str, characteristic: TextCharacteristic, effect: float) -> TellingFeature:
    first, *others = characteristic.words[:DESCRIBED]
    words = f"{plain(name)} more often with “{plain(first.category)}” ({percent(first.share)}, overall {percent(first.overall_share)})"
    words += "".join(f", “{plain(entry.category)}”" for entry in others if entry.share > 0.5 * first.share)
    return TellingFeature(feature=name, effect=effect, direction="often", category=characteristic.telling_word, words=words)
