"""What the files of a run or a sweep must say again when it is done again: all but when and where it was done."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

EXEMPT = ("training_timestamp", "processing_timestamp", "processing_duration", "execution")


def without_exempt(value: Any) -> Any:
    """Return a document without the keys that differ from time to time."""
    if isinstance(value, dict):
        return {key: without_exempt(inner) for key, inner in value.items() if key not in EXEMPT}
    return [without_exempt(inner) for inner in value] if isinstance(value, list) else value


def contents(folder: Path) -> dict[str, Any]:
    """Return what every file must say again: bytes; of JSON documents all but the exempt keys, of the report all but when it was made.

    The order of keys counts; the journal and the log do not.
    """
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name in ("trials.jsonl", "log.jsonl"):
            continue
        name = str(path.relative_to(folder))
        if path.name in ("sweep.json", "results.json"):
            found[name] = json.dumps(without_exempt(json.loads(path.read_text())), indent=1)
        elif path.name == "report.html":
            found[name] = re.sub(r"<dt>Made</dt><dd>.*?</dd>", "", path.read_text(encoding="utf-8"))
        else:
            found[name] = path.read_bytes()
    return found
