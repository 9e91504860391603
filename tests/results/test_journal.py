"""A finished trial is never lost, an unfinished one never reported, and numbers come back to the last bit."""

from __future__ import annotations

import errno
import json
import os
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterctl.errors import OutputError
from clusterctl.results import journal as journals
from clusterctl.results.journal import JOURNAL, Entry, Fingerprint, Journal, n_finished
from clusterctl.results.lines import COMPLETE, has_finished, is_complete
from clusterctl.results.models import EvaluationMetrics, WarningEntry
from clusterctl.results.sweep import SweptSpace, TrialError, TrialOutcome

METRICS = EvaluationMetrics(
    silhouette_score=0.1 + 0.2,
    calinski_harabasz_score=1e300,
    davies_bouldin_score=5e-324,
    inertia=-0.0,
    dbcv=None,
    adjusted_rand_score=1.0,
    normalized_mutual_info_score=None,
    adjusted_mutual_info_score=None,
    v_measure_score=None,
    fowlkes_mallows_score=None,
    noise_fraction=1 / 3,
    noise_policies={},
    methods={"silhouette_score": {"method": "sampled", "n_used": 3, "interval": (0.1, 0.7), "coverage": 1.0}},
)


def outcome(**changed: Any) -> TrialOutcome:
    given: dict[str, Any] = {
        "status": "done",
        "error": None,
        "space_id": "s1",
        "n_clusters": 3,
        "noise_fraction": 0.25,
        "smallest_cluster": 7,
        "evaluation_metrics": METRICS,
        "rank_space_metrics": {"silhouette_score": 2 / 3, "größe": None},
        "stability": None,
        "null": None,
        "chosen": {"n_clusters": {"rule": "é\n\u2028", "value": 3, "evidence": [1, 2.5, None]}},
        "warnings": [WarningEntry(code="a", message="b")],
        "notes": [],
    }
    return TrialOutcome.model_validate({**given, **changed})


def entry(trial_id: int, config: str = "", data: str = "d", versions: str = "v", **changed: Any) -> Entry:
    fingerprint = Fingerprint(config or f"{trial_id:064x}", data, versions)
    given: dict[str, Any] = {"settings": {"a.b": trial_id}, "outcome": outcome(), "seconds": 0.5, "labels": "1:abc"}
    return Entry(trial_id=trial_id, fingerprint=fingerprint, **{**given, **changed})


