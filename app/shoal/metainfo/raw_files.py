"""Files as the info dictionary lists them, still raw, and how they become safe, laid-out `TorrentFile` values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import ne
from typing import NamedTuple, cast

from shoal.metainfo.errors import MetainfoError, Refusal
from shoal.metainfo.file_layout import TorrentFile
from shoal.metainfo.safe_paths import MAX_PATH_DEPTH, PLACEHOLDER, clean_name, make_distinct, same_name_key
from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import Fields
from shoal.protocol.untrusted_text import clean_text

MAX_FILE_SIZE = 2**62

_ONLY_BYTES = {bytes}
_FREED_AT_ONCE = 4096
"""No thread runs while a list is freed with all that is in it: 50 ms for 100,000 entries of `files`."""


class RawFile(NamedTuple):
    """One entry of `files` (BEP 3, 47) or one leaf of `file tree` (BEP 52). `size` in bytes, 0 for symbolic links."""

    path: tuple[bytes, ...]
    size: int
    shown_path: tuple[bytes, ...]
    """`path.utf-8` where there is one."""
    attributes: bytes = b""
    link: tuple[bytes, ...] | None = None
    """`symlink path` of a link, `()` when it has none; None for ordinary files."""
    pieces_root: bytes | None = None

    @property
    def is_pad(self) -> bool:
        return b"p" in self.attributes

    @property
    def label(self) -> str:
        """Its last name as plain, bounded text for a sentence."""
        return clean_text(self.shown_path[-1], 80)


class CleanedFiles(NamedTuple):
    """Files ready to be laid out, and sentences on what had to be changed."""

    files: tuple[TorrentFile, ...]
    problems: tuple[str, ...]


def read_size(fields: Fields, where: str) -> int:
    """`length` of a file in bytes; MetainfoError when it is missing, no number or negative."""
    size = fields.get(b"length")
    if size is None:
        raise MetainfoError(Refusal.MISSING, f"The size of {where} is missing.")
    if not isinstance(size, int):
        raise MetainfoError(Refusal.BAD_VALUE, f"The size of {where} is not a number.")
    if size < 0:
        raise MetainfoError(Refusal.BAD_VALUE, f"The size of {where} is negative.")
    if size > MAX_FILE_SIZE:
        raise MetainfoError(Refusal.TOO_BIG, f"The size of {where} is beyond what any disk holds.")
    return size


def read_attributes(fields: Fields) -> tuple[bytes, tuple[bytes, ...] | None]:
    """`attr` and, for a link, its `symlink path` (BEP 47); odd values count as absent."""
    attributes = fields.get(b"attr")
    if not isinstance(attributes, bytes):
        return b"", None
    if b"l" not in attributes:
        return attributes, None
    return attributes, read_path(fields.get(b"symlink path")) or ()


def read_path(value: BValue | None) -> tuple[bytes, ...] | None:
    """A list of byte strings, at least one; None for anything else."""
    # One set instead of a test per element: this runs for each of up to 100,000 files.
    if not isinstance(value, list) or set(map(type, value)) != _ONLY_BYTES:
        return None
    return tuple(cast("list[bytes]", value))


def read_v1_files(info: Fields) -> list[RawFile] | None:
    """The entries of `files` in order; None when there is no such key. MetainfoError on any broken entry.

    The list is emptied: see `_FREED_AT_ONCE`.
    """
    value = info.get(b"files")
    if value is None:
        return None
    if not isinstance(value, list):
        raise MetainfoError(Refusal.BAD_VALUE, "The list of files is not a list.")
    result: list[RawFile] = []
    for number, entry in enumerate(value, 1):
        if not isinstance(entry, dict):
            raise MetainfoError(Refusal.BAD_VALUE, f"Entry {number} of the list of files is not a dictionary.")
        path = read_path(entry.get(b"path"))
        if path is None:
            refusal = Refusal.BAD_VALUE if b"path" in entry else Refusal.MISSING
            raise MetainfoError(refusal, f"The path of file {number} is missing or is not a list of names.")
        if len(path) > MAX_PATH_DEPTH:
            raise MetainfoError(
                Refusal.TOO_BIG, f"File {number} lies {len(path)} folders deep; at most {MAX_PATH_DEPTH} are taken."
            )
        shown = read_path(entry.get(b"path.utf-8")) if b"path.utf-8" in entry else None
        if shown is None or len(shown) > MAX_PATH_DEPTH:
            shown = path
        if b"attr" in entry:
            attributes, link = read_attributes(entry)
            length = read_size(entry, f"file {number}") if link is None else 0
            result.append(RawFile(path, length, shown, attributes, link))
        else:
            size = entry.get(b"length")
            if isinstance(size, int) and 0 <= size <= MAX_FILE_SIZE:
                result.append(RawFile(path, size, shown))
            else:
                result.append(RawFile(path, read_size(entry, f"file {number}"), shown))
    while value:
        del value[-_FREED_AT_ONCE:]
    return result


def clean_files(raw_files: Sequence[RawFile], encoding: str) -> CleanedFiles:
    """Lay `raw_files` out one after the other under safe, distinct paths, links resolved."""
    paths, repaired = _clean_paths(raw_files, encoding)
    targets: dict[tuple[bytes, ...], tuple[str, ...]] = {}
    if any(entry.link is not None for entry in raw_files):
        targets = {
            entry.path: path
            for entry, path in zip(raw_files, paths, strict=True)
            if entry.link is None and not entry.is_pad
        }
    offset = 0
    dropped_links = 0
    files: list[TorrentFile] = []
    for entry, path in zip(raw_files, paths, strict=True):
        original, size, _, attributes, link, root = entry
        if not attributes:
            files.append(TorrentFile(path, size, offset, original, pieces_root=root))
        else:
            target = targets.get(link) if link else None
            dropped_links += link is not None and target is None
            files.append(
                TorrentFile(
                    path=path,
                    size=size,
                    offset=offset,
                    original_path=original,
                    is_pad=entry.is_pad,
                    is_executable=b"x" in attributes,
                    is_hidden=b"h" in attributes,
                    is_symlink=link is not None,
                    symlink_target=target,
                    pieces_root=root,
                )
            )
        offset += size
    problems: list[str] = []
    if repaired:
        problems.append(
            f"{_count(len(repaired), 'name')} had to be changed so that every system takes them; "
            f"the first is now {'/'.join(paths[repaired[0]])}."
        )
    if dropped_links:
        problems.append(f"{_count(dropped_links, 'link')} to something that is no file of this torrent left out.")
    return CleanedFiles(tuple(files), tuple(problems))


def _clean_paths(raw_files: Sequence[RawFile], encoding: str) -> tuple[list[tuple[str, ...]], list[int]]:
    """A safe path for each file, distinct where they are no padding; and the indices of those that were changed."""
    folders: dict[tuple[bytes, ...], _Folder] = {}
    names_in: dict[tuple[str, ...], set[str]] = {}
    paths: list[tuple[str, ...]] = []
    repaired: list[int] = []
    real: list[int] = []
    named = 0
    for index, entry in enumerate(raw_files):
        shown = entry.shown_path
        folder = folders.get(shown[:-1])
        if folder is None:
            folder = folders[shown[:-1]] = _clean_folder(shown[:-1], encoding, names_in)
        raw = shown[-1]
        name = clean_name(raw, encoding)
        paths.append((*folder.path, name) if name else folder.path or (PLACEHOLDER,))
        # Padding has no file on the disk, so its name may meet another's.
        if entry.attributes and entry.is_pad:
            continue
        real.append(index)
        if folder.is_changed or name.encode() != raw:
            repaired.append(index)
        if name:
            folder.names.add(same_name_key(name))
            named += 1
    if named < len(real) or named > sum(map(len, names_in.values())) or _is_folder_a_file(names_in):
        for index, path in zip(real, make_distinct([paths[index] for index in real]), strict=True):
            if path != paths[index]:
                paths[index] = path
                repaired.append(index)
        repaired = sorted(set(repaired))
    return paths, repaired


class _Folder(NamedTuple):
    path: tuple[str, ...]
    is_changed: bool
    names: set[str]
    """`same_name_key` of the files in it, shared by all the folders that some system takes for the same one."""


def _clean_folder(raw: tuple[bytes, ...], encoding: str, names_in: dict[tuple[str, ...], set[str]]) -> _Folder:
    cleaned = [clean_name(element, encoding) for element in raw]
    is_changed = any(map(ne, map(str.encode, cleaned), raw))
    path = tuple(filter(None, cleaned))
    return _Folder(path, is_changed, names_in.setdefault(tuple(map(same_name_key, path)), set()))


def _is_folder_a_file(names_in: Mapping[tuple[str, ...], set[str]]) -> bool:
    """Whether a folder, or one that it lies in, has the name of a file beside it."""
    seen: set[tuple[str, ...]] = set()
    for folder in names_in:
        inner = folder
        while inner and inner not in seen:
            seen.add(inner)
            if inner[-1] in names_in.get(inner[:-1], ()):
                return True
            inner = inner[:-1]
    return False


def aligned(raw_files: Iterable[RawFile], piece_length: int) -> list[RawFile]:
    """Files of a v2-only torrent with the padding behind each that BEP 52 implies: every file starts a piece."""
    result: list[RawFile] = []
    for entry in raw_files:
        result.append(entry)
        rest = -entry.size % piece_length
        if rest:
            path = (b".pad", str(rest).encode())
            result.append(RawFile(path, rest, path, b"p"))
    return result


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
