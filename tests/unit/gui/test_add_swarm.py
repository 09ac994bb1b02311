"""What the add window says of trackers that were asked before the start."""

from __future__ import annotations

import pytest
from tests.support.torrent_samples import torrent_bytes

from shoal.api.details import SwarmLookup
from shoal.gui.dialogs.add_swarm import swarm_words
from shoal.gui.dialogs.torrent_preview import TorrentPreview, parse_preview, tracker_sentence
from shoal.gui.style.swarm_health import Health
from shoal.protocol.bencode import decode, encode

SILENT = SwarmLookup(failed=(("a.example", "unknown-host"), ("b.example", "timeout")))


def preview(*trackers: str) -> TorrentPreview:
    top = decode(torrent_bytes("Sample", {"one.mkv": 30_000}))
    assert isinstance(top, dict)
    top.pop(b"announce", None)
    tiers = [[url.encode()] for url in trackers]
    return parse_preview(encode({**top, b"announce-list": tiers} if tiers else top))


TWO = preview("http://a.example/announce", "udp://b.example:80")


@pytest.mark.parametrize(
    ("lookup", "expected"),
    [
        (None, "tracker a.example and 1 more"),
        (SwarmLookup(), "tracker a.example and 1 more"),
        (SwarmLookup("b.example", 9, 31, (("a.example", "timeout"),)), "tracker b.example answers"),
        (SwarmLookup(failed=(("a.example", "timeout"),)), "tracker a.example and 1 more"),
        (SILENT, "2 trackers do not answer"),
    ],
)
def test_two_trackers(lookup: SwarmLookup | None, expected: str) -> None:
    assert tracker_sentence(TWO, lookup) == expected


def test_one_tracker_and_none() -> None:
    alone = preview("http://a.example/announce")
    silent = SwarmLookup(failed=(("a.example", "tls"),))
    assert tracker_sentence(alone, silent) == "tracker a.example does not answer"
    assert tracker_sentence(alone, SwarmLookup("a.example")) == "tracker a.example answers"
    assert tracker_sentence(preview(), None) == "no tracker"
    assert swarm_words(preview().trackers, None).note == "It names no tracker"


@pytest.mark.parametrize(
    ("lookup", "level", "word", "note"),
    [
        (None, Health.UNKNOWN, "Asking\u2026", "How large the swarm is"),
        (SwarmLookup("b.example", 9, 31), Health.GOOD, "Good swarm", "9 seeds \u00b7 31 peers"),
        (SwarmLookup("b.example", 0, 0), Health.VERY_THIN, "Very thin swarm", "0 seeds \u00b7 0 peers"),
        (SwarmLookup("b.example"), Health.UNKNOWN, "Unknown until started", "It tells no numbers"),
        (SwarmLookup(), Health.UNKNOWN, "Unknown until started", "Its trackers cannot tell"),
        (SILENT, Health.NO_ANSWER, "No answer", "Asked again at the start"),
    ],
)
def test_the_badge(lookup: SwarmLookup | None, level: Health, word: str, note: str) -> None:
    words = swarm_words(TWO.trackers, lookup)
    assert (words.level, words.word, words.note) == (level, word, note)


def test_the_silent_ones_are_named_with_the_cause() -> None:
    assert swarm_words(TWO.trackers, SILENT).hint.split("\n") == [
        "a.example cannot be asked: its address is not known.",
        "b.example does not answer.",
    ]
