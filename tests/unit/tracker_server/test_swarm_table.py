import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.protocol.announce import AnnounceEvent, Peer, ScrapeEntry
from shoal.tracker_server.swarm_table import (
    DEFAULT_NUM_WANT,
    MAX_NUM_WANT,
    MAX_PEERS_PER_SWARM,
    MAX_SWARMS,
    SwarmAnswer,
    SwarmTable,
    SwarmTableFullError,
)

HASH = b"h" * 20
RNG = random.Random(1)
INTERVAL = 100


def say(
    table: SwarmTable,
    peer: Peer,
    *,
    info_hash: bytes = HASH,
    left: int = 1,
    event: AnnounceEvent = AnnounceEvent.NONE,
    num_want: int | None = None,
    now: float = 0.0,
    ipv6: bool | None = None,
) -> SwarmAnswer:
    return table.announce(info_hash, peer, left=left, event=event, num_want=num_want, now=now, rng=RNG, ipv6=ipv6)


def peer(number: int, port: int = 6881) -> Peer:
    return (f"8.{number >> 16}.{number >> 8 & 255}.{number & 255}", port)


def test_peers_learn_of_each_other_but_not_of_themselves() -> None:
    table = SwarmTable(INTERVAL)
    assert say(table, peer(1)) == SwarmAnswer((), 0, 1)
    assert say(table, peer(2), left=0) == SwarmAnswer((peer(1),), 1, 1)
    assert say(table, peer(1)) == SwarmAnswer((peer(2),), 1, 1)


def test_seeds_are_not_told_of_seeds() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1), left=0)
    assert say(table, peer(2), left=0).peers == ()
    assert say(table, peer(3)).peers == (peer(1), peer(2))


def test_swarms_are_kept_apart() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1))
    assert say(table, peer(2), info_hash=b"g" * 20) == SwarmAnswer((), 0, 1)
    assert len(table) == 2


def test_stopped_removes_at_once_and_creates_nothing() -> None:
    table = SwarmTable(INTERVAL)
    assert say(table, peer(1), event=AnnounceEvent.STOPPED) == SwarmAnswer((), 0, 0)
    assert len(table) == 0
    say(table, peer(1), left=0)
    say(table, peer(2))
    assert say(table, peer(1), event=AnnounceEvent.STOPPED) == SwarmAnswer((), 0, 1)
    assert say(table, peer(2)).peers == ()


def test_stopped_from_another_address_removes_nobody() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1))
    say(table, ("8.8.8.8", 6881), event=AnnounceEvent.STOPPED)
    assert say(table, peer(2)).peers == (peer(1),)


def test_silent_peers_are_gone_after_two_intervals() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1), left=0)
    say(table, peer(2), now=150.0)
    assert say(table, peer(3), now=200.0).peers == (peer(1), peer(2))
    say(table, peer(2), now=201.0)
    assert say(table, peer(3), now=201.0) == SwarmAnswer((peer(2),), 0, 2)
    table.expire(1_000.0)
    assert table.scrape([HASH], 1_000.0) == [ScrapeEntry(HASH, 0, 0, 0)]


def test_completed_is_counted_once_a_peer() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1), left=5)
    assert table.scrape([HASH], 0.0) == [ScrapeEntry(HASH, 0, 0, 1)]
    for _ in range(3):
        say(table, peer(1), left=0, event=AnnounceEvent.COMPLETED)
    assert table.scrape([HASH], 0.0) == [ScrapeEntry(HASH, 1, 1, 0)]
    say(table, peer(2), left=5, event=AnnounceEvent.COMPLETED)
    assert table.scrape([HASH], 0.0) == [ScrapeEntry(HASH, 1, 1, 1)]


def test_number_of_peers_is_what_was_wanted_within_bounds() -> None:
    table = SwarmTable(INTERVAL)
    for number in range(MAX_NUM_WANT + 10):
        say(table, peer(number), num_want=0)
    asker = peer(9_999)
    assert len(say(table, asker).peers) == DEFAULT_NUM_WANT
    assert len(say(table, asker, num_want=7).peers) == 7
    assert say(table, asker, num_want=0).peers == ()
    assert len(say(table, asker, num_want=10_000).peers) == MAX_NUM_WANT
    assert say(table, asker, num_want=7).peers != say(table, asker, num_want=7).peers