SPACE = SweptSpace(
    space_id="s1",
    features=["größe"],
    preprocessing={"scaling": "standard", "at": [0.1, 1]},
    n_points=9,
    n_dimensions=2,
    n_excluded=0,
    n_dropped=1,
    n_trials=4,
    warnings=[],
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / JOURNAL


def written(path: Path, *entries: Entry) -> Journal:
    """Write a journal and open it anew."""
    journal = Journal.start(path, 7)
    journal.append(entries)
    journal.close()
    return reopened(path)


def reopened(path: Path) -> Journal:
    journal = Journal.resume(path)
    assert journal is not None
    return journal


def test_what_was_added_is_there_after_opening_anew(path: Path) -> None:
    failed = outcome(status="failed", error=TrialError(type="TrialTimeout", message="no", hint=None), evaluation_metrics=None)
    given = [entry(0), entry(1, outcome=failed, labels=None)]
    journal = written(path, *given)
    assert journal.random_state == 7
    assert journal.n_finished == n_finished(path) == 2
    assert [journal.outcome(one.fingerprint) for one in given] == [one.outcome for one in given]
    assert [journal.labels(one.fingerprint) for one in given] == ["1:abc", None]


def test_what_was_added_is_there_at_once_too(path: Path) -> None:
    journal = Journal.start(path, 7)
    journal.append([entry(0), entry(1)])
    journal.append_space(SPACE, Fingerprint("s", "d", "v"))
    journal.append([entry(2)])
    assert [journal.outcome(entry(trial).fingerprint) for trial in range(3)] == [outcome()] * 3
    assert journal.space(Fingerprint("s", "d", "v")) == SPACE
    assert journal.n_finished == 3


def test_a_space_comes_back_and_is_no_trial(path: Path) -> None:
    journal = Journal.start(path, 7)
    journal.append_space(SPACE, Fingerprint("s", "d", "v"))
    again = reopened(path)
    assert again.space(Fingerprint("s", "d", "v")) == SPACE
    assert again.space(Fingerprint("s", "other", "v")) is None
    assert again.outcome(Fingerprint("s", "d", "v")) is None
    assert again.n_finished == n_finished(path) == 0


def test_what_depends_on_something_else_is_not_given(path: Path) -> None:
    journal = written(path, entry(0, "c", "d", "v"))
    others = [Fingerprint("x", "d", "v"), Fingerprint("c", "x", "v"), Fingerprint("c", "d", "x")]
    assert [journal.outcome(other) for other in others] == [None, None, None]
    assert [journal.labels(other) for other in others] == [None, None, None]


def test_the_last_line_counts(path: Path) -> None:
    journal = written(
        path, entry(0, "c"), entry(0, "c", data="new", labels="1:new"), entry(0, "c", outcome=outcome(n_clusters=9), labels="1:z")
    )
    found = journal.outcome(Fingerprint("c", "d", "v"))
    assert found is not None
    assert found.n_clusters == 9
    assert journal.labels(Fingerprint("c", "d", "v")) == "1:z"


def test_labels_are_of_the_data_that_are_wanted(path: Path) -> None:
    journal = written(path, entry(0, "c"), entry(0, "c", data="new", labels="1:new"))
    assert [journal.labels(Fingerprint("c", data, "v")) for data in ("d", "new")] == ["1:abc", "1:new"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3))
@settings(max_examples=200, deadline=None)
def test_numbers_come_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    one, two, three = numbers
    given = outcome(noise_fraction=one, rank_space_metrics={"a": two}, chosen={"eps": three})
    path = tmp_path_factory.mktemp("journal") / JOURNAL
    journal = written(path, entry(0, outcome=given))
    found = journal.outcome(entry(0).fingerprint)
    journal.close()
    assert found is not None
    assert found.rank_space_metrics is not None
    back = [found.noise_fraction, found.rank_space_metrics["a"], found.chosen["eps"]]
    assert struct.pack("3d", *back) == struct.pack("3d", *numbers)
    assert found.model_dump_json() == given.model_dump_json()


def test_a_number_that_is_none_is_never_written(path: Path) -> None:
    journal = Journal.start(path, 7)
    with pytest.raises(ValueError, match="JSON compliant"):
        journal.append([entry(0), entry(1, settings={"a": float("nan")})])
    assert reopened(path).n_finished == 0


def test_each_line_is_json_and_the_labels_come_last(path: Path) -> None:
    written(path, entry(0)).close()
    header, line = path.read_bytes().splitlines()
    assert json.loads(header) == {"journal": 1, "random_state": 7}
    assert list(json.loads(line)) == ["trial_id", "fingerprint", "seconds", "settings", "outcome", "labels"]


def test_a_line_cut_short_at_any_byte_counts_as_not_there_and_is_cut_off(path: Path) -> None:
    written(path, entry(0), entry(1)).close()
    whole = path.read_bytes()
    first = len(b"".join(whole.splitlines(keepends=True)[:2]))
    for end in range(first, len(whole), 7):
        path.write_bytes(whole[:end])
        assert n_finished(path) == 1
        journal = reopened(path)
        assert journal.n_finished == 1
        assert path.read_bytes() == whole[:first]
        if end % 5 == 0:
            journal.append([entry(1)])
            assert path.read_bytes() == whole
        journal.close()


DAMAGED = [
    b"\0" * 40,
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"trial_id": 1}',
    b'{"trial_id": 1, "fingerprint": {"config": 1, "data": "d", "versions": "v"}, "outcome": {}, "labels": null}',
    b'{"space": {}, "fingerprint": {"config": "c", "data": "d", "versions": "v"}}',
    b'{"trial_id": ' + b"9" * 5_000 + b"}",
]


