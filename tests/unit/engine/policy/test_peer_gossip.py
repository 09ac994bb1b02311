"""What one peer is told about the others (BEP 11)."""

from __future__ import annotations

from shoal.engine.policy.peer_gossip import FIRST_WITHIN_SECONDS, LISTEN_SECONDS, TELL_SECONDS, PeerGossip
from shoal.protocol.ut_pex import MAX_PEERS, PexFlag

A, B, C = (("192.0.2.1", 1), ("192.0.2.2", 2), ("192.0.2.3", 3))


def test_it_hears_of_all_then_of_changes_only() -> None:
    gossip = PeerGossip(0.0)
    flags = {A: PexFlag.REACHABLE, B: PexFlag(0)}
    first = gossip.news(flags, (), 10.0)
    assert first is not None
    assert (dict(first.added), first.dropped) == (flags, ())
    assert gossip.news(flags, (), 70.0) is None
    second = gossip.news({B: PexFlag(0), C: PexFlag(0)}, (), 130.0)
    assert second is not None
    assert (dict(second.added), second.dropped) == ({C: PexFlag(0)}, (A,))


def test_nobody_hears_of_himself() -> None:
    assert PeerGossip(0.0).news({A: PexFlag(0)}, (A, B), 10.0) is None


def test_it_is_told_soon_and_then_once_a_minute() -> None:
    gossip = PeerGossip(100.0)
    assert not gossip.is_due(100.0)
    now = 100.0 + FIRST_WITHIN_SECONDS
    assert gossip.is_due(now)
    gossip.news({}, (), now)
    assert not gossip.is_due(now + TELL_SECONDS - 1)
    assert gossip.is_due(now + TELL_SECONDS)


def test_what_does_not_fit_comes_with_the_next_message() -> None:
    gossip = PeerGossip(0.0)
    many = {(f"192.0.2.{number}", 1): PexFlag(0) for number in range(MAX_PEERS + 7)}
    told = [gossip.news(many, (), now) for now in (10.0, 70.0)]
    assert [len(message.added) for message in told if message is not None] == [MAX_PEERS, 7]
    gone = [gossip.news({}, (), now) for now in (130.0, 190.0)]
    assert [len(message.dropped) for message in gone if message is not None] == [MAX_PEERS, 7]
    assert gossip.news({}, (), 250.0) is None


def test_messages_that_come_too_often_do_not_count() -> None:
    gossip = PeerGossip(0.0)
    assert gossip.may_hear(1.0)
    assert not gossip.may_hear(1.0 + LISTEN_SECONDS - 1)
    assert gossip.may_hear(1.0 + LISTEN_SECONDS)
