"""Compares what an official client's models say with ours, field by field."""

import typing
from collections.abc import Iterable, Iterator

from pydantic import BaseModel


def forms(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that a field may hold."""
    if isinstance(annotation, typing.TypeAliasType):
        yield from forms(annotation.__value__)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from forms(part)


def missing(
    published: Iterable[type[BaseModel]], ours: Iterable[type[BaseModel]], path: str = ""
) -> list[str]:
    """The published fields that our models lack; what is free-form here is not looked into."""
    ours = list(ours)
    if any(one.model_config.get("extra") == "allow" for one in ours):
        return []
    known = {field.alias or name: field for one in ours for name, field in one.model_fields.items()}
    found: list[str] = []
    for one in published:
        for name, field in one.model_fields.items():
            wire = field.alias or name
            if wire not in known:
                found.append(path + wire)
            elif within := list(forms(known[wire].annotation)):
                found += missing(list(forms(field.annotation)), within, f"{path}{wire}.")
    return found
