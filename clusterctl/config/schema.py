"""The JSON Schema of the config, and from it what is allowed at a path, in words."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from clusterctl.config import registries
from clusterctl.config.problems import KeyPath, lookup

Schema = dict[str, Any]
PREFIX = "#/$defs/"


@cache
def _plain_schema() -> Schema:
    from clusterctl.config.models import Config

    schema = Config.model_json_schema(by_alias=True, mode="validation")
    definitions = schema["$defs"]
    for name, spec in registries.algorithms().items():
        part = spec.parameters.model_json_schema(ref_template=f"{PREFIX}{name}.{{model}}")
        for inner, definition in part.pop("$defs", {}).items():
            definitions[f"{name}.{inner}"] = definition
        definitions[f"parameters.{name}"] = part
    _name_things(definitions)
    return schema


def _name_things(definitions: Schema) -> None:
    """List metrics, plots and gates by name."""
    evaluation = definitions["EvaluationConfiguration"]["properties"]
    bounded = [*registries.metrics(), *registries.RESULT_VALUES]
    _array_of(evaluation["evaluation_metrics"])["items"] = {"type": "string", "enum": list(registries.metrics())}
    evaluation["gates"]["propertyNames"] = {"enum": bounded}
    _array_of(definitions["VisualizationConfiguration"]["properties"]["plot_types"])["items"] = {
        "type": "string",
        "enum": list(registries.plots()),
    }
    sweep = definitions["SweepConfiguration"]["properties"]
    _array_of(sweep["rank_by"])["items"] = {"type": "string", "enum": registries.rankable()}
    sweep["constraints"]["propertyNames"] = {"enum": bounded}


def _array_of(schema: Schema) -> Schema:
    found: Schema = next(branch for branch in schema["anyOf"] if branch.get("type") == "array")
    return found


def input_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12, within what draft-07 readers understand) of everything that `load_config` may accept.

    A value that is no text may also be a `${NAME}`; sections may be left empty.
    """
    schema = copy.deepcopy(_plain_schema())
    definitions = schema["$defs"]
    for definition in definitions.values():
        _allow_references(definition)
    _choose_parameters(definitions)
    for name, section in schema["properties"].items():
        if name not in schema["required"] and "anyOf" not in section:
            described = section.pop("description", None)
            schema["properties"][name] = {"anyOf": [section, {"type": "null"}]} | ({"description": described} if described else {})
    definitions["EnvironmentReference"] = {
        "type": "string",
        "pattern": r"\$\{",
        "description": "${NAME} or ${NAME:-default}: from the environment, or from .env beside the config.",
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "clusterctl config"}


def _choose_parameters(definitions: Schema) -> None:
    clustering = definitions["ClusteringConfiguration"]
    description = clustering["properties"]["parameters"].get("description", "")
    clustering["properties"]["parameters"] = {"type": "object", "description": description}
    clustering["allOf"] = []
    for name, spec in registries.algorithms().items():
        then: Schema = {"parameters": {"$ref": f"{PREFIX}parameters.{name}"}}
        if not spec.takes_n_clusters:
            then["n_clusters"] = {"type": "null"}
        condition = {"properties": {"algorithm": {"const": name}}, "required": ["algorithm"]}
        clustering["allOf"].append({"if": condition, "then": {"properties": then}})
    definitions.pop("Parameters", None)


def _allow_references(schema: Any) -> None:
    """Let every scalar below that is no free text also be a `${NAME}`."""
    if not isinstance(schema, dict):
        return
    for key in ("properties", "$defs"):
        for name, part in schema.get(key, {}).items():
            schema[key][name] = _or_reference(part)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = _or_reference(schema[key])


def _or_reference(schema: Schema) -> Schema:
    branches = schema.get("anyOf", [schema])
    for branch in branches:
        for inner in (branch, *branch.get("oneOf", ())):
            _allow_references(inner)
    if not any(_is_limited_scalar(branch) for branch in branches):
        return schema
    outer: Schema = {key: schema[key] for key in ("default", "description", "title") if key in schema}
    kept = [{key: value for key, value in branch.items() if key not in outer or branch is not schema} for branch in branches]
    return {"anyOf": [*kept, {"$ref": f"{PREFIX}EnvironmentReference"}], **outer}


