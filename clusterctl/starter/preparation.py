"""The preparation that the columns call for: gaps, categories, text, tails, scale, outliers, too many columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.data.facts import SKEWED
from clusterctl.preprocessing.encoding import MAX_LEVELS
from clusterctl.preprocessing.tfidf import MAX_COMPONENTS
from clusterctl.starter.choices import Choice, counted, named, number, short
from clusterctl.starter.uses import Candidate, Use

if TYPE_CHECKING:
    import pandas as pd

    from clusterctl.data.facts import ColumnFacts

FEW_LOST = 0.05
"""Rows with gaps may be left out, for a use that does that, up to this share."""
N_VALUES = 10
"""A number with no more values than this has no tail to draw in: it counts, or names, something."""
A_PART = 0.05
"""So large a share of the numbers must have long tails before all of them are transformed."""
HUGE = 1e15
"""From here on the power of Yeo and Johnson may overflow; the logarithm cannot."""
MANY_COLUMNS = 30
"""More columns than this are brought down to principal components."""
MOST_REDUCED = 1e11
"""Rows times columns times the smaller of both, at most, for principal components of a table wider than a tenth of its rows."""
MOST_SELECTED = 200
FEWEST_SCORED = 50
ALIKE = 0.1


def width_of(features: Sequence[ColumnFacts]) -> int:
    """Return how many columns the features become, at most."""
    return sum(_width(fact) for fact in features)


def _width(fact: ColumnFacts) -> int:
    if fact.kind == "categorical":
        return min(fact.n_distinct or 1, MAX_LEVELS["onehot"])
    return MAX_COMPONENTS if fact.kind == "text" else 1


def preparation(
    use: Use, candidate: Candidate, features: Sequence[ColumnFacts], frame: pd.DataFrame, left_out: Mapping[str, str]
) -> dict[str, Choice]:
    """Return `preprocessing_configuration`, key by key."""
    gower = _takes_gower(use, candidate, features)
    found = {"missing_values": _missing(use, features, frame), "categorical": _categorical(features, gower=gower)}
    text = _text(use, left_out)
    if text is not None:
        found["text"] = text
    found["transform"] = _transform(use, features)
    found["scaling"] = _scaling(use, features, gower=gower, transformed=found["transform"].value != "none")
    found |= _outliers(use, frame, features)
    found |= _selection(use, features, len(frame))
    found["dimensionality_reduction"] = _reduction(features, len(frame), gower=gower)
    return found


def _missing(use: Use, features: Sequence[ColumnFacts], frame: pd.DataFrame) -> Choice:
    gaps = [fact for fact in features if fact.n_missing]
    n_rows = len(frame)
    if not gaps:
        return Choice("error", "no value is missing; should some be one day, the run stops and says so")
    told = "; ".join(f"{short(fact.name)} lacks {fact.n_missing:,}" for fact in gaps[:3]) + (f"; {len(gaps) - 3} more" if gaps[3:] else "")
    n_lost = int(frame[[fact.name for fact in gaps]].isna().any(axis=1).sum())
    seen = f"{n_lost:,} of {n_rows:,} rows have gaps ({told})"
    if use.drop_missing and n_lost <= FEW_LOST * n_rows and n_rows - n_lost >= 2:
        return Choice("drop", f"{seen}: few enough to leave out; they stay in the output, in no cluster")
    if all(fact.kind != "numeric" for fact in gaps):
        return Choice("most_frequent", f"{seen}: filled with each column's most frequent value")
    return Choice("median", f"{seen}: numbers are filled with the median, categories with the most frequent value")


def _takes_gower(use: Use, candidate: Candidate, features: Sequence[ColumnFacts]) -> bool:
    kinds = {fact.kind for fact in features}
    able = "manhattan" in ALGORITHMS[candidate.algorithm].metrics
    return use.mixed and able and {"numeric", "categorical"} <= kinds and "text" not in kinds and width_of(features) <= MANY_COLUMNS


def _categorical(features: Sequence[ColumnFacts], *, gower: bool) -> Choice:
    categories = [fact for fact in features if fact.kind == "categorical"]
    if not categories:
        return Choice("onehot", "there are no categories among the features")
    if gower:
        told = f"{counted(len(categories), 'category column')} beside numbers: Gower's distance gives each column the same say"
        return Choice("gower", told)
    many = [fact.name for fact in categories if (fact.n_distinct or 0) > MAX_LEVELS["onehot"]]
    told = f"{named([fact.name for fact in categories])}: a column of 0 and 1 for each value"
    if many:
        told += f"; of {named(many)} the {MAX_LEVELS['onehot'] - 1} most frequent values, the others as one"
    return Choice("onehot", told)


def _text(use: Use, left_out: Mapping[str, str]) -> Choice | None:
    if use.on == "text":
        return Choice("tfidf", "words weigh by how rare they are; then a truncated SVD to at most 100 dimensions a column")
    texts = [name for name, reason in left_out.items() if "holds free text" in reason]
    return Choice("drop", f"tfidf would use the words of {named(texts)}, once listed under features") if texts else None


def _transform(use: Use, features: Sequence[ColumnFacts]) -> Choice:
    tails = [fact for fact in features if abs(fact.skewness or 0) > SKEWED and (fact.n_distinct or 0) > N_VALUES]
    if not tails:
        return Choice("none", f"no number is heavily skewed (beyond {SKEWED:g}); else yeo_johnson or log1p")
    if len(tails) < A_PART * sum(fact.kind == "numeric" for fact in features):
        return Choice("none", f"heavily skewed: only {named([fact.name for fact in tails])}; yeo_johnson would draw tails in")
    told = f"heavily skewed: {named([fact.name for fact in tails])}"
    if not use.tails:
        why = "a long tail is where anomalies are" if use.outliers == "flag" else "values are taken as they are"
        return Choice("none", f"{told}; {why}. yeo_johnson would draw tails in")
    if any(max(-(fact.low or 0), fact.high or 0) > HUGE for fact in features if fact.kind == "numeric"):
        return Choice("log1p", f"{told}, and some numbers are huge: logarithms draw the tails in")
    return Choice("yeo_johnson", f"{told}: makes them more symmetric, so that a few large values do not decide all")


def _scaling(use: Use, features: Sequence[ColumnFacts], *, gower: bool, transformed: bool) -> Choice:
    ranged = [fact for fact in features if fact.kind == "numeric" and fact.low is not None and fact.high is not None]
    if gower:
        return Choice("standard", "not used: Gower's distance divides each number by its range")
    if not ranged:
        return Choice(use.scaling, "there are no numbers to scale")
    spans = sorted((fact.high or 0.0) - (fact.low or 0.0) for fact in ranged)
    widest = spans[-1]
    lows, highs = [fact.low or 0.0 for fact in ranged], [fact.high or 0.0 for fact in ranged]
    run = f"{number(min(lows))} to {number(max(highs))}"
    alike = max(max(lows) - min(lows), max(highs) - min(highs)) <= ALIKE * widest
    if alike and len(ranged) == len(features) > 1 and not transformed:
        return Choice("none", f"all columns run from about {run}: one unit, so nothing is to be evened out")
    ratio = widest / spans[0] if spans[0] > 0 else float("inf")
    differ = len(ranged) > 1 and ratio >= 2
    told = f"ranges differ by a factor of {number(float(f'{ratio:.2g}'))}" if differ else "every number counts alike"
    if use.scaling == "robust":
        return Choice("robust", f"{told}; by median and quartiles, which anomalies do not move")
    return Choice("standard", told + (", so unscaled the widest would decide" if differ else ""))


def _outliers(use: Use, frame: pd.DataFrame, features: Sequence[ColumnFacts]) -> dict[str, Choice]:
    if use.outliers == "none":
        return {"outlier_detection": Choice(False, use.outliers_why)}
    if len(frame) < FEWEST_SCORED:
        return {"outlier_detection": Choice(False, f"too few rows to say which are unusual (fewer than {FEWEST_SCORED})")}
    found = {"outlier_detection": Choice(True, use.outliers_why)}
    repeated = int(frame[[fact.name for fact in features]].duplicated().sum())
    if use.outliers == "exclude" and 2 * repeated > len(frame):
        why = f"{repeated:,} rows repeat others: leaving out what differs might leave nothing to tell apart"
        return found | {"outlier_action": Choice("flag", why)}
    return found | {"outlier_action": Choice(use.outliers, "flag: scored, and clustered on; exclude: scored, and left out if unusual")}


def _selection(use: Use, features: Sequence[ColumnFacts], n_rows: int) -> dict[str, Choice]:
    told = "columns that repeat others (|r| > 0.95) or tell nothing are left out, each named with its reason"
    if use.select and n_rows >= FEWEST_SCORED and 2 < len(features) <= MOST_SELECTED:
        return {"feature_selection": Choice(True, told)}
    return {"feature_selection": Choice(False, f"true: {told}")} if len(features) > 2 else {}


def _reduction(features: Sequence[ColumnFacts], n_rows: int, *, gower: bool) -> Choice:
    width = width_of(features)
    if gower:
        return Choice("none", "Gower's distance cannot be reduced")
    if all(fact.kind == "text" for fact in features):
        return Choice("none", "the SVD of the words has done it")
    if width <= MANY_COLUMNS:
        return Choice("none", f"at most {counted(width, 'column')} after encoding; pca is worth while from about {MANY_COLUMNS}")
    if n_rows < 10 * width and n_rows * width * min(n_rows, width) > MOST_REDUCED:
        return Choice("none", f"up to {width:,} columns after encoding, but principal components of so wide a table take long")
    told = f"up to {width:,} columns after encoding, in which distances say little: principal components with 95 % of the variance"
    return Choice("pca", told)
