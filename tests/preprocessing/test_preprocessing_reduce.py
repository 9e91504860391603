"""Reductions: principal components against scikit-learn, maps and their limits."""

from __future__ import annotations

import builtins

import numpy as np
import pytest
from prep_tables import dataset, numbers, settings
from sklearn.decomposition import PCA

from clusterctl.errors import ConfigError, PreprocessingError
from clusterctl.preprocessing.pca import fit_pca
from clusterctl.preprocessing.prepare import prepare, transform


def _prepared(frame, **fields):
    return prepare(dataset(frame), settings(**fields), random_state=0)


@pytest.mark.parametrize("shape", [(400, 6), (30, 6), (5, 9)])
def test_principal_components_equal_scikit_learns_up_to_sign(shape):
    X = numbers(*shape).to_numpy()
    k = min(shape) - 1
    step, reference = fit_pca(X, k), PCA(k, svd_solver="full").fit(X)
    expected = reference.transform(X)
    ours = step.apply(X)
    signs = np.sign((ours * expected).sum(axis=0))
    np.testing.assert_allclose(ours * signs, expected, atol=1e-9 * np.abs(expected).max())
    np.testing.assert_allclose(step.explained, reference.explained_variance_ratio_, rtol=1e-9)


@pytest.mark.parametrize("shape", [(400, 6), (30, 6)])
def test_the_largest_loading_is_positive(shape):
    components = fit_pca(numbers(*shape).to_numpy(), None).components
    assert (components[np.arange(len(components)), np.abs(components).argmax(axis=1)] > 0).all()


def test_by_default_the_fewest_components_that_explain_95_percent():
    space = _prepared(numbers(300, 8), dimensionality_reduction="pca", scaling="none")
    assert sum(space.explained_variance) >= 0.95
    assert sum(space.explained_variance[:-1]) < 0.95
    assert space.columns == tuple(f"pca{i + 1}" for i in range(len(space.explained_variance)))
    assert space.embedding == "pca"


def test_too_many_components_are_refused_with_the_maximum():
    for rows, columns, most in ((50, 4, 4), (3, 9, 3)):
        with pytest.raises(PreprocessingError, match=f"at most {most}"):
            _prepared(numbers(rows, columns), dimensionality_reduction="pca", n_components=10)


def test_equal_rows_have_no_variance_to_explain():
    space = _prepared(numbers(20, 3) * 0 + 2, dimensionality_reduction="pca")
    assert space.explained_variance is None
    assert (space.points.X == 0).all()
    assert any(note.path.endswith("explained_variance") for note in space.notes)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_map_is_reproducible_warned_of_and_has_no_place_for_new_rows(method):
    frame = numbers(60, 4)
    first, second = (_prepared(frame, dimensionality_reduction=method) for _ in range(2))
    assert first.points.X.shape == (60, 2)
    assert first.columns == (f"{method}1", f"{method}2")
    np.testing.assert_array_equal(first.points.X, second.points.X)
    assert [caution.code for caution in first.cautions] == ["embedded_space"]
    assert len(first.standard_deviations) == 4
    with pytest.raises(PreprocessingError, match="cannot transform new rows"):
        transform(first.steps, frame)


@pytest.mark.parametrize(("method", "least"), [("tsne", 4), ("umap", 5)])
def test_a_map_of_very_few_rows_is_made_or_refused(method, least):
    assert np.isfinite(_prepared(numbers(least, 3), dimensionality_reduction=method).points.X).all()
    with pytest.raises(PreprocessingError, match=f"at least {least} rows"):
        _prepared(numbers(least - 1, 3), dimensionality_reduction=method)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_equal_rows_cannot_be_mapped(method):
    with pytest.raises(PreprocessingError, match="all rows are equal"):
        _prepared(numbers(20, 3) * 0, dimensionality_reduction=method)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_single_column_is_mapped_to_one(method):
    assert _prepared(numbers(20, 1), dimensionality_reduction=method).points.X.shape == (20, 1)


@pytest.mark.parametrize(("method", "most"), [("tsne", 3), ("umap", 4)])
def test_a_map_of_too_many_dimensions_is_refused_with_the_maximum(method, most):
    with pytest.raises(PreprocessingError, match=f"at most {most} dimensions"):
        _prepared(numbers(20, 4), dimensionality_reduction=method, n_components=9)


def test_umap_that_is_not_installed_is_named_with_the_line_that_installs_it(monkeypatch):
    real = builtins.__import__

    def without_umap(name, *arguments, **keywords):
        if name == "umap":
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without_umap)
    with pytest.raises(ConfigError, match="umap-learn") as caught:
        _prepared(numbers(20, 3), dimensionality_reduction="umap")
    assert caught.value.hint == "pip install 'clusterctl[umap]'"
