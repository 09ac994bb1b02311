import random
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shoal.engine.policy.choker import ChokeCandidate, ChokeDecision, choose_unchoked, only_takes

NOW = 1_000.0


def peer(
    key: int,
    *,
    interested: bool = True,
    unchoked: bool = False,
    snubbed: bool = False,
    down: float = 0.0,
    up: float = 0.0,
    connected_at: float = 10.0,
    last_unchoked_at: float = 0.0,
    optimistic: bool = False,
) -> ChokeCandidate:
    return ChokeCandidate(key, interested, unchoked, snubbed, down, up, connected_at, last_unchoked_at, optimistic)


def choose(
    peers: list[ChokeCandidate],
    slots: int,
    *,
    seeding: bool = False,
    now: float = NOW,
    seed: int = 1,
    rotate: bool = False,
) -> ChokeDecision:
    return choose_unchoked(peers, slots, seeding=seeding, now=now, rng=random.Random(seed), rotate_optimistic=rotate)


def test_those_who_give_most_get_the_regular_slots() -> None:
    decision = choose([peer(n, down=n * 1_000.0) for n in range(10)], 4)
    assert {9, 8, 7} <= decision.unchoke
    assert len(decision.unchoke) == 4
    assert decision.optimistic in decision.unchoke - {9, 8, 7}


def test_peers_that_want_nothing_get_no_slot() -> None:
    decision = choose([peer(1, interested=False, down=9e6), peer(2)], 4)
    assert decision.unchoke == {2}


def test_snubbed_peer_gets_only_the_optimistic_slot_while_others_compete() -> None:
    peers = [peer(1, snubbed=True, down=9e6), peer(2, down=10.0), peer(3, down=5.0), peer(4, down=1.0)]
    for seed in range(20):
        decision = choose(peers, 3, seed=seed, rotate=True)
        assert {2, 3} <= decision.unchoke
        assert 1 not in decision.unchoke or decision.optimistic == 1


def test_no_slot_stays_empty_while_someone_is_interested() -> None:
    assert choose([peer(n, snubbed=True) for n in range(6)], 4).unchoke.issubset(range(6))
    assert len(choose([peer(n, snubbed=True) for n in range(6)], 4).unchoke) == 4


def test_optimistic_peer_keeps_its_slot_until_rotation() -> None:
    peers = [peer(n, down=100.0 - n, unchoked=True) for n in range(3)] + [
        peer(n, optimistic=n == 7) for n in range(3, 12)
    ]
    for seed in range(10):
        assert choose(peers, 4, seed=seed).optimistic == 7
        assert choose(peers, 4, seed=seed, rotate=True).optimistic != 7


def test_new_peers_are_three_times_as_likely_to_be_tried() -> None:
    peers = [peer(1, connected_at=0.0), peer(2, connected_at=NOW - 5)]
    peers.append(peer(3, down=1e6, unchoked=True))
    tried = Counter(choose(peers, 2, seed=seed, rotate=True).optimistic for seed in range(2_000))
    assert 2.5 < tried[2] / tried[1] < 3.6


def test_equal_peers_are_not_choked_and_unchoked_in_turn() -> None:
    peers = [peer(n, unchoked=n in (2, 5, 8), optimistic=n == 8) for n in range(10)]
    for seed in range(10):
        assert choose(peers, 3, seed=seed).unchoke == {2, 5, 8}


def test_with_one_slot_a_giver_holds_it_and_others_are_tried_in_between() -> None:
    peers = [peer(1, down=500.0, unchoked=True), peer(2), peer(3)]
    assert choose(peers, 1).unchoke == {1}
    tried = {choose(peers, 1, seed=seed, rotate=True).optimistic for seed in range(50)}
    assert tried == {1, 2, 3}


def test_zero_slots_choke_everyone() -> None:
    assert choose([peer(1)], 0) == ChokeDecision(frozenset(), None)


