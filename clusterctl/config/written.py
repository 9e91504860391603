"""The config as a run leaves it behind: its fingerprint, and the text of config.yaml."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusterctl.config.load import NOT_ALIGNED, LoadedConfig, with_random_state
from clusterctl.config.scalars import dump as dump_yaml
from clusterctl.config.sources import canonical_source, moved, relative, without_secrets

EXACT = "exact"


def canonical(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a shown config a result depends on: without output and execution, the data by name rather than by place.

    Of execution `strategy` alone changes a result: it is kept where it is not `exact`.
    """
    kept = {name: copy.deepcopy(section) for name, section in shown.items() if name not in ("output", "execution")}
    strategy = shown.get("execution", {}).get("strategy", EXACT)
    if strategy != EXACT:
        kept["execution"] = {"strategy": strategy}
    kept["clustering_data"]["data_source"] = canonical_source(kept["clustering_data"]["data_source"])
    return kept


def strategy_of(kept: Mapping[str, Any]) -> str:
    """Return the strategy of a canonical config."""
    return str(kept.get("execution", {}).get("strategy", EXACT))


def config_sha256(shown: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of the canonical config as JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(canonical(shown), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


OF_THE_RUN = "The resolved config of this run; running it gives the same results."


def written_config(loaded: LoadedConfig, output_folder: Path, random_state: int, about: str = OF_THE_RUN) -> str:
    """Return the text of config.yaml for that folder: resolved, `${NAME}` and `auto` kept, paths made to work from there.

    A seed of null becomes `random_state`. `output.directory` is left out, so that running it again does not write over this run.
    A password written out in a data_source becomes `${DATA_SOURCE_PASSWORD}`. about: the comment at its head.
    """
    tree = copy.deepcopy(with_random_state(loaded, random_state).shown)
    section = tree["clustering_data"]
    prefix = relative(loaded.folder, output_folder)
    _, source = moved(loaded.config.clustering_data.data_source, section["data_source"], prefix)
    section["data_source"] = without_secrets(source)
    aligned = loaded.config.output.align_to
    if aligned != NOT_ALIGNED:
        _, tree["output"]["align_to"] = moved(aligned, tree["output"]["align_to"], prefix)
    del tree["output"]["directory"]
    return f"# {about}\n{dump_yaml(tree)}"