@pytest.mark.parametrize("damaged", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_counts_as_not_there_and_the_others_stay(path: Path, damaged: bytes) -> None:
    written(path, entry(0), entry(1)).close()
    header, first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + first + damaged + b"\n" + second)
    journal = reopened(path)
    assert journal.n_finished == 2
    assert [journal.outcome(entry(trial).fingerprint) for trial in (0, 1)] == [outcome()] * 2


@pytest.mark.parametrize("change", [{"n_clusters": "many"}, {"noise_fraction": float("nan")}, {"stranger": 1}, {"status": "half"}])
def test_a_line_whose_outcome_is_none_counts_as_not_there(path: Path, change: dict[str, Any]) -> None:
    written(path, entry(0)).close()
    header, line = path.read_bytes().splitlines()
    content = json.loads(line)
    content["outcome"].update(change)
    path.write_bytes(header + b"\n" + json.dumps(content).encode() + b"\n")
    journal = reopened(path)
    assert journal.outcome(entry(0).fingerprint) is None
    assert journal.n_finished == 0


HEADERS = [
    b"",
    b'{"journal":1,"random_state":7}',
    b"x\n",
    b'{"journal":2,"random_state":7}\n',
    b'{"journal":1,"random_state":"7"}\n',
    b'{"journal":1,"random_state":true}\n',
    b'{"journal":1}\n',
    b'{"id": 1}\n{"id": 2}\n',
    b"{" * 5_000 + b"\n",
]


@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_a_file_without_a_whole_header_is_no_journal(path: Path, header: bytes) -> None:
    path.write_bytes(header)
    assert Journal.resume(path) is None
    assert n_finished(path) == 0
    assert path.read_bytes() == header


def test_no_file_a_folder_and_a_link_are_no_journals(tmp_path: Path, path: Path) -> None:
    assert Journal.resume(path) is None
    assert Journal.resume(tmp_path) is None
    written(path, entry(0)).close()
    (tmp_path / "link").symlink_to(path)
    assert Journal.resume(tmp_path / "link") is None
    assert n_finished(tmp_path / "link") == n_finished(tmp_path) == 0


def test_a_new_journal_takes_the_place_of_any(path: Path) -> None:
    written(path, entry(0)).close()
    path.with_name("trials.jsonl.new").write_bytes(b"left by a killed sweep")
    assert Journal.start(path, 8).n_finished == 0
    assert path.read_bytes() == b'{"journal":1,"random_state":8}\n'
    assert os.listdir(path.parent) == [JOURNAL]  # noqa: PTH208


def test_differences_say_why_journalled_trials_do_not_count(path: Path) -> None:
    journal = written(
        path,
        entry(0, "same"),
        entry(1, "data"),
        entry(2, "versions"),
        entry(3, "gone"),
        entry(4, "both"),
        entry(5, "gone too"),
        entry(6, "again"),
    )
    journal.append([entry(6, "again", data="new")])
    wanted = [
        Fingerprint("same", "d", "v"),
        Fingerprint("data", "new", "v"),
        Fingerprint("versions", "d", "new"),
        Fingerprint("both", "new", "new"),
        Fingerprint("never done", "d", "v"),
        Fingerprint("again", "d", "v"),
    ]
    assert journal.differences(wanted) == {"data": 2, "versions": 1, "config": 2}
    assert journal.differences([one.fingerprint for one in (entry(0, "same"), entry(6, "again", data="new"))]) == {"config": 5}


def test_a_copy_is_the_same_and_complete_and_is_cut_off_from_the_journal(path: Path) -> None:
    journal = written(path, entry(0))
    journal.copy_to(path.with_name("copy"))
    before = path.read_bytes()
    journal.append([entry(1)])
    assert path.with_name("copy").read_bytes() == before + COMPLETE
    assert is_complete(path.with_name("copy"))
    assert not is_complete(path)