def test_port_zero_is_answered_but_not_told_to_others() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1))
    assert say(table, peer(2, port=0)).peers == (peer(1),)
    assert say(table, peer(3)).peers == (peer(1),)


def test_loopback_peers_are_told_to_loopback_askers_only() -> None:
    table = SwarmTable(INTERVAL)
    say(table, ("127.0.0.1", 1))
    say(table, ("::1", 2))
    assert say(table, peer(1)).peers == ()
    assert say(table, ("127.0.0.1", 3)).peers == (("127.0.0.1", 1), ("::1", 2), peer(1))


def test_one_family_can_be_asked_for() -> None:
    table = SwarmTable(INTERVAL)
    say(table, ("2001:db8::1", 1))
    say(table, peer(1))
    assert say(table, peer(2), ipv6=False).peers == (peer(1),)
    assert say(table, ("2001:db8::2", 1), ipv6=True).peers == (("2001:db8::1", 1),)
    assert len(say(table, peer(3)).peers) == 4


def test_full_swarm_answers_newcomers_without_keeping_them() -> None:
    table = SwarmTable(INTERVAL, max_peers_per_swarm=3)
    for number in range(3):
        say(table, peer(number))
    assert set(say(table, peer(3)).peers) == {peer(0), peer(1), peer(2)}
    assert set(say(table, peer(0)).peers) == {peer(1), peer(2)}
    assert MAX_PEERS_PER_SWARM == 5_000


def test_full_table_refuses_another_swarm_until_one_is_empty() -> None:
    table = SwarmTable(INTERVAL, max_swarms=2)
    say(table, peer(1), info_hash=b"1" * 20)
    say(table, peer(1), info_hash=b"2" * 20, now=150.0)
    with pytest.raises(SwarmTableFullError):
        say(table, peer(1), info_hash=b"3" * 20, now=150.0)
    assert say(table, peer(2), info_hash=b"2" * 20, now=150.0).peers == (peer(1),)
    say(table, peer(1), info_hash=b"3" * 20, now=201.0)
    assert len(table) == 2
    assert MAX_SWARMS == 10_000


def test_scrape_keeps_the_order_and_of_nothing_shows_all() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1), info_hash=b"1" * 20, left=0)
    say(table, peer(1), info_hash=b"2" * 20)
    unknown = b"3" * 20
    assert table.scrape([b"2" * 20, unknown, b"1" * 20], 0.0) == [
        ScrapeEntry(b"2" * 20, 0, 0, 1),
        ScrapeEntry(unknown, 0, 0, 0),
        ScrapeEntry(b"1" * 20, 1, 0, 0),
    ]
    assert len(table.scrape([], 0.0)) == 2


def test_rows_show_the_latest_first() -> None:
    table = SwarmTable(INTERVAL)
    say(table, peer(1), info_hash=b"1" * 20, left=0)
    say(table, peer(2), info_hash=b"1" * 20, now=5.0)
    say(table, peer(1), info_hash=b"2" * 20, now=8.0)
    newest, older = table.rows(10.0)
    assert (newest.info_hash, newest.idle_seconds, newest.leeches) == (b"2" * 20, 2.0, 1)
    assert (older.seeds, older.leeches, older.announces, older.idle_seconds) == (1, 1, 2, 5.0)


steps = st.tuples(
    st.integers(0, 8),
    st.integers(0, 1),
    st.sampled_from(list(AnnounceEvent)),
    st.integers(0, 120),
)


@given(st.lists(steps, max_size=60))
def test_counts_always_agree_with_who_is_there(story: list[tuple[int, int, AnnounceEvent, int]]) -> None:
    table = SwarmTable(INTERVAL, max_peers_per_swarm=6)
    now = 0.0
    for number, left, event, pause in story:
        now += pause
        answer = say(table, peer(number), left=left, event=event, now=now)
        (entry,) = table.scrape([HASH], now)
        assert (entry.seeds, entry.leeches) == (answer.seeds, answer.leeches)
        seen = say(table, ("9.9.9.9", 0), left=1, num_want=200, now=now)
        assert len(seen.peers) == entry.seeds + entry.leeches <= 6
