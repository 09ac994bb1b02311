"""Paths from strangers made safe for every system: each element on its own, then the whole list against itself.

The rules are the same everywhere, so that a download can move between systems and a path means the same file on all.
This is the string half of the proof; that no parent folder is a symbolic link is proven on the disk, by storage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MAX_STEM_BYTES = 240
"""UTF-8 bytes kept of an element in front of its extension."""
MAX_EXTENSION_BYTES = 15
"""A last `.part` up to this long, dot included, survives the cut; so an element never exceeds 255 bytes."""
MAX_PATH_DEPTH = 100
"""Elements of one path."""

PLACEHOLDER = "_"
_PLAIN = re.compile(r"[A-Za-z0-9_()\[\]{}+,;=@#%&'!~^$-][A-Za-z0-9_()\[\]{}+,;=@#%&'!~^$ .-]{0,199}").fullmatch
_SEPARATORS = "/\\"
_REPLACED = '<>:"|?*'
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])", re.IGNORECASE).fullmatch
# What the rules below leave as it is, told by one look at the bytes: nearly every name of a torrent of 100,000 files.
_UNCHANGED = re.compile(
    rb"(?!(?i:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9]) *(?:\.|\Z))"
    rb"[A-Za-z0-9_()\[\]{}+,;=@#%&'!~^$ .-]{0,199}[A-Za-z0-9_()\[\]{}+,;=@#%&'!~^$-]"
).fullmatch
# Only these: a codec looked up by a name from a stranger could be anything that Python has under that name.
_LEGACY_ENCODINGS = frozenset(
    {"gbk", "gb2312", "gb18030", "big5", "big5hkscs", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "koi8_r"}
    | {"koi8_u", "cp866", "cp874", "latin_1", "iso8859_1"}
    | {f"{vendor}{number}" for vendor in ("cp", "windows_") for number in range(1250, 1259)}
)


def decode_name(raw: bytes, encoding: str = "") -> str:
    """Bytes of a name as text: UTF-8, or the metainfo's old `encoding` where that is one we know and it fits.

    What is still no text, overlong forms among it, becomes `_`.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    codec = encoding.strip().lower().replace("-", "_")
    if codec in _LEGACY_ENCODINGS:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            pass
    return raw.decode("utf-8", "replace").replace("\N{REPLACEMENT CHARACTER}", PLACEHOLDER)


def clean_element(text: str) -> str:
    """One path element that every system takes as a plain name; empty when nothing usable is left (`..`, `/`, blanks).

    Separators, controls (C0, C1, NUL), bidi overrides and zero-width characters go; characters that Windows refuses,
    `:` among them, become `_`; trailing dots and blanks go; device names get a `_` in front; an overlong name is cut
    before its extension. Cleaning twice changes nothing more.
    """
    if not _PLAIN(text):
        text = "".join(map(_clean_character, text))
    text = _shorten(text.rstrip(" ."))
    if _RESERVED(text.partition(".")[0].rstrip(" ")):
        text = _shorten(PLACEHOLDER + text)
    return text


def clean_name(raw: bytes, encoding: str = "") -> str:
    """`clean_element` of `decode_name`."""
    return raw.decode("ascii") if _UNCHANGED(raw) else clean_element(decode_name(raw, encoding))


def is_safe_element(text: str) -> bool:
    """Whether `text` may be used as a file or folder name as it stands; also for names that the user types."""
    return bool(text) and clean_element(text) == text


def same_name_key(text: str) -> str:
    """What two names share when a system that ignores case, or how accents are composed, takes them for one."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded))


def make_distinct(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Cleaned paths, in order, renamed so that no two name the same file on any system, and none is another's folder.

    The first keeps its name, later ones get ` (2)`, ` (3)`... before the extension; a file where others need a folder
    gives way. The result depends on the paths alone, so that it is the same at every start.
    """
    known = {element: same_name_key(element) for element in {element for path in paths for element in path}}
    keys = [tuple(map(known.__getitem__, path)) for path in paths]
    folders: set[tuple[str, ...]] = set()
    for folder in {key[:-1] for key in keys}:
        parent = folder
        while parent and parent not in folders:
            folders.add(parent)
            parent = parent[:-1]
    reserved = set(keys) | folders
    taken: set[tuple[str, ...]] = set()
    next_number: dict[tuple[str, ...], int] = {}
    result: list[tuple[str, ...]] = []
    for path, key in zip(paths, keys, strict=True):
        if key in taken or key in folders:
            number = next_number.get(key, 2)
            while True:
                name = _numbered(path[-1], number)
                renamed = (*key[:-1], same_name_key(name))
                number += 1
                if renamed not in reserved:
                    break
            next_number[key] = number
            reserved.add(renamed)
            result.append((*path[:-1], name))
        else:
            taken.add(key)
            result.append(path)
    return result


def _clean_character(character: str) -> str:
    if character in _SEPARATORS:
        return ""
    if character in _REPLACED:
        return PLACEHOLDER
    if unicodedata.category(character) in _REMOVED_CATEGORIES:
        return ""
    return character


def _split_extension(text: str) -> tuple[str, str]:
    stem, dot, extension = text.rpartition(".")
    if not stem or len(extension.encode()) >= MAX_EXTENSION_BYTES:
        return text, ""
    return stem, dot + extension


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode("utf-8", "ignore")


def _shorten(text: str) -> str:
    if len(text) * 4 <= MAX_STEM_BYTES or len(text.encode()) <= MAX_STEM_BYTES:
        return text
    stem, extension = _split_extension(text)
    return (_cut(stem, MAX_STEM_BYTES) + extension).rstrip(" .")


def _numbered(name: str, number: int) -> str:
    stem, extension = _split_extension(name)
    suffix = f" ({number})"
    return _cut(stem, MAX_STEM_BYTES - len(suffix)) + suffix + extension
