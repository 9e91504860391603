"""The YAML that is read: bounded before it is built, with YAML 1.2's idea of scalars."""

from __future__ import annotations

import json
import math
import time
from contextlib import suppress
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.config.bounds import MAX_BYTES
from clusterctl.config.scalars import dump
from clusterctl.config.yaml import parse
from clusterctl.errors import ConfigError


def value(text: str) -> Any:
    document = parse(text, "c.yaml")
    assert document.problems == ()
    return document.value


SCALARS = {
    "1e-3": 0.001,
    "1E5": 100000.0,
    "-.5": -0.5,
    "1.": 1.0,
    "12": 12,
    "+12": 12,
    "0": 0,
    "0x1F": 31,
    "0o17": 15,
    "true": True,
    "False": False,
    "null": None,
    "~": None,
    "": None,
    "yes": "yes",
    "no": "no",
    "on": "on",
    "off": "off",
    "y": "y",
    "2026-11-23": "2026-11-23",
    "2026-11-23 10:00:00": "2026-11-23 10:00:00",
    "12:30:00": "12:30:00",
    "1_000": "1_000",
    "0b101": "0b101",
    "1e": "1e",
    ".": ".",
    "=": "=",
    "NULL": None,
    "nan": "nan",
    "'1'": "1",
}


@pytest.mark.parametrize("text", SCALARS)
def test_scalar_is_read_by_the_core_schema_of_yaml_1_2(text: str) -> None:
    read = value(f"a: {text}\n")["a"]
    assert read == SCALARS[text]
    assert type(read) is type(SCALARS[text])


def test_infinity_and_nan_are_floats_for_the_models_to_refuse() -> None:
    assert value("[.inf, -.INF]") == [math.inf, -math.inf]
    assert math.isnan(value("[.nan]")[0])


def test_every_path_has_the_line_it_was_written_on() -> None:
    document = parse("a:\n  b: 1\n  c:\n  - x\n  - y: 2\n", "c.yaml")
    expected = {(): 1, ("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", 0): 4, ("a", "c", 1): 5, ("a", "c", 1, "y"): 5}
    assert document.places == {path: f"line {line}" for path, line in expected.items()}


def test_alias_is_written_out() -> None:
    assert value("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


def merge_key_bomb() -> str:
    rows = [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 12)]
    return "\n".join(["a0: &a0 {k: v}", *rows])


def alias_bomb() -> str:
    rows = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return "\n".join(["a0: &a0 [x, x]", *rows])


BOMBS = {
    "aliases": alias_bomb(),
    "few aliases, wide": "a: &a [" + "x," * 4000 + "]\nb: [" + "*a," * 50 + "]",
    "many aliases": "a: &a 1\nb: [" + "*a," * 101 + "]",
    "alias of itself": "a: &a [*a]",
    "flow depth": "[" * 3000,
    "mapping depth": "{a: " * 3000 + "1" + "}" * 3000,
    "block depth": "".join(" " * depth + "a:\n" for depth in range(900)),
    "dash depth": "- " * 3000,
    "depth through aliases": "a0: &a0 " + "[" * 20 + "]" * 20 + "\n" + "".join(f"a{i}: &a{i} [[[[[*a{i - 1}]]]]]\n" for i in range(1, 50)),
    "JSON depth": '{"a":' * 3000 + "1" + "}" * 3000,
    "nodes": "[" + "1," * 20_001 + "]",
    "bytes": "#" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_in_under_a_second_of_processor_time(name: str) -> None:
    started = time.process_time()
    with pytest.raises(ConfigError):
        parse(BOMBS[name], "c.yaml")
    assert time.process_time() - started < (1 if name != "nodes" else 3)


def test_merge_key_bomb_is_refused_without_being_merged() -> None:
    started = time.process_time()
    document = parse(merge_key_bomb(), "c.yaml")
    assert time.process_time() - started < 1
    assert len(document.problems) == 11
    assert all("merge keys" in problem.text for problem in document.problems)


def test_quoted_merge_key_is_plain_text() -> None:
    assert value('"<<": 1') == {"<<": 1}


def test_json_with_tabs_and_surrogate_pairs_is_read_as_json_reads_it() -> None:
    text = '{\n\t"a":\t[1.5e3, true, null, "tab\\there", "\\ud83d\\ude00", "a\\/b"],\n\t"b":{"c":"\\u00e9"}}'
    assert value(text) == json.loads(text)


plain_text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029\ufffe\uffff"), max_size=30)
TRICKY = ["no", "010", "1e-3", "12:30", "", " ", "null", "<<", "- a", "a: b", "#", "2026-01-01", "0x1", ".5", "1_0", "=", "09"]
tricky = st.sampled_from(TRICKY)
numbers = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | plain_text | tricky
keys = plain_text | tricky
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12)


@given(trees)
def test_what_is_dumped_is_read_back_with_its_types(tree: Any) -> None:
    assert repr(value(dump({"tree": tree}))) == repr({"tree": tree})


@given(trees)
def test_json_is_read_as_json_reads_it(tree: Any) -> None:
    text = json.dumps({"tree": tree}, indent="\t")
    assert value(text) == json.loads(text)


@given(tricky)
def test_text_that_is_dumped_is_text_for_yaml_1_1_readers_too(text: str) -> None:
    assert pyyaml.safe_load(dump({"a": text})) == {"a": text}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_as_a_config_error(text: str) -> None:
    with suppress(ConfigError):
        parse(text, "c.yaml")
