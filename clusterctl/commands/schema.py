"""The JSON Schemas of what is read and written."""

from __future__ import annotations

from typing import Any


def schema(
    document: str, *, sweep: bool = False, evaluate: bool = False, compare: bool = False, init: bool = False, recommend: bool = False
) -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of the config (`input`) or of results.json (`output`).

    sweep, evaluate, compare: with `output`, of sweep.json, of evaluation.json, of what `compare` writes.
    init: of what `init --json` prints. recommend: of recommendation.json.
    """
    if document == "input":
        from clusterctl.config.schema import input_schema

        return input_schema()
    if sweep:
        from clusterctl.results.sweep import SweepDocument

        return SweepDocument.model_json_schema(mode="serialization")
    if evaluate:
        from clusterctl.results.evaluation import EvaluationDocument

        return EvaluationDocument.model_json_schema(mode="serialization")
    if compare:
        from clusterctl.results.comparison import ComparisonDocument

        return ComparisonDocument.model_json_schema(mode="serialization")
    if recommend:
        from clusterctl.results.recommendation import RecommendationDocument

        return RecommendationDocument.model_json_schema(mode="serialization")
    if init:
        from clusterctl.results.starter import StarterDocument

        return StarterDocument.model_json_schema(mode="serialization")
    from clusterctl.results.models import ResultsDocument

    return ResultsDocument.model_json_schema(mode="serialization")
