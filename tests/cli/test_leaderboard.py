"""What a person is shown of a sweep: the best trials, only what sets them apart, and every failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from swept_documents import ALGORITHM, K, Result, Tried, document

from clusterctl.cli.leaderboard import print_leaderboard

PARAMETERS = "clustering_configuration.parameters"
SCALING = "preprocessing_configuration.scaling"
S, D = "silhouette_score", "davies_bouldin_score"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Any:
    def show(trials: Sequence[Tried], *rank_by: str, **facts: Any) -> str:
        capsys.readouterr()
        print_leaderboard(Result(document(trials, rank_by or (S,), **facts)))  # type: ignore[arg-type]
        return capsys.readouterr().out

    return show


def ks(n_trials: int, **more: Any) -> list[Tried]:
    return [Tried({K: k, **more}, rank=k - 1, scores={S: 0.9 - k / 100}, n_clusters=k) for k in range(2, n_trials + 2)]


def table(out: str) -> list[list[str]]:
    """Return the words of the table's lines, the heading first."""
    lines = out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("rank "))
    return [line.split() for line in lines[start : start + 11] if line[:4].strip(" rank").isdigit() or line.startswith("rank ")]


def test_the_headline_counts_what_was_done_failed_and_merged(shown: Any) -> None:
    assert shown(ks(3)).splitlines()[0] == "3 trials of kmeans: all done"
    failed = [*ks(3), Tried({K: 99}, error="no")]
    assert shown(failed, n_merged=1).splitlines()[0] == "4 trials of kmeans: 3 done, 1 failed; 1 duplicate merged"


def test_at_most_ten_are_shown_best_first_and_the_rest_counted(shown: Any) -> None:
    out = shown(ks(14))
    assert [line[0] for line in table(out)[1:]] == [str(rank) for rank in range(1, 11)]
    assert "shown: the best 10; all 14 ranked trials are in trials.parquet" in out


def test_the_number_of_clusters_is_not_told_twice_unless_it_differs_from_what_was_asked(shown: Any) -> None:
    assert table(shown(ks(3)))[0] == ["rank", "trial", "clusters", "Silhouette", "↑"]
    fewer = [*ks(3), Tried({K: 9}, rank=4, scores={S: 0.1}, n_clusters=8)]
    assert table(shown(fewer))[0] == ["rank", "trial", "n_clusters", "clusters", "Silhouette", "↑"]


def test_settings_that_do_not_vary_and_an_only_algorithm_are_left_out(shown: Any) -> None:
    out = shown([Tried({**trial.settings, ALGORITHM: "kmeans", SCALING: "none"}, trial.rank, trial.scores) for trial in ks(3)])
    assert "scaling" not in out
    assert "algorithm" not in out


def test_a_short_name_is_lengthened_until_it_is_one_setting_s_alone(shown: Any) -> None:
    trials = [
        Tried({ALGORITHM: name, f"{PARAMETERS}.algorithm": inner}, rank=rank, scores={S: 0.5})
        for rank, (name, inner) in enumerate((("kmeans", "lloyd"), ("kmeans", "elkan"), ("spectral", None)), start=1)
    ]
    assert table(shown(trials))[0][2:4] == ["algorithm", "parameters.algorithm"]


def test_a_swept_section_is_taken_apart(shown: Any) -> None:
    entries: list[Mapping[str, Any]] = [{"algorithm": "kmeans", "n_clusters": 7}, {"algorithm": "dbscan", "parameters": {"eps": 0.5}}]
    out = shown([Tried({"clustering_configuration": entry}, rank=rank, scores={S: 0.5}) for rank, entry in enumerate(entries, start=1)])
    assert "2 trials of 2 algorithms" in out
    assert table(out)[1][2:5] == ["0", "kmeans", "7"]
    assert table(out)[2][1:4] == ["1", "dbscan", "0.5"]


