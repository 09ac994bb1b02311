"""What a broken torrent file holds, as plain lines: its values up to where it breaks, else its text, else its bytes.

Pure and bounded; whatever could do something to the screen is shown as its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from shoal.gui.style.numbers import whole
from shoal.gui.style.wording import say, say_count

MOST_LINES = 300
LONGEST_TEXT = 160
"""Characters of one value, or of one line of text."""
MOST_TEXT_BYTES, MOST_RAW_BYTES, BYTES_A_LINE = 32_768, 512, 16
_LOOKED_AT = 512
"""Bytes that tell whether a file is text."""
_LENGTH = re.compile(rb"([0-9]{1,12}):")
_NUMBER = re.compile(rb"i(-?[0-9]{1,20})e")
_INDENT, _HERE = "    ", "\u25b6 "


def contents_text(data: bytes) -> str:
    """The lines to show of a file that holds `data`; where it is longer than that, it says so."""
    head = say_count(len(data), "{n} byte in all", "{n} bytes in all")
    if not data:
        return head
    if data[:1] in (b"d", b"l"):
        lines = _values(data)
    elif is_text(data):
        lines = (_visible(line) for line in data[:MOST_TEXT_BYTES].decode("utf-8", "replace").splitlines())
    else:
        lines = _raw(data)
    shown = list(islice(lines, MOST_LINES))
    more = [say("\u2026 the rest is left out")] if next(iter(lines), None) is not None else []
    # Said first, too: in a long file it would be far below.
    broken = [line.removeprefix(_HERE) for line in shown if line.startswith(_HERE)]
    return "\n".join((head, *broken, "", *shown, *more))


def is_text(data: bytes) -> bool:
    """True for a file that a person can read."""
    text = data[:_LOOKED_AT].decode("utf-8", "replace")
    readable = sum(character.isprintable() or character in "\t\r\n" for character in text)
    return readable - text.count("\ufffd") >= 0.9 * len(text)


def _values(data: bytes) -> Iterator[str]:
    """One line for each value of a bencoded file, as far as it can be read, and why it goes no further."""
    at, enclosing, key = 0, list[bytes](), ""
    while at < len(data):
        kind = data[at : at + 1]
        before = _INDENT * len(enclosing) + (f"{key}: " if key else "")
        if kind == b"e" and enclosing and not key:
            enclosing.pop()
            at += 1
        elif kind in (b"d", b"l"):
            yield before + (say("dictionary") if kind == b"d" else say("list"))
            enclosing.append(kind)
            at, key = at + 1, ""
        elif (number := _NUMBER.match(data, at)) is not None:
            yield before + number[1].decode()
            at, key = number.end(), ""
        elif (length := _LENGTH.match(data, at)) is not None:
            start, end = length.end(), length.end() + int(length[1])
            if end > len(data):
                if before.strip():
                    yield before.rstrip()
                yield _broken(
                    say(
                        "Cut short at byte {at}: {promised} bytes should follow, and {left} do.",
                        at=whole(at),
                        promised=whole(end - start),
                        left=whole(len(data) - start),
                    )
                )
                return
            if enclosing and enclosing[-1] == b"d" and not key:
                key = _visible(data[start : min(end, start + 4 * LONGEST_TEXT)].decode("utf-8", "replace")) or "\u2013"
            else:
                yield before + _string(data, start, end)
                key = ""
            at = end
        else:
            if before.strip():
                yield before.rstrip()
            yield _broken(say("Broken at byte {at}: nothing that belongs here begins so.", at=whole(at)))
            yield from _raw(data[at : at + 2 * BYTES_A_LINE])
            return
        if not enclosing:
            if at < len(data):
                yield say_count(len(data) - at, "{n} byte more behind its end", "{n} bytes more behind its end")
            return
    yield _broken(say("Cut short at byte {at}: the file ends here, in the middle.", at=whole(at)))


def _broken(words: str) -> str:
    return f"{_HERE}{words}"


def _string(data: bytes, start: int, end: int) -> str:
    part = data[start : min(end, start + 4 * LONGEST_TEXT)]
    if is_text(part):
        return f"\u201c{_visible(part.decode('utf-8', 'replace'))}\u201d"
    return say_count(end - start, "{n} byte that is not text", "{n} bytes that are not text")


def _raw(data: bytes) -> Iterator[str]:
    """Bytes in hex, and beside them those that are letters."""
    for start in range(0, min(len(data), MOST_RAW_BYTES), BYTES_A_LINE):
        part = data[start : start + BYTES_A_LINE]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "\u00b7" for byte in part)
        yield f"{part.hex(' '):<{3 * BYTES_A_LINE}} {letters}"
    if len(data) > MOST_RAW_BYTES:
        yield say("\u2026 the rest is left out")


def _visible(text: str) -> str:
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text[:LONGEST_TEXT].replace("\t", "  ")
    )
    return shown if len(text) <= LONGEST_TEXT else f"{shown}\u2026"
