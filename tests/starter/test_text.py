"""The text of a config: it loads to exactly its values, and nothing in it can be broken out of."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.config.environment import escape, expand
from clusterctl.config.yaml import parse
from clusterctl.starter.text import WIDTH, Entry, Listed, Section, flow, text_of, tree_of

HOSTILE = [
    *("yes", "no", "null", "~", "true", "1.0", "1e5", "0x1f", ".5", "-", "--- a", "<<", "=", "2026-01-01", "12:30", ".inf", "NaN"),
    *("a: b", "a #b", "#a", "'", '"', "it's", "[a]", "{a}", "a, b", "!!python/object:os.system", "&a", "*a", "%a", "@a", "`a`", "|", ">"),
    *(
        " leading",
        "trailing ",
        "two\nlines",
        "a\r\nkey: value",
        "tab\there",
        "\x1b[2J",
        "\x00",
        "\x85",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\xa0",
    ),
    *("${X}", "$${X}", "${", "$$${X}", "größe", "名前", "😀", "", "a" * 3000, "../x y.csv", "C:\\x", "\\n"),
]
TEXTS = st.one_of(st.text(max_size=30), st.sampled_from(HOSTILE), st.text(alphabet="${}#:'\"\\ \n\t-[],&*!yesno01.", max_size=12))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


def as_text(value: object, why: str = "") -> str:
    return text_of(("head " + why,), [Section("s", (Entry("k", value, why), Entry("off", value, why, off=True)), why)])


@given(VALUES, TEXTS)
def test_a_text_loads_to_its_values_whatever_they_and_the_comments_hold(value: object, why: str) -> None:
    document = parse(as_text(value, why), "t")
    assert document.problems == ()
    assert document.value == {"s": {"k": value}}


@given(st.lists(TEXTS, min_size=1, max_size=40), TEXTS)
def test_lists_with_a_line_for_each_value_and_in_rows_load_to_the_same(names: list[str], why: str) -> None:
    each = Listed(tuple((name, why) for name in names))
    for value in (each, names):
        sections = [Section("s", (Entry("", why=why), Entry("k", value, why)))]
        assert parse(text_of((), sections), "t").value == {"s": {"k": names}} == tree_of(sections)


@given(TEXTS)
def test_a_name_that_looks_like_a_reference_stays_a_name(name: str) -> None:
    written = parse(as_text([escape(name)]), "t").value
    found = expand(written, {"X": "secret"})
    assert found.problems == []
    assert found.value == {"s": {"k": [name]}}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.isprintable()])
def test_readers_of_yaml_1_1_read_the_same(name: str) -> None:
    assert yaml.safe_load(f"[{flow(name)}]") == [name]


@given(TEXTS)
def test_every_line_is_printable_and_comments_fit_a_screen(why: str) -> None:
    for line in as_text(1, why).splitlines():
        assert line.isprintable()
        assert len(line) <= WIDTH


def test_a_section_that_is_off_is_there_once_its_marks_are_taken_away() -> None:
    text = text_of((), [Section("s", (Entry("a", 1, "why"), Entry("b", ["x"] * 60)), off=True)])
    assert parse(text, "t").value is None
    on = "\n".join(line.replace("# ", "", 1) for line in text.splitlines())
    assert parse(on, "t").value == {"s": {"a": 1, "b": ["x"] * 60}}
