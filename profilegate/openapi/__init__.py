"""Specs: read, checked and parsed into a model; validators of values."""

from profilegate.openapi.json_schema import EXACT_INTEGER, json_schema
from profilegate.openapi.official_checks import validate_spec
from profilegate.openapi.reader import read_spec
from profilegate.openapi.schema import Node, Property, Schema
from profilegate.openapi.sources import pointer
from profilegate.openapi.spec import Operation, Spec
from profilegate.openapi.yaml_files import load_yaml

__all__ = [
    "EXACT_INTEGER",
    "Node",
    "Operation",
    "Property",
    "Schema",
    "Spec",
    "json_schema",
    "load_yaml",
    "pointer",
    "read_spec",
    "validate_spec",
]