def test_seeding_keeps_a_peer_for_its_turn_and_then_makes_room_for_the_longest_waiting() -> None:
    held = [peer(n, unchoked=True, up=1e5, last_unchoked_at=NOW - 30, connected_at=1.0) for n in (1, 2)]
    waiting = [peer(3, connected_at=500.0), peer(4, connected_at=300.0)]
    assert choose([*held, *waiting], 2, seeding=True).unchoke == {1, 2}
    over = [replace(held[0], last_unchoked_at=NOW - 70), replace(held[1], last_unchoked_at=NOW - 70, up_rate=5e5)]
    assert choose([*over, *waiting], 2, seeding=True).unchoke == {2, 4}


def test_seeding_slot_of_a_peer_that_takes_nothing_moves_on_early() -> None:
    idle = peer(1, unchoked=True, up=0.0, last_unchoked_at=NOW - 25)
    assert choose([idle, peer(2)], 1, seeding=True).unchoke == {2}


def test_redialling_gains_no_turn() -> None:
    patient = peer(1, connected_at=100.0)
    redialled = peer(2, connected_at=NOW - 1)
    assert choose([patient, redialled], 1, seeding=True).unchoke == {1}


def test_seeding_shares_slots_fairly_among_twenty_peers_over_thirty_minutes() -> None:
    rng = random.Random(11)
    peers = {n: peer(n, connected_at=0.5) for n in range(20)}
    served: Counter[int] = Counter()
    for now in range(10, 1_810, 10):
        chosen = choose_unchoked(
            list(peers.values()), 4, seeding=True, now=float(now), rng=rng, rotate_optimistic=now % 30 == 0
        ).unchoke
        assert len(chosen) == 4
        for n, before in peers.items():
            if n in chosen:
                served[n] += 1
                since = before.last_unchoked_at if before.is_unchoked else float(now)
                peers[n] = replace(before, is_unchoked=True, last_unchoked_at=since, up_rate=1e4 * (1 + n))
            else:
                peers[n] = replace(before, is_unchoked=False, up_rate=0.0)
    assert min(served.values()) >= 0.6 * max(served.values())


candidates = st.lists(
    st.builds(
        ChokeCandidate,
        key=st.integers(0, 10_000),
        is_interested=st.booleans(),
        is_unchoked=st.booleans(),
        is_snubbed=st.booleans(),
        down_rate=st.floats(0, 1e7),
        up_rate=st.floats(0, 1e7),
        connected_at=st.floats(0, NOW),
        last_unchoked_at=st.floats(0, NOW),
        is_optimistic=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda candidate: candidate.key,
)


@given(candidates, st.integers(0, 12), st.booleans(), st.booleans(), st.integers(0, 99))
def test_slots_are_exactly_used_by_interested_peers(
    peers: list[ChokeCandidate], slots: int, seeding: bool, rotate: bool, seed: int
) -> None:
    decision = choose(peers, slots, seeding=seeding, seed=seed, rotate=rotate)
    interested = {candidate.key for candidate in peers if candidate.is_interested}
    assert decision.unchoke <= interested
    assert len(decision.unchoke) == min(slots, len(interested))
    assert decision.optimistic is None or decision.optimistic in decision.unchoke


def test_who_only_takes_gets_what_the_others_leave() -> None:
    taker = replace(peer(1, down=9e6, unchoked=True), is_held_back=True)
    full = choose([taker, peer(2), peer(3)], 2)
    assert full.unchoke == {2, 3}
    assert choose([taker, peer(2)], 2).unchoke == {1, 2}
    assert choose([taker], 2).unchoke == {1}


def test_without_giving_first_a_slot_is_a_turn() -> None:
    givers = [peer(n, down=1e6, unchoked=True, last_unchoked_at=NOW - 70, up=1e6) for n in (1, 2)]
    waiting = [peer(n) for n in (3, 4)]
    decision = choose_unchoked(
        [*givers, *waiting],
        2,
        seeding=False,
        now=NOW,
        rng=random.Random(1),
        rotate_optimistic=False,
        give_first=False,
    )
    assert decision.unchoke & {3, 4}
    assert decision.optimistic is None


def test_newcomers_are_not_judged() -> None:
    assert not only_takes(10**9, 0, 599.0)
    assert not only_takes(19_999_999, 0, 10**6)
    assert only_takes(20_000_000, 0, 600.0)
    assert not only_takes(20_000_000, 400_000, 600.0)
