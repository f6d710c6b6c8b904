"""Names of features, and other names that an item is sold with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import WrongTypeError
from .checks import several, text

Feature = str | tuple[str, str]
"""A feature's name, or the kind of seat that has it and the name."""


def feature_names(
    values: Iterable[Feature] | Mapping[str, Iterable[str]],
) -> tuple[Feature, ...]:
    """Return feature names; a mapping names them by unit."""
    if isinstance(values, Mapping):
        values = [
            (unit, name)
            for unit, names in values.items()
            for name in several("features", names, str)
        ]
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise WrongTypeError("features", "Iterable[str]", values)
    found = tuple(values)
    for value in found:
        if type(value) is tuple and len(value) == 2:
            text("unit", value[0])
            text("feature", value[1])
        else:
            text("feature", value)
    return found


def feature_name(feature: Feature) -> str:
    """Return how *feature* is called; the unit is said where it is not a seat."""
    if isinstance(feature, str):
        return feature
    unit, name = feature
    return name if unit == "seat" else f"{name} ({unit})"


def names_of(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as names."""
    return several("names", values, str)


def service_features(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as names of features."""
    return tuple(text("feature", value) for value in several("features", values, str))


def tax_class_of(value: str | None) -> str | None:
    """Return *value*, the name of a tax class or ``None``."""
    return None if value is None else text("tax_class", value)
