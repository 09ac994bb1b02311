"""The columns of a tree of files."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.gui.style.wording import Template, phrase


@dataclass(frozen=True, slots=True)
class TreeColumn:
    """`key` says what its cells show; `is_number` puts them at the far side."""

    key: str
    title: Template
    is_number: bool = False


NAME_COLUMN = TreeColumn("name", phrase("Name"))
SIZE_COLUMN = TreeColumn("size", phrase("Size"), is_number=True)
PRIORITY_COLUMN = TreeColumn("priority", phrase("Priority"))
COLUMNS = (NAME_COLUMN, SIZE_COLUMN, PRIORITY_COLUMN)
