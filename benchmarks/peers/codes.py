"""The closed lists of specs/kraken.yaml, for those who write them as types."""

from typing import Any, Literal

from benchmarks.peers.spec import read_document

_schemas: dict[str, Any] = read_document()["components"]["schemas"]
_occupations = _schemas["Occupation"]["enum"]

Country = Literal[tuple(_schemas["CountryCode"]["enum"])]
Occupation = Literal[tuple(name for name in _occupations if name is not None)]
PHONE: str = _schemas["UserUpdate"]["properties"]["phone"]["pattern"]
LANGUAGE: str = _schemas["UserUpdate"]["properties"]["language"]["pattern"]
