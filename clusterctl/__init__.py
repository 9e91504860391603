"""clusterctl: a whole cluster analysis from one YAML file.

`run`, `sweep`, `recommend`, `evaluate`, `plot`, `predict`, `compare` and `clustering_analysis_tool` do what the commands do, for the
calling process; they, and the errors, are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from clusterctl.api import clustering_analysis_tool, compare, evaluate, plot, predict, recommend, run, sweep
    from clusterctl.errors import (
        ClusterctlError,
        ClusteringError,
        ConfigError,
        DataLoadError,
        EvaluationError,
        OutputError,
        PreprocessingError,
        ResourceLimitError,
    )

__all__ = [
    "ClusterctlError",
    "ClusteringError",
    "ConfigError",
    "DataLoadError",
    "EvaluationError",
    "OutputError",
    "PreprocessingError",
    "ResourceLimitError",
    "__version__",
    "clustering_analysis_tool",
    "compare",
    "evaluate",
    "plot",
    "predict",
    "recommend",
    "run",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that `import clusterctl` costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'clusterctl' has no attribute {name!r}")
    from importlib import import_module

    module = "clusterctl.errors" if name.endswith("Error") else "clusterctl.api"
    return getattr(import_module(module), name)
