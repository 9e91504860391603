"""JUnit XML: the elements and attributes that CI systems' schema asks for, whatever the names hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.results.junit import junit_xml
from clusterctl.results.models import GateResult

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GATES = [
    GateResult(metric="silhouette_score", value=0.2, bound="min 0.25", level="error", passed=False),
    GateResult(metric="noise_fraction", value=0.25, bound="max 0.2", level="warn", passed=False),
    GateResult(metric="n_clusters", value=3.0, bound="min 2", level="error", passed=True),
    GateResult(metric="dbcv", value=None, bound="min 0", level="error", passed=False),
]
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "system-out": set(),
}
CHILDREN = {"testsuites": ["testsuite"], "testsuite": ["testcase"], "testcase": ["failure", "system-out"], "failure": [], "system-out": []}


def parsed(gates: list[GateResult], name: str = "runs/customers", host: str = "box") -> ET.Element:
    return ET.fromstring(junit_xml(gates, name, WHEN, 1.5, host).encode())


def check_shape(element: ET.Element) -> None:
    assert set(element.attrib) == ATTRIBUTES[element.tag]
    for name in set(element.attrib) & {"tests", "failures", "errors", "skipped"}:
        assert re.fullmatch(r"\d+", element.attrib[name])
    if "time" in element.attrib:
        assert re.fullmatch(r"\d+\.\d+", element.attrib["time"])
    for child in element:
        assert child.tag in CHILDREN[element.tag]
        check_shape(child)


def test_the_shape_is_that_of_the_schema() -> None:
    root = parsed(GATES)
    assert root.tag == "testsuites"
    check_shape(root)
    assert root[0].attrib["timestamp"] == "2026-01-02T03:04:05"
    assert [case.attrib["name"] for case in root[0]] == [
        "silhouette_score min 0.25",
        "noise_fraction max 0.2 (warning)",
        "n_clusters min 2",
        "dbcv min 0",
    ]


def test_an_error_is_a_failure_and_a_warning_a_passed_case_that_says_so() -> None:
    suite = parsed(GATES)[0]
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("4", "2", "0")
    assert [[child.tag for child in case] for case in suite] == [["failure"], ["system-out"], [], ["failure"]]
    assert suite[0][0].attrib["message"] == "silhouette_score is 0.2, and must be at least 0.25"
    assert suite[1][0].text == "warning: noise_fraction is 0.25, and must be at most 0.2"
    assert suite[3][0].attrib["message"] == "dbcv is not defined, and must be at least 0"


def test_no_gate_is_an_empty_suite() -> None:
    root = parsed([])
    check_shape(root)
    assert root[0].attrib["tests"] == "0"


@pytest.mark.parametrize("name", ["a<b>&\"'", "\x1b[31mred\x00", "tab\tline\nend", "\udcff\ufffe", "]]>", "日本語 🎉"])
def test_no_name_breaks_it(name: str) -> None:
    assert parsed(GATES, name, name)[0].attrib["name"].isprintable() or name == "tab\tline\nend"


@given(st.text())
def test_any_text_gives_a_document(name: str) -> None:
    check_shape(parsed(GATES, name, name))


def test_what_xml_can_hold_comes_back() -> None:
    assert parsed(GATES, "a<b>&\"'\t\n日本語")[0].attrib["name"] == "a<b>&\"'\t\n日本語"