def test_a_complete_journal_that_is_gone_on_with_is_complete_no_more(path: Path) -> None:
    written(path, entry(0)).copy_to(path.with_name("copy"))
    journal = Journal.resume(path.with_name("copy"))
    assert journal is not None
    assert journal.n_finished == 1
    journal.append([entry(1)])
    assert not is_complete(journal.path)
    journal.copy_to(path)
    assert Journal.resume(path).n_finished == 2  # type: ignore[union-attr]


def test_no_child_process_holds_the_file(path: Path) -> None:
    journal = Journal.start(path, 7)
    assert not os.get_inheritable(journal._file)


@pytest.mark.parametrize("cut", [0, 11])
def test_a_full_disk_is_an_output_error_and_none_of_the_lines_is_there(path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    journal = written(path, entry(0))
    write, before = os.write, path.read_bytes()

    def full(file: int, text: Any) -> int:
        if not cut or len(text) < 400:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, bytes(text)[: len(text) - cut])

    monkeypatch.setattr(journals.os, "write", full)
    with pytest.raises(OutputError, match=r"disk is full.*trials\.jsonl"):
        journal.append([entry(1)])
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert journal.outcome(entry(1).fingerprint) is None
    journal.append([entry(2)])
    assert reopened(path).outcome(entry(2).fingerprint) == outcome()


def test_a_write_cut_short_by_a_signal_is_gone_on_with(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, write = Journal.start(path, 7), os.write
    monkeypatch.setattr(journals.os, "write", lambda file, text: write(file, bytes(text)[:100]))
    journal.append([entry(0), entry(1)])
    monkeypatch.undo()
    assert reopened(path).outcome(entry(1).fingerprint) == outcome()


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        Journal.start(tmp_path / "gone" / JOURNAL, 7)


def test_ten_thousand_trials_take_little_memory_however_long_their_labels_are(path: Path) -> None:
    def many() -> Iterator[Entry]:
        for trial in range(10_000):
            yield entry(trial, labels="1:" + "a" * 2_000)

    journal = written(path, *many())
    journal.close()
    tracemalloc.start()
    again = reopened(path)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert again.n_finished == 10_000
    assert now < 10_000_000
    assert peak < 20_000_000


WRITER = """
import os, random, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_journal import Journal, entry, outcome, n_finished

path, rng = Path(sys.argv[1]), random.Random(1)

def write(pipe, first):
    journal = Journal.resume(path) or Journal.start(path, 7)
    trial = first
    while True:
        batch = [entry(trial + more, labels="1:" + "x" * 20_000) for more in range(rng.randint(1, 3))]
        journal.append(batch)
        trial += len(batch)
        os.write(pipe, b"%d " % trial)

reported = 0
for kill in range(40):
    receiving, sending = os.pipe()
    writer = os.fork()
    if writer == 0:
        write(sending, reported)
    os.close(sending)
    said = os.read(receiving, 65536) if kill % 2 else b""  # every other one is killed only after its first report
    time.sleep(rng.uniform(0.0, 0.03))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    said += os.read(receiving, 65536)
    os.close(receiving)
    if said:
        reported = int(said.split()[-1])
    known = n_finished(path)
    journal = Journal.resume(path)
    assert journal is not None or not reported
    if journal is None:
        continue
    assert known == journal.n_finished
    assert all(journal.outcome(entry(trial).fingerprint) == outcome() for trial in range(reported)), "a reported trial is lost"
    journal.close()
print(reported)
"""


def test_every_trial_reported_before_a_kill_is_there(path: Path) -> None:
    program = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 20
    assert has_finished(path)


def test_a_journal_that_is_let_go_of_closes_its_file(path: Path) -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    for _ in range(3):
        Journal.start(path, 7).append([entry(0)])
        Journal.resume(path)
    assert len(os.listdir("/proc/self/fd")) <= len(before)  # noqa: PTH208
