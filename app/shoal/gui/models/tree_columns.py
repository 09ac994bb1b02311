"""The columns of a tree of files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TreeColumn:
    """`key` says what its cells show; `is_number` puts them at the far side."""

    key: str
    title: str
    is_number: bool = False


NAME_COLUMN = TreeColumn("name", "Name")
SIZE_COLUMN = TreeColumn("size", "Size", is_number=True)
PRIORITY_COLUMN = TreeColumn("priority", "Priority")
COLUMNS = (NAME_COLUMN, SIZE_COLUMN, PRIORITY_COLUMN)