def test_settings_that_do_not_fit_the_terminal_share_a_column(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{PARAMETERS}.{name}" for name in ("cluster_selection_epsilon", "cluster_selection_method", "cluster_selection_persistence")]
    trials = [Tried({name: n / 10 for name in names}, rank=n, scores={S: 0.5, D: 1.0}) for n in (1, 2)]
    out = shown(trials, S, D)
    assert max(map(len, out.splitlines())) <= 80
    assert "settings" in out
    monkeypatch.setenv("COLUMNS", "200")
    assert "settings" not in shown(trials, S, D)


def test_noise_has_a_column_only_where_there_is_some(shown: Any) -> None:
    assert "noise" not in shown(ks(2))
    assert table(shown([*ks(2), Tried({K: 4}, rank=3, scores={S: 0.1}, noise=0.25)]))[3][3:5] == ["3", "25%"]


def test_each_metric_says_which_way_is_better(shown: Any) -> None:
    out = shown([Tried({K: k}, rank=k, scores={S: 0.5, D: 1.0}) for k in (1, 2)], S, D)
    assert "Silhouette ↑" in out
    assert "Bouldin ↓" in out
    assert "silhouette_score (more is better) and\ndavies_bouldin_score (less is better)" in out


def test_the_best_and_the_pareto_front_are_marked_and_the_marks_explained(shown: Any) -> None:
    trials = [Tried({K: k}, rank=k, scores={S: 0.5, D: 1.0}, on_front=k < 3) for k in (1, 2, 3)]
    out = shown(trials, S, D)
    assert [line[1] for line in table(out)[1:]] == ["*+", "+", "2"]
    assert "* its complete run is in best/" in out
    assert "+ on the Pareto front" in out
    assert "+" not in shown(trials)


def test_where_scores_do_not_compare_each_space_has_its_table_the_best_s_first(shown: Any) -> None:
    trials = [Tried({SCALING: space, K: k}, rank=k, scores={S: 0.5}, space=space) for space in ("none", "standard") for k in range(1, 8)]
    out = shown(trials, across=False)
    assert out.index("space none: scaling none (7 ranked)") < out.index("space standard: scaling standard (7 ranked)")
    assert out.count("\nrank ") == 2
    assert "shown: the best 5 of each space; all 14 ranked trials are in trials.parquet" in out
    together = shown(trials)
    assert together.count("\nrank ") == 1
    assert "scaling" in table(together)[0]


def test_the_rank_space_s_scores_are_those_shown(shown: Any) -> None:
    out = shown([Tried({K: k}, rank=k, scores={S: 0.5}, rank_space={S: 0.25}) for k in (1, 2)])
    assert "0.5000" not in out[: out.index("best:")]
    assert "scored in the rank space" in out
    out = " ".join(out.split())
    assert "silhouette_score 0.2500 in the rank space" in out
    assert "in its own space: silhouette_score 0.5000" in out


FEATURES = "clustering_data.features"
BILL = ["bill_length_mm", "bill_depth_mm"]


def test_swept_features_are_told_apart_everywhere(shown: Any) -> None:
    lists = [BILL, [BILL[0], "body_mass_g"], [*BILL, "flipper_length_mm"]]
    out = shown([Tried({FEATURES: names}, rank=rank, scores={S: 0.5}) for rank, names in enumerate(lists, start=1)])
    assert "2 features: bill_depth_mm, …" in out
    assert "2 features: body_mass_g, …" in out
    assert "3 features" in out
    assert "best: trial 0, kmeans, 2 features: bill_depth_mm, …: " in out
    apart = shown([Tried({FEATURES: names}, rank=1, scores={S: 0.5}, space=str(len(names))) for names in lists[1:]], across=False)
    assert "space 2: 2 features (1 ranked)" in apart
    assert "space 3: 3 features (1 ranked)" in apart


def test_settings_that_would_look_alike_are_shown_in_full(shown: Any) -> None:
    values = [0.123456, 0.123457]
    out = shown([Tried({f"{PARAMETERS}.eps": eps}, rank=rank, scores={S: 0.5}) for rank, eps in enumerate(values, start=1)])
    assert [line[-3] for line in table(out)[1:]] == ["0.123456", "0.123457"]


def test_messages_that_are_equal_are_no_examples(shown: Any) -> None:
    out = shown([*ks(2), Tried({K: 7}, error="no 3"), Tried({K: 8}, error="no 3")])
    assert "failed: trials 2, 3: no 3" in out


def test_that_scores_do_not_compare_is_said_before_the_table(shown: Any) -> None:
    trials = [Tried({SCALING: space}, rank=1, scores={S: 0.5}, space=space) for space in ("none", "standard")]
    out = shown(trials, across=False, warnings={"scores_not_comparable": "They do not compare.", "other": "Mind this."})
    assert out.count("They do not compare.") == 1
    assert out.index("They do not compare.") < out.index("rank ") < out.index("Mind this.")


def test_noise_has_a_column_where_it_ranks(shown: Any) -> None:
    assert "noise" in table(shown([Tried({K: k}, rank=k) for k in (1, 2)], "noise_fraction"))[0]


@pytest.mark.parametrize("width", [80, 50, 30])
def test_no_word_is_broken_and_no_mark_lost_however_narrow(shown: Any, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    names = [f"{PARAMETERS}.{name}" for name in ("min_samples", "cluster_selection_method", "reg_covar")]
    trials = [
        Tried(
            {ALGORITHM: "gaussian_mixture" if n > 1 else "kmeans", **dict.fromkeys(names, n / 10)},
            rank=n,
            scores={S: 0.5, D: 1.0},
            on_front=True,
        )
        for n in (1, 2, 3)
    ]
    out = shown(trials, S, D)
    assert out.count("gaussian_mixture") == 2
    assert out.count("cluster_selection_method") == 4
    assert "*+" in out
    assert all(len(line) <= width or "→" in line for line in out.splitlines())


def test_failures_that_differ_in_numbers_alone_are_one_reason_and_three_reasons_are_told(shown: Any) -> None:
    failed = [Tried({K: k}, error=f"n_clusters {k} is more than the 24 rows") for k in range(100, 112)]
    failed += [Tried({K: number}, error=f"reason {letter}") for number, letter in enumerate("abcd")]
    out = " ".join(shown([*ks(2), *failed], warnings={"trials_failed": "16 of 18 trials failed."}).split())
    told = "failed: trials 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more, for example trial 2: n_clusters 100 is more than the 24 rows"
    assert told in out
    assert "failed: trial 14: reason a" in out
    assert "failed: 2 more for other reasons, in sweep.json" in out
    assert "16 of 18" not in out


def test_trials_without_a_rank_are_counted_with_the_reason(shown: Any) -> None:
    out = shown([*ks(2), Tried({K: 4}, broken=("noise_fraction 0.6 above max 0.5",)), Tried({K: 5}), Tried({K: 6})])
    out = " ".join(out.split())
    assert "without a rank: 1 that breaks a constraint (noise_fraction by 1), 2 that lack a score to rank by" in out
    assert "(silhouette_score by 2)" in out


def test_without_a_best_trial_the_warning_says_why(shown: Any) -> None:
    out = shown([Tried({K: 4}, broken=("x",))], warnings={"no_trial_ranked": "There is no best trial: none meets the constraints."})
    assert "! There is no best trial: none meets the constraints." in out
    assert "best:" not in out
    assert "rank  " not in out


def test_the_best_is_told_in_a_sentence_and_where_the_files_are(shown: Any) -> None:
    out = shown([Tried({K: k, ALGORITHM: a}, rank=k - 1, scores={S: 0.5}, n_clusters=k) for k, a in ((2, "kmeans"), (3, "spectral"))])
    assert "best: trial 0, kmeans: 2 clusters, silhouette_score 0.5000\n" in out
    assert out.endswith("→ runs/c-sweep: sweep.json, trials.parquet, trials.jsonl\n")


def test_no_text_of_the_data_can_steer_the_terminal_or_is_taken_for_markup(shown: Any) -> None:
    values = ["[red]a\x1b[2J[/red]", "[/b]:smile:"]
    trials = [Tried({"clustering_data.features": [value]}, rank=rank, scores={S: 0.5}) for rank, value in enumerate(values, start=1)]
    out = shown([*trials, Tried({}, error="no\x1b]0;x [bold]")], warnings={"w": "mind [/m] \x07"})
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "[red]a\\x1b[2J[/red]" in out
    assert "[/b]:smile:" in out
    assert "[bold]" in out


def test_no_line_in_a_pipe_ends_in_blanks(shown: Any) -> None:
    out = shown([*ks(14), Tried({K: 99}, error="no such thing " * 20)], S, D)
    assert [line for line in out.splitlines() if line != line.rstrip()] == []
    assert max(map(len, out.splitlines())) <= 80
