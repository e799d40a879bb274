"""Reads a SAM template without evaluating its functions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class _TemplateLoader(yaml.CSafeLoader):
    """Knows CloudFormation's short forms: `!Ref X` is read as `{"Ref": "X"}`, `!GetAtt X.Y` as `{"GetAtt": "X.Y"}`."""


def _function(loader: yaml.CSafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            return {name: loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {name: loader.construct_sequence(node, deep=True)}
        case yaml.MappingNode():
            return {name: loader.construct_mapping(node, deep=True)}
    message = f"unknown YAML node {node!r}"
    raise TypeError(message)


_TemplateLoader.add_multi_constructor("!", _function)


def read_template(path: Path) -> Mapping[str, Any]:
    """The template as plain values."""
    template: Mapping[str, Any] = yaml.load(path.read_text(), Loader=_TemplateLoader)  # noqa: S506 # nosec B506 # a SafeLoader
    return template


def resources_of(path: Path) -> Mapping[str, Any]:
    """The template's resources by logical id."""
    resources: Mapping[str, Any] = read_template(path)["Resources"]
    return resources
