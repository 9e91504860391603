"""The config section `preprocessing_configuration`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from clusterctl.strict import StrictModel


class PreprocessingConfiguration(StrictModel):
    """From table to points, in the order missing, encode, transform, scale, outliers, select, reduce."""

    missing_values: Literal["error", "drop", "median", "mean", "most_frequent"] = "error"
    """What becomes of missing values; dropped rows stay in the output."""
    categorical: Literal["onehot", "ordinal", "gower", "error"] = "onehot"
    """How categories become numbers; `gower`: the mixed distance, where the algorithm takes one."""
    text: Literal["drop", "tfidf"] = "drop"
    """Columns of free text: left out, or TF-IDF followed by a truncated SVD."""
    transform: Literal["none", "log1p", "yeo_johnson", "quantile"] = "none"
    """A transform of the numeric columns before scaling."""
    scaling: Literal["standard", "minmax", "robust", "none"] = "standard"
    """How numeric columns are scaled; one-hot columns are not."""
    outlier_detection: bool = False
    """Whether rows are scored for being unusual before clustering."""
    outlier_action: Literal["exclude", "flag"] = "exclude"
    """`exclude`: outliers are not fitted on; `flag`: they are scored only."""
    outlier_fraction: Literal["auto"] | Annotated[float, Field(gt=0, lt=0.5)] = "auto"
    """`auto`, or the share of rows to call outliers: above 0, below 0.5."""
    feature_selection: bool = False
    """Whether constant, near-duplicate (|r| > 0.95) and uninformative features are left out."""
    dimensionality_reduction: Literal["pca", "umap", "tsne", "none"] = "none"
    """Reduction of the prepared columns before clustering."""
    n_components: int | None = Field(default=None, ge=1)
    """Dimensions after reduction; default: pca enough for 95 % of the variance, umap and tsne 2."""

    @model_validator(mode="after")
    def _gower_is_no_vector_space(self) -> PreprocessingConfiguration:
        if self.categorical == "gower" and self.dimensionality_reduction != "none":
            raise ValueError(
                f"categorical: gower and dimensionality_reduction: {self.dimensionality_reduction} exclude each other: "
                "the reduction works on Euclidean distances, which the Gower distance is not; set one of them otherwise"
            )
        return self
