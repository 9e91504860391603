"""The metrics that need no truth and ask whether the clusters hold together and stand apart.

The headline value leaves noise rows out (DBCV, which rates noise itself, keeps them in its weights); the policies say what the value
would be with every noise row a cluster of its own, or all noise rows one cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.metrics.base import MetricSpec, Need, Subject
from clusterctl.values.score import NoisePolicies, Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusterctl.kernels.moments import Moments

_POINTS: frozenset[Need] = frozenset({"points", "two_clusters"})
_MEANS: frozenset[Need] = frozenset({"points", "two_clusters", "euclidean"})


def silhouette_score(subject: Subject) -> Score:
    """Return the mean silhouette; sampled above 100,000 rows, with its interval."""
    found = subject.silhouettes
    return Score(
        SILHOUETTE.name, "max", found.mean, found.reason, found.method, found.n_used, found.interval, subject.coverage, found.policies
    )


def calinski_harabasz_score(subject: Subject) -> Score:
    """Return the ratio of the spread between to the spread within clusters, each by its degrees of freedom."""
    from clusterctl.metrics.dispersion import calinski_harabasz

    return _from_moments(subject, CALINSKI_HARABASZ, calinski_harabasz, "there is no spread within the clusters, so the ratio is infinite")


def davies_bouldin_score(subject: Subject) -> Score:
    """Return the mean over clusters of the worst ratio of spread to distance of centres."""
    from clusterctl.metrics.dispersion import davies_bouldin

    def with_rows(moments: Moments, policy: str) -> float | None:
        return davies_bouldin(moments, policy, subject.points.X[subject.labels < 0])

    return _from_moments(subject, DAVIES_BOULDIN, with_rows, "two clusters have the same centre, so the ratio is infinite")


def inertia(subject: Subject) -> Score:
    """Return the sum of squared distances to the centres of the clusters."""
    from clusterctl.metrics.dispersion import inertia as within

    return _from_moments(subject, INERTIA, within, "there is no cluster")


def dbcv(subject: Subject) -> Score:
    """Return the density-based validity; sampled above 20,000 rows."""
    from clusterctl.metrics.dbcv import density_validity

    found = density_validity(subject.points, subject.labels, random_state=subject.random_state, n_jobs=subject.n_jobs)
    return Score(DBCV.name, "max", found.value, found.reason, found.method, found.n_used, None, subject.coverage)


def _from_moments(subject: Subject, spec: MetricSpec, value: Callable[[Moments, str], float | None], otherwise: str) -> Score:
    """Return a score that needs nothing but the moments, under the three policies; `otherwise` is the last reason for None."""
    moments = subject.moments
    ignored = value(moments, "ignored")
    if subject.n_noise:
        policies = NoisePolicies(ignored, value(moments, "singletons"), value(moments, "one_cluster"))
    else:
        policies = NoisePolicies(ignored, ignored, ignored)
    n_used = len(subject.labels) - subject.n_noise
    reason = None if ignored is not None else too_few_clusters(subject, spec) or otherwise
    return Score(spec.name, spec.best, ignored, reason, "exact", n_used, None, subject.coverage, policies)


def too_few_clusters(subject: Subject, spec: MetricSpec) -> str | None:
    """Return why a metric that compares clusters has nothing to compare, or None."""
    if subject.n_clusters == 0:
        return "there is no cluster"
    if subject.n_clusters == 1 and "two_clusters" in spec.needs:
        return "there is only one cluster"
    if subject.n_clusters == len(subject.labels) - subject.n_noise:
        return "every cluster is a single row"
    return None


SILHOUETTE = MetricSpec(
    name="silhouette_score",
    title="Silhouette",
    kind="internal",
    best="max",
    bounds=(-1.0, 1.0),
    needs=_POINTS,
    default="always",
    policies=True,
    source="Rousseeuw 1987, J. Comput. Appl. Math. 20, 53-65",
    meaning="how much nearer a row is to its own cluster than to the next one: mean of (b - a) / max(a, b)",
    compute=silhouette_score,
)
CALINSKI_HARABASZ = MetricSpec(
    name="calinski_harabasz_score",
    title="Calinski-Harabasz",
    kind="internal",
    best="max",
    bounds=(0.0, None),
    needs=_MEANS,
    default="where distances are Euclidean",
    policies=True,
    source="Caliński and Harabasz 1974, Commun. Stat. 3, 1-27",
    meaning="spread between the clusters over spread within them, each divided by its degrees of freedom",
    compute=calinski_harabasz_score,
)
DAVIES_BOULDIN = MetricSpec(
    name="davies_bouldin_score",
    title="Davies-Bouldin",
    kind="internal",
    best="min",
    bounds=(0.0, None),
    needs=_MEANS,
    default="where distances are Euclidean",
    policies=True,
    source="Davies and Bouldin 1979, IEEE Trans. Pattern Anal. Mach. Intell. 1, 224-227",
    meaning="how large the clusters are for their distance from the one they are most easily confused with",
    compute=davies_bouldin_score,
)
INERTIA = MetricSpec(
    name="inertia",
    title="Inertia",
    kind="internal",
    best="min",
    bounds=(0.0, None),
    needs=frozenset({"points", "euclidean"}),
    default="where distances are Euclidean",
    policies=True,
    source="MacQueen 1967, Proc. 5th Berkeley Symp. 1, 281-297",
    meaning="sum of squared distances of the rows to the centre of their cluster; falls with every cluster added",
    compute=inertia,
)
DBCV = MetricSpec(
    name="dbcv",
    title="DBCV",
    kind="internal",
    best="max",
    bounds=(-1.0, 1.0),
    needs=_POINTS,
    default="always",
    policies=False,
    source="Moulavi et al. 2014, Proc. SIAM Int. Conf. Data Mining, 839-847",
    meaning="how much sparser the gaps between clusters are than the sparsest place inside them; for clusters of any shape",
    compute=dbcv,
)
INTERNAL = (SILHOUETTE, CALINSKI_HARABASZ, DAVIES_BOULDIN, INERTIA, DBCV)
