"""The facts of the overview in words."""

from __future__ import annotations

import pytest
from tests.support.fake_client import row

from shoal.api.snapshots import TorrentState
from shoal.gui.details.facts import facts_of, part_of_text
from shoal.gui.details.search_steps import search_steps
from shoal.gui.style.shown_path import short_path
from shoal.gui.style.torrent_facts import piece_length_text

ID = "a" * 40


def test_the_facts_of_the_picture() -> None:
    facts = facts_of(
        row(
            ID,
            wanted=5_600_000_000,
            wanted_done=3_500_000_000,
            downloaded=3_500_000_000,
            uploaded=630_000_000,
            pieces_done=828,
            pieces_total=1335,
            content_path="/home/ada/Downloads/Archipelago",
            trackers=(("127.0.0.1", "working"),),
            next_announce_in=1250.0,
        ),
        4 << 20,
        "/home/ada",
    )
    assert facts.downloaded == "3.5 of 5.6 GB"
    assert facts.uploaded == "630 MB \u00b7 ratio 0.18"
    assert facts.pieces == "828 of 1,335 \u00b7 4 MiB each"
    assert facts.saved_in == "~/Downloads/Archipelago"
    assert facts.folder == "/home/ada/Downloads/Archipelago"
    assert facts.tracker == "answered, asks again in 21 min"


@pytest.mark.parametrize(
    ("done", "total", "text"),
    [(910_000, 5_600_000_000, "910 kB of 5.6 GB"), (5, 5, "all 5 B"), (0, 100, "0 of 100 B")],
)
def test_a_part_names_its_unit_when_it_is_another_one(done: int, total: int, text: str) -> None:
    assert part_of_text(done, total) == text


@pytest.mark.parametrize(("size", "text"), [(4 << 20, "4 MiB"), (256 << 10, "256 KiB"), (1000, "1,000 B")])
def test_piece_sizes(size: int, text: str) -> None:
    assert piece_length_text(size) == text


def test_only_the_own_folder_is_shortened() -> None:
    assert short_path("/home/ada", "/home/ada") == "~"
    assert short_path("/home/adam/x", "/home/ada") == "/home/adam/x"
    assert short_path("C:\\Users\\Ada\\x", "C:\\Users\\Ada") == "~\\x"
    assert short_path("/data", "") == "/data"


@pytest.mark.parametrize(
    ("state", "wait", "text"),
    [
        ("failing", 61.0, "does not answer, asks again in 2 min"),
        ("refused", None, "turned you away"),
        ("waiting", None, "not asked yet"),
        ("asking", 30.0, "being asked now"),
        ("off", None, "not asked any more"),
    ],
)
def test_the_tracker_in_words(state: str, wait: float | None, text: str) -> None:
    assert facts_of(row(ID, trackers=(("t", state),), next_announce_in=wait), 0, "").tracker == text


def test_no_peers_yet_shows_the_live_search() -> None:
    busy = row(ID, trackers=(("a.example", "asking"), ("b.example", "failing")), known_peers=3)
    assert search_steps(busy) == "a.example: being asked now\nb.example: does not answer\ntrying 3 known peers"
    assert "not running" in search_steps(row(ID, state=TorrentState.STOPPED))
    assert "names no tracker" in search_steps(row(ID))
    assert search_steps(row(ID, trackers=(("a", "working"),), next_announce_in=240.0)).endswith("again in 4 min")
