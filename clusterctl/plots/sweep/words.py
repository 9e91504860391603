"""The words in the pictures of a sweep: metrics, trials, settings, spaces, numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clusterctl.plots.sweep.featurenames import FEATURES, feature_names, swept_features
from clusterctl.plots.sweep.trials import ALGORITHM, Trial, identity, short_names
from clusterctl.plots.words import count, plain

if TYPE_CHECKING:
    from clusterctl.results.sweep import RankedBy, SweepDocument

# As metrics.registry has them, which this room cannot ask; a test compares.
_TITLES = {
    "silhouette_score": "Silhouette",
    "calinski_harabasz_score": "Calinski-Harabasz",
    "davies_bouldin_score": "Davies-Bouldin",
    "inertia": "Inertia",
    "dbcv": "DBCV",
    "adjusted_rand_score": "Adjusted Rand index",
    "normalized_mutual_info_score": "Normalised mutual information",
    "adjusted_mutual_info_score": "Adjusted mutual information",
    "v_measure_score": "V-measure",
    "fowlkes_mallows_score": "Fowlkes-Mallows index",
}
_NAMES_OF_PEOPLE = ("Calinski", "Davies", "Fowlkes", "DBCV", "V-")
_FAILURES = {"TrialTimeout": "timed out", "WorkerLost": "worker lost", "ResourceLimitError": "no memory"}


def metric_title(metric: str) -> str:
    """Return a metric's name as a title begins: `Davies-Bouldin`, `Noise fraction`."""
    words = metric.replace("_", " ")
    return _TITLES.get(metric, words[:1].upper() + words[1:])


def metric_word(metric: str) -> str:
    """Return a metric's name within a sentence: `silhouette`, `Davies-Bouldin`."""
    title = metric_title(metric)
    return title if title.startswith(_NAMES_OF_PEOPLE) else title[:1].lower() + title[1:]


def better(by: RankedBy) -> str:
    """Return `higher is better` or `lower is better`."""
    return f"{'higher' if by.best == 'max' else 'lower'} is better"


def most(by: RankedBy) -> str:
    """Return `highest` or `lowest`: what the best value is."""
    return "highest" if by.best == "max" else "lowest"


def trial_words(trial: Trial) -> str:
    """Return `hdbscan, 5 clusters`."""
    n_clusters = trial.row.n_clusters
    found = "failed" if n_clusters is None else count(n_clusters, "cluster") if n_clusters else "no cluster"
    return f"{plain(trial.algorithm, 30)}, {found}"


def why_no_value(trial: Trial) -> str:
    """Return in a word or two why a trial has no value."""
    row = trial.row
    if row.status == "failed":
        return _FAILURES.get(row.error.type, "failed") if row.error else "failed"
    return {0: "all noise", 1: "one cluster"}.get(row.n_clusters if row.n_clusters is not None else 2, "no value")


def missing(trials: Sequence[Trial], metric: str) -> str:
    """Return what became of the trials without a value: `3 trials without a value (2 all noise, 1 failed)`; empty if there are none."""
    reasons = Counter(why_no_value(trial) for trial in trials if trial.value(metric) is None)
    if not reasons:
        return ""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{number:,} {reason}" for reason, number in ordered) if len(ordered) > 1 else ordered[0][0]
    return f"{count(sum(reasons.values()), 'trial')} without a value ({listed})"


def setting_text(value: Any, longest: int = 24) -> str:
    """Return a setting's value as it is written in a config, on one line and cut; `–` for none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "\u2212")
    if isinstance(value, str):
        return plain(value, longest) or '""'
    return plain(json.dumps(value, default=str, ensure_ascii=False), longest)


def setting_texts(path: str, values: Sequence[Any], longest: int) -> list[str]:
    """Return distinct values of a setting in words that tell them apart, in their order."""
    lists = [value for value in values if isinstance(value, list | tuple)] if path == FEATURES else []
    names = feature_names(lists, longest, unit=False) if lists else {}
    texts = [names.get(identity(value)) or setting_text(value, longest) for value in values]
    same = Counter(texts)
    return [f"{plain(text, max(longest - 5, 4))} ({place})" if same[text] > 1 else text for place, text in enumerate(texts, start=1)]


def settings_text(trial: Trial, paths: Sequence[str], trials: Sequence[Trial], longest: int = 60) -> str:
    """Return `eps 0.3, min_samples 5`: the trial's own settings of these paths but for the algorithm; lists told from the trials'."""
    names = short_names(paths)
    features = feature_names(swept_features(trials), 50)
    parts = []
    for path in sorted(paths, key=lambda path: path == FEATURES):  # the longest last, since it may be cut
        value = trial.settings.get(path)
        if path == FEATURES and identity(value) in features:
            parts.append(features[identity(value)])
        elif path != ALGORITHM and value is not None:
            parts.append(f"{plain(names[path], 30)} {setting_text(value)}")
    return plain(", ".join(parts), longest)


def space_words(document: SweepDocument) -> Mapping[str, str]:
    """Return for each space what sets it apart: `scaling robust, 3 features without mass`."""
    spaces = document.sweep_results.spaces
    keys = dict.fromkeys(key for space in spaces for key in space.preprocessing)
    differ = [key for key in keys if len({identity(space.preprocessing.get(key)) for space in spaces}) > 1]
    features = feature_names([space.features for space in spaces])
    words = {}
    for space in spaces:
        parts = [_step_words(key, space.preprocessing[key]) for key in differ if space.preprocessing.get(key) is not None]
        if len(features) > 1:
            parts.append(features[identity(space.features)])
        words[space.space_id] = ", ".join(parts) or plain(space.space_id, 30)
    return words


def _step_words(key: str, value: Any) -> str:
    """Return `scaling robust`, `no scaling`, `reduction pca`."""
    step = plain(key.removeprefix("dimensionality_").replace("_", " "), 30)
    return f"no {step}" if value == "none" or value is False else f"{step} {setting_text(value)}"
