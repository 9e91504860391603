"""Data sources as texts: secrets taken out, relative paths moved."""

from __future__ import annotations

import pytest

from clusterctl.config.sources import canonical_source, is_local, moved, name_of, redact, without_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data/a.csv", "data/a.csv"),
        ("-", "-"),
        ("https://h/a.csv", "https://h/a.csv"),
        ("https://me:secret@h/a.csv?sig=secret", "https://h/a.csv?…"),
        ("postgresql+psycopg://me:secret@h:5432/db", "postgresql+psycopg://h:5432/db"),
        ("mysql://me:sec@ret@h/db", "mysql://h/db"),
        ("postgresql://${USER}:${PW:-a/b@c?d}@h/db", "postgresql://h/db"),
        ("https://${HOST}/a.csv?x=${SIG}", "https://${HOST}/a.csv?…"),
        ("https://h/a@b.csv", "https://h/a@b.csv"),
    ],
)
def test_redact_drops_user_password_and_query(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://h/a.csv?page=1", "https://h/a.csv?page=1"),
        ("https://h/a.csv?page=1&token=abc", "https://h/a.csv?page=1&token=${DATA_SOURCE_TOKEN}"),
        ("https://h/a?X-Amz-Signature=abc", "https://h/a?X-Amz-Signature=${DATA_SOURCE_X_AMZ_SIGNATURE}"),
        ("postgresql://me:pw@h/db", "postgresql://me:${DATA_SOURCE_PASSWORD}@h/db"),
        ("postgresql://me:${PW}@h/db?password=${PW}", "postgresql://me:${PW}@h/db?password=${PW}"),
        ("postgresql://me:a${PW}@h/db", "postgresql://me:${DATA_SOURCE_PASSWORD}@h/db"),
    ],
)
def test_secrets_written_out_become_references(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data/a.csv", "../b/data/a.csv"),
        ("../a.csv", "../a.csv"),
        ("/abs/a.csv", "/abs/a.csv"),
        ("https://h/a.csv", "https://h/a.csv"),
        ("-", "-"),
        ("sqlite:///shop.db", "sqlite:///../b/shop.db"),
        ("sqlite:////abs/shop.db", "sqlite:////abs/shop.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
    ],
)
def test_relative_paths_alone_are_moved(text: str, expected: str) -> None:
    assert moved(text, text, "../b") == (expected, expected)


@pytest.mark.parametrize(
    ("value", "original", "expected"),
    [
        ("data/x.csv", "data/${NAME}.csv", "../b/data/${NAME}.csv"),
        ("data/x.csv", "${FILE}", "../b/${FILE}"),
        ("/abs/x.csv", "${FILE}", "${FILE}"),
        ("https://h/x", "${FILE:-a/b}", "${FILE:-a/b}"),
        ("data/x.csv", "${DIR:-../data}/x.csv", "../b/${DIR:-../data}/x.csv"),
        ("sqlite:///shop.db", "sqlite:///${DB}", "sqlite:///../b/${DB}"),
    ],
)
def test_moving_keeps_references(value: str, original: str, expected: str) -> None:
    assert moved(value, original, "../b")[1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("../x/data/a.csv", "a.csv"),
        ("../x/${FILE}", "${FILE}"),
        ("a/${FILE:-b/c}.csv", "${FILE:-b/c}.csv"),
        ("-", "-"),
        ("https://me@h/x/a.csv?s=1", "https://h/x/a.csv?…"),
        ("sqlite:///../x/shop.db", "sqlite:///shop.db"),
        ("sqlite:////abs/shop.db", "sqlite:///shop.db"),
    ],
)
def test_canonical_source_does_not_depend_on_the_place(text: str, expected: str) -> None:
    assert canonical_source(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d/customers.csv.gz", "customers"),
        ("-", "stdin"),
        ("https://h/a b.csv?x", "a-b"),
        ("${DB_URL}", "DB_URL"),
        ("postgresql://u:p@h/db", "db"),
    ],
)
def test_name_is_fit_for_a_folder(text: str, expected: str) -> None:
    assert name_of(text) == expected


def test_local_is_all_but_urls_and_stdin() -> None:
    assert [is_local(text) for text in ("a.csv", "C:x", "-", "http://h/a", "sqlite:///a")] == [True, True, False, False, False]
