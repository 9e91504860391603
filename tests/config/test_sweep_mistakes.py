"""A mistake in what a sweep tries says where it was written and what is to be written in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterctl.commands.validate import validate
from clusterctl.config.load import load_config
from clusterctl.config.trials import build_trials
from clusterctl.errors import ClusterctlError, ConfigError

HEAD = "clustering_data: {data_source: t.csv}\nclustering_configuration: {algorithm: kmeans}\nsweep_configuration:\n"
K, N_INIT = "clustering_configuration.n_clusters", "clustering_configuration.parameters.n_init"


def told(path: Path, sweep: str) -> str:
    """Return what is said of a sweep whose first line is the config's fourth."""
    path.write_text(HEAD + "".join(f"  {line}\n" for line in sweep.splitlines()))
    with pytest.raises(ConfigError) as caught:
        build_trials(load_config(path, command="sweep", environ={}), random_state=0)
    return "\n".join((caught.value.message, *caught.value.details))


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        (f"grid: {{{K}: {{range: [2, 6]}}}}", "write it as [2, 3, 4, 5, 6]"),
        (f"grid: {{{K}: 2-6}}", "write it as [2, 3, 4, 5, 6]"),
        (f"grid: [{{{K}: 2..90}}]", "write it as [2, 3, 4, 5, …, 90]"),
        (f"grid: {{{K}: 5}}", "write it as [5]"),
        (f"random: {{n_trials: 2, space: {{{K}: [2, 10]}}}}", "write it as {integer: [2, 10]}"),
        (f"random: {{n_trials: 2, space: {{{K}: [0.5, 1]}}}}", "write it as {uniform: [0.5, 1]}"),
        (f"random: {{n_trials: 2, space: {{{K}: [2, 5, 9]}}}}", "write it as {choice: [2, 5, 9]}"),
        (f"grid: {{{K}: [2]}}\nconstraints: {{silhouette_score: 0.3}}", "write it as {min: 0.3}"),
        (f"grid: {{{K}: [2]}}\nconstraints: {{noise_fraction: 0.2}}", "write it as {max: 0.2}"),
        (f"grid: {{{K}: [2]}}\nrank_by: silhouette", "write it as [silhouette_score]"),
        (f"grid: {{{K}: [2]}}\nrank_by: noise_fraction", "write it as [noise_fraction]"),
        (f'grid: {{{K}: [2, "3"]}}', "without quotes it is a number"),
        (f"random: {{n_trials: 2, space: {{{N_INIT}: {{uniform: [1, 10]}}}}}}", "draw it with {integer: [1, 10]}"),
    ],
)
def test_a_value_of_the_wrong_shape_is_shown_the_right_one(sweep: str, said: str, tmp_path: Path) -> None:
    assert said in told(tmp_path / "c.yaml", sweep)


def test_quotes_are_not_blamed_for_text_that_is_no_number(tmp_path: Path) -> None:
    assert "without quotes" not in told(tmp_path / "c.yaml", f'grid: {{{K}: [2, "three"]}}')


@pytest.mark.parametrize(
    ("sweep", "line"),
    [
        (f"grid:\n  {N_INIT}: [1]\n  {K}:\n    - 2\n    - 0", 8),
        (f"grid:\n  - {N_INIT}: [1]\n    {K}: [0]", 6),
        (f"list:\n  - {N_INIT}: 1\n    {K}: 0", 6),
        (f"random:\n  n_trials: 1\n  space:\n    {N_INIT}: {{choice: [1]}}\n    {K}: {{choice: [0]}}", 8),
    ],
)
def test_the_line_told_is_that_of_the_bad_value(sweep: str, line: int, tmp_path: Path) -> None:
    assert f"c.yaml: line {line}: " in told(tmp_path / "c.yaml", sweep)


def test_a_misspelt_column_says_where_the_sweep_wants_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("length,width\n" + "".join(f"{row},{row % 7}\n" for row in range(40)))
    path = tmp_path / "c.yaml"
    path.write_text(f"{HEAD}  grid:\n    clustering_data.features:\n      - [length, width]\n      - [lenth, width]\n")
    with pytest.raises(ClusterctlError, match=r"c\.yaml: line 7: sweep_configuration\.grid: .*lenth.*did you mean 'length'"):
        validate(path)


def test_too_many_values_are_to_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"{HEAD}  grid: {{{K}: [{', '.join(map(str, range(2, 20_010)))}]}}\n")
    with pytest.raises(ConfigError, match="20,000 values") as caught:
        load_config(path, command="sweep")
    assert "{integer: [a, b]}" in str(caught.value.hint)
