"""The uses of a cluster analysis, and what each asks of a config: the one place where that stands.

Importing this loads no heavy library: the command line lists the names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Parameters = Callable[[int], Mapping[str, Any]]


def _none(n_rows: int) -> Mapping[str, Any]:  # noqa: ARG001 (the shape of every one's)
    return {}


def _smallest_group(n_rows: int) -> Mapping[str, Any]:
    return {"min_cluster_size": max(2, min(50, round(math.sqrt(n_rows))))}


def _dense(n_rows: int) -> Mapping[str, Any]:
    return {"min_samples": max(2, min(10, n_rows // 5))}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An algorithm for a use.

    parameters: number of rows → parameters that differ from their defaults. n_clusters: None for those that take none.
    why: what speaks for it. parameters_why: the reason for the parameters. most_columns: after encoding; None: any number.
    """

    algorithm: str
    why: str
    n_clusters: int | Literal["auto"] | None = None
    n_clusters_why: str = "several rules vote, and the result says how they voted; or write the number you need"
    parameters: Parameters = _none
    parameters_why: str = ""
    most_columns: int | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A use and its defaults.

    question: what is asked of the data. algorithms: the first that a table of that size allows is taken. on: the columns clustered on:
    all usable ones, those of free text alone, or colours. drop_missing: rows with gaps are left out where they are few, else gaps are
    filled. mixed: categories beside numbers are compared by Gower's distance where the algorithm takes it. tails: long tails are drawn
    in before scaling. outliers: whether rows are scored for being unusual, and whether the unusual ones are fitted on.
    select: constant, repeated and uninformative features are left out. table: the input's own columns are written with their clusters.
    """

    name: str
    question: str
    algorithms: tuple[Candidate, ...]
    on: Literal["all", "text", "colours"] = "all"
    drop_missing: bool = False
    mixed: bool = False
    tails: bool = True
    scaling: Literal["standard", "robust"] = "standard"
    outliers: Literal["none", "flag", "exclude"] = "none"
    outliers_why: str = "true: rows are scored for being unusual, and the unusual ones are not fitted on"
    select: bool = False
    table: bool = False


ANY_SIZE = Candidate("kmeans", "groups around typical rows; fast enough for a table of any size", "auto")

_USES = (
    Use(
        "customer-segmentation",
        "Which kinds of customers are there?",
        (Candidate("kmeans", "every customer is of one kind, the one whose typical customer is nearest", "auto"),),
    ),
    Use(
        "anomaly-detection",
        "Which rows are unlike all the others?",
        (
            Candidate(
                "dbscan",
                "rows in no dense place are noise (cluster -1): the anomalies. eps is told from the data",
                parameters=_dense,
                parameters_why="so many rows close together are normal",
            ),
            ANY_SIZE,
        ),
        tails=False,
        scaling="robust",
        outliers="flag",
        outliers_why="every row gets an outlier score",
    ),
    Use(
        "data-exploration",
        "What groups are in a table that nobody has looked at yet?",
        (
            Candidate(
                "hdbscan",
                "finds the number of groups, of any shape; rows in none are noise (cluster -1)",
                parameters=_smallest_group,
                parameters_why="fewer rows than this are no group of their own (the square root of the rows, at most 50)",
                most_columns=30,
            ),
            ANY_SIZE,
        ),
        drop_missing=True,
        mixed=True,
    ),
    Use(
        "image-segmentation",
        "Which colours make up a picture? A row is a pixel.",
        (
            Candidate(
                "kmeans",
                "each pixel gets the nearest of a few colours",
                6,
                "a palette of six; auto asks the colours",
            ),
        ),
        on="colours",
        tails=False,
        table=True,
    ),
    Use(
        "document-clustering",
        "Which texts are about the same?",
        (
            Candidate("spectral", "follows chains of similar texts, so that groups may have any shape", "auto"),
            ANY_SIZE,
        ),
        on="text",
        tails=False,
    ),
    Use(
        "market-research",
        "Which segments answer alike, and how sure is that of each answer?",
        (
            Candidate(
                "gaussian_mixture",
                "segments may overlap; confidence is the probability of a row's own",
                "auto",
                parameters=lambda n_rows: {"n_init": 3},  # noqa: ARG005
                parameters_why="the best of three starts",
            ),
            ANY_SIZE,
        ),
    ),
    Use(
        "quality-control",
        "In which regimes does a process run, and which rows belong to none?",
        (
            Candidate(
                "hierarchical",
                "a tree of merges (Ward) that can be cut at any number of regimes",
                "auto",
                parameters=lambda n_rows: {"linkage": "ward"},  # noqa: ARG005
                parameters_why="joins the groups whose union spreads least",
            ),
            ANY_SIZE,
        ),
        outliers="exclude",
        outliers_why="rows unlike all others are not fitted on (cluster -1)",
        select=True,
    ),
)

USES: Mapping[str, Use] = MappingProxyType({use.name: use for use in _USES})
UNSAID = "data-exploration"
"""The use where none is named …"""
OF_TEXTS = "document-clustering"
"""… unless every column that could be used holds free text."""
