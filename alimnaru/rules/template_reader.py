"""Reads a submitted JSON object strictly: every key is known, every value has its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar


class TemplateUnreadable(ValueError):  # noqa: N818 - the name says what is wrong
    """Stored or submitted JSON is not a template. `where` is a path such as `buttons[0].type`."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where or 'template'}: {problem}")
        self.where = where
        self.problem = problem


_Choice = TypeVar("_Choice", bound=StrEnum)


class Reader:
    """Takes typed values out of one JSON object and knows which keys nobody asked for."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise TemplateUnreadable(where, "an object is needed")
        self._data = data
        self._where = where
        self._asked: set[str] = set()

    def path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def raw(self, key: str) -> object:
        self._asked.add(key)
        return self._data.get(key)

    def text(self, key: str) -> str | None:
        """Return the string; a form's empty field and null are both "absent"."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise TemplateUnreadable(self.path(key), "text is needed")
        return value

    def flag(self, key: str) -> bool:
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise TemplateUnreadable(self.path(key), "true or false is needed")

    def choice(self, key: str, among: type[_Choice], default: _Choice | None = None) -> _Choice:
        value = self.text(key)
        if value is None and default is not None:
            return default
        for member in among:
            if value == member.value:
                return member
        raise TemplateUnreadable(self.path(key), f"one of {', '.join(among)} is needed")

    def many(self, key: str) -> list[tuple[object, str]]:
        """Return the elements of an array, each with its path."""
        value = self.raw(key)
        if value is None:
            return []
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise TemplateUnreadable(self.path(key), "a list is needed")
        return [(element, f"{self.path(key)}[{at}]") for at, element in enumerate(value)]

    def close(self) -> None:
        # A mistyped key would silently drop a part, and Kakao would refuse every message.
        for key in self._data:
            if key not in self._asked:
                raise TemplateUnreadable(self.path(str(key)), "unknown key")
