"""What the files of a torrent are called below its root: as the metainfo says, cleaned, unless they were renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from shoal.api.errors import UserError
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.safe_paths import MAX_STEM_BYTES, clean_element, is_safe_element, make_distinct

TOP = -1
"""The index that means the torrent's own folder where renamed paths are kept."""


# No slots: it remembers what it has computed.
@dataclass(frozen=True)
class TorrentNames:
    """`top` is the torrent's own folder, empty for a single-file torrent; `renamed` has the new paths inside it.

    A value: renaming makes another one.
    """

    layout: FileLayout
    top: tuple[str, ...] = ()
    original_top: tuple[bytes, ...] = ()
    """The metainfo's own bytes for `top`."""
    renamed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    is_top_renamed: bool = False

    def path(self, index: int) -> tuple[str, ...]:
        """The path of a file inside the torrent's own folder."""
        return self.renamed.get(index) or self.layout.files[index].path

    def elements(self, index: int) -> tuple[str, ...]:
        """The path of a file below the root."""
        return (*self.top, *self.path(index))

    def original(self, index: int) -> tuple[bytes, ...]:
        """The metainfo's own bytes for the path below the root; empty for a file that was renamed."""
        original = self.layout.files[index].original_path
        if index in self.renamed or not original:
            return ()
        top = tuple(name.encode("utf-8", "surrogateescape") for name in self.top)
        return (*(top if self.is_top_renamed else self.original_top), *original)

    @cached_property
    def largest(self) -> str:
        """The name of the largest file."""
        files = self.layout.files
        real = (index for index, entry in enumerate(files) if not entry.is_pad)
        return self.path(max(real, key=lambda index: files[index].size))[-1]

    def below(self, path: tuple[str, ...]) -> list[int]:
        """The files that are called `path`, or lie in the folder of that name; padding left out."""
        return [
            index
            for index, entry in enumerate(self.layout.files)
            if not entry.is_pad and self.path(index)[: len(path)] == path
        ]

    def with_name(self, path: tuple[str, ...], new_name: str) -> TorrentNames:
        """The file or folder `path` of the torrent called `new_name`; the empty path is the torrent's own folder.

        Raises UserError: `bad-name` (params: name, why: `empty`, `separator`, `too-long`, `reserved`, `characters`),
        `name-taken` (params: name) when another file of the torrent has it, `no-such-file` (params: path).
        """
        if not is_safe_element(new_name):
            raise UserError("bad-name", name=new_name, why=_why_unsafe(new_name))
        if not path:
            if not self.top:
                raise UserError("no-such-file", path="")
            return replace(self, top=(new_name,), is_top_renamed=True)
        found = self.below(path)
        if not found:
            raise UserError("no-such-file", path="/".join(path))
        renamed = dict(self.renamed)
        for index in found:
            old = self.path(index)
            renamed[index] = (*path[:-1], new_name, *old[len(path) :])
        names = replace(self, renamed=renamed)
        if not names.are_distinct():
            raise UserError("name-taken", name=new_name)
        return names

    def are_distinct(self) -> bool:
        """Whether no two files share a name on any system, and none has the name of another's folder."""
        paths = [self.path(index) for index, entry in enumerate(self.layout.files) if not entry.is_pad]
        return make_distinct(paths) == paths

    def saved(self) -> tuple[tuple[int, str], ...]:
        """What `restored` needs: (index or TOP, path with `/`)."""
        top = ((TOP, self.top[0]),) if self.is_top_renamed else ()
        return (*top, *((index, "/".join(path)) for index, path in sorted(self.renamed.items())))

    def restored(self, saved: Iterable[tuple[int, str]]) -> TorrentNames:
        """These names with what `saved` told, or without all of it when any is bad: kept state is believed no more
        than metainfo."""
        renamed: dict[int, tuple[str, ...]] = {}
        top = self.top
        for index, text in saved:
            path = tuple(text.split("/"))
            if not all(map(is_safe_element, path)):
                return self
            if index == TOP and self.top and len(path) == 1:
                top = path
            elif 0 <= index < len(self.layout.files) and len(path) == len(self.layout.files[index].path):
                renamed[index] = path
            else:
                return self
        names = replace(self, top=top, is_top_renamed=self.is_top_renamed or top != self.top, renamed=renamed)
        return names if not renamed or names.are_distinct() else self


def _why_unsafe(name: str) -> str:
    cleaned = clean_element(name)
    if not name.strip(" ."):
        return "empty"
    if "/" in name or "\\" in name:
        return "separator"
    if len(name.encode("utf-8", "surrogatepass")) > MAX_STEM_BYTES and name.startswith(cleaned[:20]):
        return "too-long"
    return "reserved" if cleaned == "_" + name else "characters"
