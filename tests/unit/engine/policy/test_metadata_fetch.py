"""Whom to ask for the info dictionary: honest peers are heard whatever the others do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from shoal.engine.policy import metadata_fetch
from shoal.engine.policy.metadata_fetch import MOST_AT_ONCE, SMALL_AT_ONCE, Answer, MetadataFetch
from shoal.protocol.extension import MAX_METADATA_BYTES
from shoal.protocol.ut_metadata import BLOCK_BYTES, MetadataBlock

TRUE = random.Random(2).randbytes(3 * BLOCK_BYTES + 5)

Kind = Callable[["Peer", int], MetadataBlock | str | None]


@dataclass
class Peer:
    """A peer of the play: what it answers to a request for a block."""

    size: int
    answers: Kind
    asked: list[int] = field(default_factory=list)


def honest(peer: Peer, block: int) -> MetadataBlock:
    return MetadataBlock(block, len(TRUE), TRUE[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES])


def silent(peer: Peer, block: int) -> None:
    return None


def rejecting(peer: Peer, block: int) -> str:
    return "reject"


def false(peer: Peer, block: int) -> MetadataBlock:
    return MetadataBlock(block, peer.size, bytes(min(BLOCK_BYTES, peer.size - block * BLOCK_BYTES)))


def contradicting(peer: Peer, block: int) -> MetadataBlock:
    return MetadataBlock(block, None, b"another length")


class Play:
    """Peers by key, and time in seconds."""

    def __init__(self, *peers: Peer) -> None:
        self.peers = dict(enumerate(peers))
        self.fetch = MetadataFetch()
        self.now = 100.0
        self.liars: list[int] = []
        self.asked_at_once = 0
        for key, peer in self.peers.items():
            self.fetch.offer(key, peer.size)

    def run(self, seconds: float) -> float | None:
        """Until the true metadata is here: after how many seconds; None when it is not."""
        for tick in range(int(seconds * 10)):
            self.now = 100.0 + tick / 10
            if self._ask():
                return tick / 10
        return None

    def _ask(self) -> bool:
        requests = list(self.fetch.due(self.now))
        self.asked_at_once = max(self.asked_at_once, len(self.fetch._active()))
        for key, blocks in requests:
            for block in blocks:
                self.peers[key].asked.append(block)
                if self._answer(key, block):
                    return True
        return False

    def _answer(self, key: int, block: int) -> bool:
        peer = self.peers[key]
        answer = peer.answers(peer, block)
        if answer == "reject":
            self.fetch.rejected(key, self.now)
        elif isinstance(answer, MetadataBlock):
            match self.fetch.received(key, answer, self.now):
                case Answer.COMPLETE:
                    if self.fetch.content(key) == TRUE:
                        return True
                    self._out(key)
                case Answer.LIE:
                    self._out(key)
        return False

    def _out(self, key: int) -> None:
        self.liars.append(key)
        self.fetch.gone(key)


def many(count: int, size: int, kind: Kind) -> list[Peer]:
    return [Peer(size, kind) for _ in range(count)]


def test_an_honest_peer_is_enough() -> None:
    play = Play(Peer(len(TRUE), honest))
    assert play.run(5) == 0.0
    assert sorted(play.peers[0].asked) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "size", "within"),
    [
        (false, len(TRUE), 1.0),
        (false, len(TRUE) - 3, 1.0),
        (contradicting, len(TRUE), 1.0),
        (rejecting, len(TRUE), 1.0),
        (silent, len(TRUE), 11.0),
        (silent, 1, 11.0),
        (silent, MAX_METADATA_BYTES, 1.0),
    ],
)
def test_thirty_that_came_first_do_not_keep_an_honest_one_from_being_heard(
    kind: Kind, size: int, within: float
) -> None:
    play = Play(*many(30, size, kind), Peer(len(TRUE), honest))
    took = play.run(60)
    assert took is not None
    assert took <= within
    assert 30 not in play.liars
    assert play.asked_at_once <= MOST_AT_ONCE


def test_slow_ones_that_always_send_a_little_do_not_keep_their_places() -> None:
    size = 400 * BLOCK_BYTES
    dripping: dict[int, float] = {}

    def drips(peer: Peer, block: int) -> MetadataBlock | None:
        if play.now - dripping.get(id(peer), 0.0) < 5.0:
            return None
        dripping[id(peer)] = play.now
        return false(peer, block)

    class Drip(Play):
        def _ask(self) -> bool:
            found = super()._ask()
            for key in list(self.peers)[:-1]:
                # One late block each few seconds keeps its sender from being silent.
                peer = self.peers[key]
                if peer.asked and self.now - dripping.get(id(peer), 0.0) >= 5.0:
                    dripping[id(peer)] = self.now
                    self.fetch.received(key, false(peer, peer.asked[-1]), self.now)
            return found

    play = Drip(*many(40, size, drips), Peer(size + 1, honest))
    play.peers[40].size = len(TRUE)
    asked: list[float] = []

    def once(peer: Peer, block: int) -> None:
        asked.append(play.now)

    play.peers[40].answers = once
    play.run(120)
    assert asked
    assert asked[0] - 100.0 < 60


def test_a_few_are_asked_for_large_metadata_at_first_and_more_with_time() -> None:
    play = Play(*many(30, 5_000_000, silent))
    play.run(0.1)
    assert play.asked_at_once == metadata_fetch.FEW_AT_ONCE
    play.run(8)
    assert metadata_fetch.FEW_AT_ONCE + 10 < play.asked_at_once <= MOST_AT_ONCE
    small = Play(*many(30, 1000, silent))
    small.run(0.1)
    assert small.asked_at_once == SMALL_AT_ONCE


def test_who_rejects_is_asked_again_later_and_ever_more_seldom() -> None:
    play = Play(Peer(100, rejecting))
    play.run(600)
    times = len(play.peers[0].asked)
    assert 3 <= times <= 6


def test_who_was_silent_is_asked_again_only_for_what_lacks() -> None:
    count = 0

    def hesitant(peer: Peer, block: int) -> MetadataBlock | None:
        nonlocal count
        count += 1
        return honest(peer, block) if count <= 2 or count > 4 else None

    play = Play(Peer(len(TRUE), hesitant))
    took = play.run(120)
    assert took is not None
    assert 30 < took < 60
    assert play.peers[0].asked == [0, 1, 2, 3, 2, 3]


def test_another_size_begins_anew() -> None:
    fetch = MetadataFetch()
    fetch.offer(1, 10)
    assert list(fetch.due(0.0)) == [(1, [0])]
    fetch.offer(1, len(TRUE))
    assert list(fetch.due(0.0)) == [(1, [0, 1, 2, 3])]
    fetch.offer(1, len(TRUE))
    assert list(fetch.due(0.0)) == []


def test_what_all_together_have_sent_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata_fetch, "MOST_STORED", 40 * BLOCK_BYTES)
    size = 30 * BLOCK_BYTES

    def all_but_the_last(peer: Peer, block: int) -> MetadataBlock | None:
        return false(peer, block) if block < 29 else None

    play = Play(*many(10, size, all_but_the_last))
    for tick in range(300):
        play.now = 100.0 + tick / 10
        play._ask()
        assert sum(source.assembly.stored for source in play.fetch._sources.values()) <= 41 * BLOCK_BYTES


def test_the_best_tells_how_far_it_is() -> None:
    play = Play(Peer(len(TRUE), silent), Peer(len(TRUE), silent))
    assert play.fetch.best == (0, 0)
    assert play.fetch.offering == 2
    list(play.fetch.due(100.0))
    assert play.fetch.received(1, honest(play.peers[1], 0), 100.0) is Answer.FINE
    assert play.fetch.best == (BLOCK_BYTES, len(TRUE))
    play.fetch.gone(1)
    assert play.fetch.best == (0, 0)


def test_messages_of_strangers_and_of_the_judged_are_harmless() -> None:
    fetch = MetadataFetch()
    block = MetadataBlock(0, 3, b"abc")
    assert fetch.received(9, block, 0.0) is Answer.FINE
    fetch.rejected(9, 0.0)
    fetch.offer(1, 3)
    assert list(fetch.due(0.0)) == [(1, [0])]
    assert fetch.received(1, block, 0.0) is Answer.COMPLETE
    assert fetch.content(1) == b"abc"
    assert fetch.received(1, block, 0.0) is Answer.FINE
    assert list(fetch.due(100.0)) == []
