"""What a result says about the machine and the versions it was made with, and the seed where none is given."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusterctl.config.models import Config
    from clusterctl.engine.analysis import Session

ALWAYS = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn")
BY_ALGORITHM = {"hierarchical": ("fastcluster", "hdbscan"), "hdbscan": ("hdbscan",), "dbscan": ("hdbscan",)}


def draw_seed() -> int:
    """Return a seed for a run whose config gives null."""
    return secrets.randbelow(2**32)


def library_versions(algorithm: str, config: Config) -> dict[str, str]:
    """Return the versions of the libraries that a result depends on."""
    names = [*ALWAYS, *BY_ALGORITHM.get(algorithm, ())]
    if config.visualization_configuration.generate_plots:
        names.append("matplotlib")
    if config.preprocessing_configuration.dimensionality_reduction == "umap":
        names.append("umap-learn")
    return _versions(names)


def versions_always() -> dict[str, str]:
    """Return the versions of the libraries that every result depends on."""
    return _versions(ALWAYS)


def _versions(names: Iterable[str]) -> dict[str, str]:
    return {name: _version(name) for name in names}


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # put on the path by hand, without its metadata
        return "unknown"


def execution_facts(session: Session, paths: Mapping[str, str]) -> dict[str, Any]:
    """Return `metadata.execution`: what differs from run to run and machine to machine."""
    import platform

    from clusterctl.engine.memory import peak_bytes

    return {
        "host": platform.node(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "n_jobs": session.n_jobs,
        "threads_per_fit": 1,
        "seconds": {name: round(seconds, 6) for name, seconds in session.stages.seconds.items()},
        "peak_memory_bytes": peak_bytes(),
        "paths": dict(paths),
    }
