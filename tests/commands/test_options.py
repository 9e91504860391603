"""Options of the command line become config overrides, and their mistakes name the option."""

from __future__ import annotations

import pytest

from clusterctl.commands.options import overrides_of
from clusterctl.config.load import load_config
from clusterctl.errors import ConfigError, UsageError

CONFIG = {"clustering_data": {"data_source": "t.csv"}, "clustering_configuration": {"algorithm": "kmeans"}}


def test_nothing_given_is_nothing_overridden() -> None:
    assert overrides_of(None) == ()


def test_options_come_after_and_so_win_over_set() -> None:
    given = overrides_of(["execution.n_jobs=4", "a=1"], n_jobs=2, max_memory="4G", no_plots=True)
    assert given == (
        "execution.n_jobs=4",
        "a=1",
        "execution.n_jobs=2",
        "execution.max_memory=4G",
        "visualization_configuration.generate_plots=false",
    )


def test_the_config_takes_every_override_made() -> None:
    made = overrides_of(
        None, n_jobs=-2, max_memory="512M", no_plots=True, fail_under=["silhouette_score=0.25"], fail_over=["silhouette_score=1e-1"]
    )
    with pytest.raises(ConfigError, match="no value can pass"):
        load_config(CONFIG, overrides=made)
    config = load_config(CONFIG, overrides=overrides_of(None, n_jobs=-2, max_memory="512M", no_plots=True, fail_over=["dbcv=1e-1"])).config
    assert (config.execution.n_jobs, config.execution.max_memory) == (-2, "512M")
    assert config.visualization_configuration.generate_plots is False
    assert config.evaluation_configuration.gates["dbcv"].max == 0.1


@pytest.mark.parametrize("value", ["0.1", "-3", "1e-300", "123456789.123456789", " 4 ", "1_000"])
def test_a_gate_s_number_arrives_as_it_was_given(value: str) -> None:
    (made,) = overrides_of(None, fail_under=[f"n_clusters={value}"])
    config = load_config(CONFIG, overrides=[made]).config
    assert config.evaluation_configuration.gates["n_clusters"].min == float(value)


def test_both_sides_of_one_gate_are_kept() -> None:
    made = overrides_of(None, fail_under=["n_clusters=2"], fail_over=["n_clusters=5"])
    gate = load_config(CONFIG, overrides=made).config.evaluation_configuration.gates["n_clusters"]
    assert (gate.min, gate.max) == (2, 5)


@pytest.mark.parametrize("bound", ["silhouette_score", "silhouette_score=", "silhouette_score=high", "=0.2x", ""])
def test_what_is_no_metric_and_value_is_a_usage_error_that_names_the_option(bound: str) -> None:
    with pytest.raises(UsageError, match="--fail-under") as caught:
        overrides_of(None, fail_under=[bound])
    assert "silhouette_score=0.25" in str(caught.value.hint)


@pytest.mark.parametrize("bound", ["silhouette=0.2", "=0.2"])
def test_an_unknown_value_is_a_config_error_that_lists_the_known(bound: str) -> None:
    with pytest.raises(ConfigError, match="--fail-over") as caught:
        overrides_of(None, fail_over=[bound])
    assert "silhouette_score" in str(caught.value.hint)
    assert "prediction_strength" in str(caught.value.hint)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_bound_that_is_not_finite_is_refused(value: str) -> None:
    with pytest.raises((ConfigError, UsageError)):
        load_config(CONFIG, overrides=overrides_of(None, fail_under=[f"n_clusters={value}"]))


def test_no_jobs_and_no_size_are_told_by_the_option() -> None:
    with pytest.raises(ConfigError, match="--n-jobs 0"):
        overrides_of(None, n_jobs=0)
    with pytest.raises(ConfigError, match="--max-memory") as caught:
        overrides_of(None, max_memory="4 apples")
    assert caught.value.hint
