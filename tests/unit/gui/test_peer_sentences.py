"""Every situation of a peer has its words, and nobody is judged too early."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.api.details import PeerRow
from shoal.gui.style.peer_sentences import activity, address, connection, fairness, has_text, spoken_peer

IDLE = PeerRow(
    host="10.0.0.3",
    port=6881,
    client="qBittorrent 4.6.2",
    has=0.5,
    down_rate=0.0,
    up_rate=0.0,
    downloaded=0,
    uploaded=0,
    is_incoming=False,
    am_choking=True,
    am_interested=False,
    peer_choking=True,
    peer_interested=False,
    is_snubbed=False,
    source="tracker",
)
WANTED = replace(IDLE, am_interested=True)


@pytest.mark.parametrize(
    ("peer", "words", "token"),
    [
        (replace(WANTED, down_rate=9e5, peer_choking=False), "sends to you", "down"),
        (replace(WANTED, down_rate=9e5, up_rate=5e4), "sends to you, you send", "down"),
        (replace(IDLE, up_rate=5e4, peer_interested=True), "you send", "up"),
        (WANTED, "you are waiting for a slot", "ink2"),
        (replace(WANTED, is_snubbed=True), "has stopped sending", "warn"),
        (replace(WANTED, peer_choking=False, requests=1), "asked for 1 block, none came yet", "ink2"),
        (replace(WANTED, peer_choking=False, requests=12), "asked for 12 blocks, none came yet", "ink2"),
        (replace(WANTED, peer_choking=False), "nothing asked", "ink2"),
        (replace(IDLE, peer_interested=True), "waits for a slot of yours", "ink2"),
        (replace(IDLE, peer_interested=True, am_choking=False), "may ask you, asks nothing", "ink2"),
        (IDLE, "not interested", "ink3"),
    ],
)
def test_what_is_happening(peer: PeerRow, words: str, token: str) -> None:
    phrase = activity(peer)
    assert (phrase.text, phrase.token) == (words, token)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"downloaded": 5_000_000, "uploaded": 0}, "gives back"),
        ({"downloaded": 5_000_000, "uploaded": 50_000_000, "connected_seconds": 3600.0}, "gives back"),
        ({"downloaded": 4_000_000, "uploaded": 50_000_000, "connected_seconds": 3600.0}, "only takes"),
        ({"uploaded": 19_999_999, "connected_seconds": 3600.0}, "new"),
        ({"uploaded": 50_000_000, "connected_seconds": 599.0}, "new"),
        ({"uploaded": 20_000_000, "connected_seconds": 600.0}, "only takes"),
        ({}, "new"),
    ],
)
def test_fairness_is_judged_late(values: dict[str, float], words: str) -> None:
    assert fairness(replace(IDLE, **values), we_are_complete=False).text == words


def test_nobody_owes_anything_to_somebody_who_is_complete() -> None:
    taker = replace(IDLE, uploaded=50_000_000, connected_seconds=3600.0)
    phrase = fairness(taker, we_are_complete=True)
    assert phrase.text == "\u2013"
    assert "owes you nothing" in phrase.why


def test_the_numbers_behind_fairness_are_told() -> None:
    peer = replace(IDLE, downloaded=2_000_000, uploaded=30_000_000, connected_seconds=7500.0)
    assert fairness(peer, we_are_complete=False).why == "You sent it 30.0 MB, it sent you 2.0 MB, in 2 h 5 min."


def test_the_connection_in_words() -> None:
    assert connection(IDLE).text == "out \u00b7 TCP"
    called = replace(IDLE, is_incoming=True, is_utp=True, is_encrypted=True, source="incoming", connected_seconds=40)
    assert connection(called).text == "in \u00b7 \u00b5TP \u00b7 encrypted"
    assert connection(called).why == "It connected to you by itself. Connected for 40 s."


def test_almost_everything_is_not_everything() -> None:
    assert has_text(replace(IDLE, has=0.9999999)) == "99.9 %"
    assert has_text(replace(IDLE, has=1.0)) == "100 %"


def test_addresses_of_both_families() -> None:
    assert (address("10.0.0.3", 6881), address("2001:db8::1", 80)) == ("10.0.0.3:6881", "[2001:db8::1]:80")


def test_the_whole_row_is_spoken_and_its_client_is_harmless() -> None:
    peer = replace(WANTED, client="evil\u202egnp.exe\n")
    assert spoken_peer(peer, we_are_complete=False) == (
        "10.0.0.3:6881, evilgnp.exe, has 50.0 %, you are waiting for a slot, download 0 B/s, upload 0 B/s, new, "
        "out \u00b7 TCP"
    )
