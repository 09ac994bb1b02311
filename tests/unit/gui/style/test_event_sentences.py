"""Events of a transfer's history as sentences."""

from __future__ import annotations

import pytest
from tests.support.event_codes import event_codes

from shoal.api.details import TorrentEvent
from shoal.gui.style.event_sentences import event_sentence


def sentence(code: str, **params: str | int | float) -> str:
    return event_sentence(TorrentEvent(0.0, code, params))


def test_the_codes_are_found_where_they_are_written() -> None:
    assert {"added", "file-finished", "limits-changed", "tracker-works", "mended"} <= event_codes()


@pytest.mark.parametrize("code", sorted(event_codes()))
def test_every_code_has_a_sentence_of_its_own(code: str) -> None:
    text = sentence(code)
    assert code not in text.split("\u201c")
    assert "{" not in text
    assert text.endswith((".", "\u201d"))
    assert text != sentence("never-heard-of").replace("never-heard-of", code)


def test_sentences_say_what_happened() -> None:
    assert sentence("piece-damaged", piece=1311) == "Piece 1,311 was damaged and is fetched again."
    assert sentence("checked", good=3, total=8) == "3 of 8 pieces were checked and found good."
    assert sentence("checked", good=8, total=8) == "All 8 pieces were checked and are good."
    assert sentence("limits-changed", down=500_000, up=0) == "Limited to 500 kB/s down; up without a limit."
    assert sentence("limits-changed", down=0, up=0) == "No limit any more."
    assert sentence("tracker-refused", host="t.example", text="members only") == (
        "The tracker t.example said \u201cmembers only\u201d and refused."
    )
    assert sentence("priorities-changed", count=1) == "The priority of one file was changed."


def test_trouble_with_the_disk_is_told_as_elsewhere_and_so_is_its_end() -> None:
    assert sentence("disk-full", path="/films", missing=133_000_000) == (
        "Disk full. 133 MB are missing on the disk of /films."
    )
    assert sentence("mended", was="disk-full") == "It goes on; this is over: Disk full."


def test_a_move_that_failed_says_why() -> None:
    assert sentence("move-failed", folder="/usb", why="name-taken") == (
        "Its files could not be moved to /usb: something has that name there."
    )
    assert sentence("move-failed", folder="/usb", why="new") == "Its files could not be moved to /usb."


def test_a_strangers_text_cannot_leave_its_place() -> None:
    text = sentence("tracker-refused", host="t.example", text="a\u202eb\nc")
    assert "\u202e" not in text
    assert "\n" not in text