def _is_limited_scalar(schema: Schema) -> bool:
    if schema.get("type") == "string":
        return bool({"enum", "const", "pattern", "maxLength"} & schema.keys())
    return schema.get("type") in ("integer", "number", "boolean") or "enum" in schema or "const" in schema


def allowed_keys(path: KeyPath, tree: Any) -> list[str]:
    """Return the keys that the mapping at `path` may have; empty where any, or none."""
    names: list[str] = []
    for schema in _at(path, tree):
        names += [name for name in schema.get("properties", {}) if name not in names]
        names += [name for name in schema.get("propertyNames", {}).get("enum", ()) if name not in names]
    return names


def allowed_words(path: KeyPath, tree: Any) -> list[str]:
    """Return the fixed texts that the value at `path` may be."""
    words: list[str] = []
    for schema in _at(path, tree):
        words += [word for word in (*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])) if isinstance(word, str)]
    return words


def allowed_value(path: KeyPath, tree: Any) -> str:
    """Say what the value at `path` may be: `standard, minmax, robust or none`, `auto or a number above 0 and below 0.5`."""
    parts = [_in_words(schema) for schema in _at(path, tree)]
    distinct = list(dict.fromkeys(part for part in parts if part))
    return _listed(distinct) or "any value"


def _at(path: KeyPath, tree: Any) -> list[Schema]:
    """Return the schemas that hold at `path`, branches of unions taken apart."""
    found = [_plain_schema()]
    for depth, key in enumerate(path):
        below = [part for schema in found for part in _below(schema, key, path[:depth], tree)]
        found = [branch for schema in below for branch in _branches(schema)]
    return found


def _below(schema: Schema, key: str | int, path: KeyPath, tree: Any) -> list[Schema]:
    if isinstance(key, int):
        return [schema["items"]] if isinstance(schema.get("items"), dict) else []
    if path == ("clustering_configuration",) and key == "parameters":
        algorithm = lookup(tree, (*path, "algorithm"))
        known = isinstance(algorithm, str) and algorithm in registries.algorithms()
        return [_plain_schema()["$defs"][f"parameters.{algorithm}"]] if known else []
    if key in schema.get("properties", {}):
        return [schema["properties"][key]]
    return [schema["additionalProperties"]] if isinstance(schema.get("additionalProperties"), dict) else []


def _branches(schema: Schema) -> list[Schema]:
    if "$ref" in schema:
        return _branches(_plain_schema()["$defs"][schema["$ref"].removeprefix(PREFIX)])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return [branch for part in schema[key] for branch in _branches(part)]
    return [schema]


def _in_words(schema: Schema) -> str:
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return _listed([str(word) for word in schema["enum"]])
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return f"{'an integer' if kind == 'integer' else 'a number'}{_range(schema)}"
    if kind == "string":
        return _text_in_words(schema)
    if kind == "array":
        return _list_in_words(schema)
    return {"boolean": "true or false", "object": "a mapping of keys to values", "null": "null"}.get(str(kind), "")


def _listed(words: list[str]) -> str:
    *first, last = words or [""]
    return f"{', '.join(first)} or {last}" if first else last


def _range(schema: Schema) -> str:
    names = (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "up to"), ("exclusiveMaximum", "below"))
    parts = [f"{word} {schema[key]:g}" if abs(schema[key]) < 10**6 else f"{word} {schema[key]}" for key, word in names if key in schema]
    return " " + " and ".join(parts) if parts else ""


def _text_in_words(schema: Schema) -> str:
    if "examples" in schema:
        return f"text such as {_listed([str(example) for example in schema['examples']])}"
    if "pattern" in schema:
        return f"text of the form {schema['pattern']}"
    if schema.get("maxLength") == 1:
        return "one character"
    return "text that is not empty" if schema.get("minLength") else "text"


def _list_in_words(schema: Schema) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    if low is not None and low == high:
        return f"a list of {low} values"
    item = schema.get("items", {})
    if not isinstance(item, dict):
        return "a list"
    words = " or ".join(_in_words(branch) for branch in _branches(item)) if item else ""
    return "a list" + (f" of {words}" if words else "") + (" (not empty)" if low else "")
