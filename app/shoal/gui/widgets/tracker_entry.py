"""The question for addresses of trackers, one a line, and what is no address of one."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.text_entry import TextEntry
from shoal.metainfo.trackers import MAX_TRACKERS, TRACKER_SCHEMES, clean_url


def tracker_entry(theme: Theme, parent: QWidget | None, known: Collection[str] = ()) -> TextEntry:
    """Its text is for `parse_trackers`; `known` are the addresses that the transfer has."""
    return TextEntry(
        theme,
        parent,
        say("Add trackers"),
        accept_name=say("Add trackers"),
        text=say("Type or paste the addresses, one a line. They are asked at once."),
        example="udp://tracker.example:6969/announce",
        check=lambda text: wrong_with_trackers(text, known),
        many_lines=True,
    )


def parse_trackers(text: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """The usable addresses of `text` that are not `known`, one a line, each once."""
    urls = (clean_url(line, TRACKER_SCHEMES) for line in text.splitlines() if line.strip())
    found = tuple(dict.fromkeys(url for url in urls if url is not None))[:MAX_TRACKERS]
    return tuple(url for url in found if url not in known)


def wrong_with_trackers(text: str, known: Collection[str] = ()) -> str:
    """What is wrong with the first line that is no tracker's address, or with all of them; empty when nothing is."""
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if clean_url(line, TRACKER_SCHEMES) is None:
            return say("Line {number} is no tracker's address: it must begin with http, https or udp.", number=number)
    if len(lines) > MAX_TRACKERS:
        return say_count(MAX_TRACKERS, "At most {n} tracker.", "At most {n} trackers.")
    if lines and not parse_trackers(text, known):
        count = len(parse_trackers(text))
        return say_count(count, "It is in the list already.", "They are all in the list already.")
    return ""
