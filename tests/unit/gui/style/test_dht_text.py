from __future__ import annotations

import pytest

from shoal.api.details import TrackerRow
from shoal.api.snapshots import SessionTotals
from shoal.gui.style.dht_text import dht_text
from shoal.gui.style.tracker_sentences import looking_for_peers


@pytest.mark.parametrize(
    ("totals", "words", "hint", "token"),
    [
        (SessionTotals(), "off", "switched off", "ink3"),
        (SessionTotals(dht_state="starting"), "starting", "Looking for other clients", "ink3"),
        (SessionTotals(dht_state="no-answer"), "no answer", "firewall", "warn"),
        (SessionTotals(dht_state="working", dht_nodes=312), "312 nodes", "without a tracker", "ok"),
        (SessionTotals(dht_state="working", dht_nodes=1), "1 node", "without a tracker", "ok"),
        (SessionTotals(dht_state="working", dht_nodes=9, is_dht_read_only=True), "9 nodes", "answers nobody", "ok"),
    ],
)
def test_how_it_goes(totals: SessionTotals, words: str, hint: str, token: str) -> None:
    text = dht_text(totals)
    assert text.words == words
    assert hint in text.hint
    assert text.token == token


@pytest.mark.parametrize(
    ("state", "asked_at", "sentence"),
    [
        ("asking", None, "No peers yet: searching the DHT"),
        ("waiting", None, "No peers yet: about to search the DHT"),
        ("working", 5.0, "No peers yet: searched the DHT, next in 4 min"),
        ("failing", 5.0, "No peers yet: it names no tracker, and nobody in the DHT answers"),
        ("off", None, "No peers yet: it names no tracker"),
    ],
)
def test_a_transfer_without_a_tracker_is_looked_for_in_the_dht(
    state: str, asked_at: float | None, sentence: str
) -> None:
    row = TrackerRow("dht", -1, state, None, None, 0, 240.0, "", asked_at)
    assert looking_for_peers((row,), is_running=True).startswith(sentence)


def test_trackers_are_counted_without_the_dht() -> None:
    rows = (
        TrackerRow("udp://one.example", 0, "asking", None, None, 0, None, ""),
        TrackerRow("dht", -1, "asking", None, None, 0, None, ""),
    )
    assert looking_for_peers(rows, is_running=True) == "No peers yet: asking 1 tracker"
