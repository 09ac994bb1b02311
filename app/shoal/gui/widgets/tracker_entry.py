"""The question for addresses of trackers, one a line, and what is no address of one."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.text_entry import TextEntry
from shoal.metainfo.trackers import MAX_TRACKERS, TRACKER_SCHEMES, clean_tiers, clean_url

Tiers = tuple[tuple[str, ...], ...]


EDIT_HEIGHT = 260


def tracker_entry(
    theme: Theme, parent: QWidget | None, known: Collection[str] = (), *, is_private: bool = False
) -> TextEntry:
    """Its text is for `parse_trackers`; `known` are the addresses that the transfer has."""
    return TextEntry(
        theme,
        parent,
        say("Add trackers"),
        accept_name=say("Add trackers"),
        text=_warned(say("Type or paste the addresses, one a line. They are asked at once."), is_private=is_private),
        example="udp://tracker.example:6969/announce",
        check=lambda text: wrong_with_trackers(text, known),
        many_lines=True,
    )


def tiers_entry(theme: Theme, parent: QWidget | None, tiers: Tiers, *, is_private: bool = False) -> TextEntry:
    """All trackers of a transfer as text; what was typed is for `parse_tiers`."""
    words = say(
        "One address a line. A blank line begins a tier: one that is asked when those above know too few peers."
    )
    return TextEntry(
        theme,
        parent,
        say("Edit trackers"),
        accept_name=say("Save"),
        text=_warned(words, is_private=is_private),
        present=tiers_text(tiers),
        example="udp://tracker.example:6969/announce",
        check=wrong_with_tiers,
        may_be_empty=True,
        many_lines=True,
        lines_height=EDIT_HEIGHT,
    )


def address_entry(
    theme: Theme, parent: QWidget | None, url: str, known: Collection[str], *, is_private: bool = False
) -> TextEntry:
    """Another address in the place of `url`."""
    return TextEntry(
        theme,
        parent,
        say("Edit address"),
        accept_name=say("Save"),
        text=_warned("", is_private=is_private),
        present=url,
        check=lambda text: "" if text == url else wrong_with_trackers(text, known),
    )


def tiers_text(tiers: Tiers) -> str:
    """One address a line, a blank line between tiers."""
    return "\n\n".join("\n".join(tier) for tier in tiers)


def parse_tiers(text: str) -> Tiers:
    """The tiers of `tiers_text`; an address counts where it comes first, and what is none is left out."""
    tiers: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            tiers[-1].append(line)
        else:
            tiers.append([])
    return clean_tiers(tiers)[0]


def wrong_with_tiers(text: str) -> str:
    """What is wrong with it; empty when nothing is."""
    return _bad_line(text)


def _warned(words: str, *, is_private: bool) -> str:
    if not is_private:
        return words
    warning = say("This torrent is private: trackers other than its own may break the rules of its site.")
    return say("{words} {warning}", words=words, warning=warning) if words else warning


def parse_trackers(text: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """The usable addresses of `text` that are not `known`, one a line, each once."""
    urls = (clean_url(line, TRACKER_SCHEMES) for line in text.splitlines() if line.strip())
    found = tuple(dict.fromkeys(url for url in urls if url is not None))[:MAX_TRACKERS]
    return tuple(url for url in found if url not in known)


def wrong_with_trackers(text: str, known: Collection[str] = ()) -> str:
    """What is wrong with the first line that is no tracker's address, or with all of them; empty when nothing is."""
    bad = _bad_line(text)
    if bad:
        return bad
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and not parse_trackers(text, known):
        count = len(parse_trackers(text))
        return say_count(count, "It is in the list already.", "They are all in the list already.")
    return ""


def _bad_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if clean_url(line, TRACKER_SCHEMES) is None:
            return say("Line {number} is no tracker's address: it must begin with http, https or udp.", number=number)
    if len(lines) > MAX_TRACKERS:
        return say_count(MAX_TRACKERS, "At most {n} tracker.", "At most {n} trackers.")
    return ""
