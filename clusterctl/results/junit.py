"""Gates as JUnit XML, the form in which CI systems read test results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from clusterctl.results.models import GateResult

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def junit_xml(gates: Sequence[GateResult], name: str, when: datetime, seconds: float, host: str) -> str:
    """Return a `testsuite` called `name` with a `testcase` a bound.

    A breach of level error is a `failure`; one of level warn a passed case that says so in `system-out`. Characters that XML cannot hold
    are written as escapes. The form is that of the Jenkins JUnit schema, which the other CI systems read too.
    """
    failed = sum(gate.level == "error" and not gate.passed for gate in gates)
    counts = {"tests": str(len(gates)), "failures": str(failed), "errors": "0"}
    took = f"{seconds:.3f}"
    root = ET.Element("testsuites", {"name": "clusterctl evaluate", **counts, "time": took})
    facts = {"skipped": "0", "time": took, "timestamp": when.strftime("%Y-%m-%dT%H:%M:%S"), "hostname": _text(host) or "unknown"}
    suite = ET.SubElement(root, "testsuite", {"name": _text(name), **counts, **facts})
    for gate in gates:
        _case(suite, gate)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, gate: GateResult) -> None:
    level = "" if gate.level == "error" else " (warning)"
    case = ET.SubElement(
        suite, "testcase", {"classname": "clusterctl.gates", "name": _text(f"{gate.metric} {gate.bound}{level}"), "time": "0.000"}
    )
    told = breach(gate)
    if gate.passed:
        return
    if gate.level == "error":
        ET.SubElement(case, "failure", {"message": _text(told), "type": "gate"}).text = _text(told)
    else:
        ET.SubElement(case, "system-out").text = _text(f"warning: {told}")


def breach(gate: GateResult) -> str:
    """Say by how much a bound is kept or broken: value, bound and direction."""
    kind, _, bound = gate.bound.partition(" ")
    side = {"min": "at least", "max": "at most"}[kind]
    value = "not defined" if gate.value is None else repr(gate.value).removesuffix(".0")
    return f"{gate.metric} is {value}, and must be {side} {bound}"


def _text(text: str) -> str:
    return _NOT_XML.sub(lambda match: match.group().encode("unicode_escape").decode(), text)
