"""The fitted steps by name, and how to rebuild one from its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.encode import Encode
from clusterctl.preprocessing.missing import Missing
from clusterctl.preprocessing.outliers import Outliers
from clusterctl.preprocessing.pca import Pca
from clusterctl.preprocessing.power import Transform
from clusterctl.preprocessing.scale import Scale
from clusterctl.preprocessing.select import Select
from clusterctl.preprocessing.tsne import Tsne
from clusterctl.preprocessing.umap import Umap

if TYPE_CHECKING:
    from clusterctl.values.space import FittedStep

MatrixStep = Transform | Scale | Outliers | Select | Pca | Umap | Tsne
"""A step from rows of a matrix to rows of a matrix; it may work in place."""

STEPS: Mapping[str, type[Missing | Encode | MatrixStep]] = {
    step.name: step for step in (Missing, Encode, Transform, Scale, Outliers, Select, Pca, Umap, Tsne)
}


def from_state(name: str, state: Mapping[str, Any]) -> FittedStep:
    """Return the step `name` with the state that its `state()` gave: the same bits out for the same rows in.

    Arrays may come as arrays or as nested lists of floats. Raises PreprocessingError for a name that is no step.
    """
    if name not in STEPS:
        raise PreprocessingError(f"there is no preprocessing step {name!r}", hint=f"known are {', '.join(STEPS)}")
    return STEPS[name].from_state(state)
