"""The peers of one torrent: who may come, who is dialled, asked, unchoked, timed out and banned."""

import pytest
from tests.support.small_swarm import SmallSwarm
from tests.support.wire_peer import OUR_ID

from shoal.engine.torrent.download import peer_key
from shoal.engine.torrent.swarm import BLOCK_WAIT_SECONDS, KEEP_ALIVE_SECONDS, SILENCE_SECONDS, TELLING_SECONDS
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.protocol import peer_wire
from shoal.runtime.world import Address


def addresses(count: int) -> list[Address]:
    return [Address(f"45.0.0.{number}", 6881) for number in range(1, count + 1)]


# --- dialling


def test_known_addresses_are_dialled_as_room_allows() -> None:
    small = SmallSwarm()
    assert small.swarm.add_addresses(addresses(5), "tracker", "9.9.9.9", small.now) == 5
    assert small.swarm.dial_more(small.now, 2) == 2
    assert small.swarm.dial_more(small.now, 10) == 3
    assert small.swarm.dial_more(small.now, 10) == 0
    assert sorted(small.dialled) == addresses(5)


def test_nobody_is_dialled_beyond_the_torrents_share_or_when_none_is_wanted() -> None:
    small = SmallSwarm()
    small.swarm.add_addresses(addresses(5), "tracker", "9.9.9.9", small.now)
    small.most_peers = 1
    small.join()
    assert small.swarm.dial_more(small.now, 10) == 0
    small.most_peers = 100
    small.wants_peers = False
    assert small.swarm.dial_more(small.now, 10) == 0
    assert small.dialled == []


def test_private_addresses_of_a_public_tracker_are_not_believed() -> None:
    small = SmallSwarm()
    inner = [Address("192.168.1.5", 6881), Address("127.0.0.1", 6881)]
    assert small.swarm.add_addresses(inner, "tracker", "9.9.9.9", small.now) == 0
    assert small.swarm.add_addresses(inner, "tracker", "127.0.0.1", small.now) == 2


# --- who may stay


def test_a_full_torrent_takes_nobody_more() -> None:
    small = SmallSwarm()
    small.most_peers = 2
    small.join()
    small.join()
    third = small.join(incoming=True)
    assert not third.is_here
    assert "enough peers" in small.closed[third.peer.key]
    assert len(small.swarm.connected) == 2


def test_idle_peers_do_not_keep_all_others_out_for_ever() -> None:
    small = SmallSwarm()
    small.most_peers = 3
    giver = small.join()
    giver.give_all(1)
    idle = [small.join(0, incoming=True, unchoke=False) for _ in range(2)]

    def pass_alive(seconds: int) -> None:
        for _ in range(seconds // 50):
            small.pass_seconds(50)
            for stranger in (giver, *idle):
                stranger.wire.feed(peer_wire.KEEP_ALIVE)

    pass_alive(100)
    assert not small.join(incoming=True).is_here
    pass_alive(50)
    newcomer = small.join(incoming=True)
    assert newcomer.is_here
    assert [stranger.is_here for stranger in (giver, *idle)] == [True, False, True]
    assert len(small.swarm.connected) == 3


def test_the_same_peer_twice_is_refused() -> None:
    small = SmallSwarm()
    first = small.join(name="twin")
    second = small.join(name="twin")
    assert first.is_here
    assert not second.is_here


@pytest.mark.parametrize("name", ["-AA0000-smaller", "-ZZ0000-greater"])
@pytest.mark.parametrize("incoming_first", [True, False])
def test_when_both_dialled_at_once_the_connection_of_the_greater_id_stays(name: str, incoming_first: bool) -> None:
    """Both sides decide alike, or both connections would end."""
    small = SmallSwarm()
    first = small.join(name=name, host="198.51.100.9", incoming=incoming_first)
    second = small.join(name=name, host="198.51.100.9", incoming=not incoming_first)
    stays = first if first.is_here else second
    assert first.is_here is not second.is_here
    assert stays.peer.is_incoming is (name.encode().ljust(20, b".") > OUR_ID)
    assert list(small.swarm.connected) == [stays.peer.key]


def test_a_stranger_who_borrows_a_peers_id_does_not_push_it_out() -> None:
    small = SmallSwarm()
    honest = small.join(name="-ZZ0000-greater", host="198.51.100.9")
    thief = small.join(name="-ZZ0000-greater", host="203.0.113.66", incoming=True)
    assert honest.is_here
    assert not thief.is_here


def test_what_a_peer_had_counts_no_more_when_it_goes() -> None:
    small = SmallSwarm(pieces=4)
    peer = small.join(0b0110)
    seed = small.join()
    assert [small.availability.count(index) for index in range(4)] == [1, 2, 2, 1]
    peer.have(3)
    assert small.availability.count(3) == 2
    peer.hang_up()
    seed.hang_up()
    assert [small.availability.count(index) for index in range(4)] == [0] * 4
    assert small.availability.seeds == 0


def test_pieces_taken_back_are_no_longer_asked_for() -> None:
    small = SmallSwarm(pieces=4, piece_length=8 * BLOCK_LENGTH)
    liar = small.join()
    assert liar.pending
    liar.wire.feed(peer_wire.HAVE_NONE)
    liar.bits = 0
    liar.given_up()
    small.pass_seconds(3)
    liar.listen()
    assert not liar.pending
    assert not liar.peer.am_interested
    other = small.join()
    other.listen()
    assert other.pending


# --- news


def test_a_finished_piece_is_told_to_those_who_lack_it() -> None:
    small = SmallSwarm(pieces=2)
    seed, poor = small.join(), small.join(0)
    seed.give_all()
    poor.wire.raw()
    seed.wire.raw()
    small.workers.do()
    assert sorted(message[1] for message in poor.wire.take("have")) == [0, 1]
    assert seed.wire.take("have") == []


def test_interest_follows_what_a_peer_has() -> None:
    small = SmallSwarm(pieces=4)
    small.picker.have = 0b0001
    peer = small.join(0b0001)
    assert not peer.peer.am_interested
    peer.have(2)
    assert peer.peer.am_interested
    small.picker.have = 0b0101
    small.swarm.update_all_interest()
    assert not peer.peer.am_interested


def test_a_seed_of_a_seeding_torrent_is_let_go() -> None:
    small = SmallSwarm(pieces=4)
    small.is_seeding = True
    small.picker.have = small.all
    assert not small.join().is_here
    partial = small.join(0b0111)
    assert partial.is_here
    partial.have(3)
    assert not partial.is_here


def test_when_we_are_complete_connections_to_seeds_end() -> None:
    small = SmallSwarm(pieces=4)
    seed, leech = small.join(), small.join(0b0011)
    small.picker.have = small.all
    small.is_seeding = True
    small.swarm.leave_seeds()
    assert not seed.is_here
    assert leech.is_here


def test_a_fast_newcomer_is_granted_a_few_pieces_that_we_have() -> None:
    small = SmallSwarm(pieces=40)
    small.picker.have = small.all >> 1
    peer = small.join(0, incoming=True)
    allowed = peer.peer.granted_fast
    assert 1 <= allowed.bit_count() <= 5
    assert not allowed & ~small.have
    assert not small.join(0, fast=False).peer.granted_fast
    assert not small.join(0, host="2a00:45::7").peer.granted_fast


def test_an_allowed_piece_is_all_that_is_asked_right_after_a_choke() -> None:
    small = SmallSwarm(pieces=4, piece_length=64 * BLOCK_LENGTH)
    peer = small.join()
    begun = next(iter(peer.pending))[0]
    peer.choke()
    for block in list(peer.pending)[1:]:
        peer.reject(block)
    peer.pending.clear()
    peer._feed(peer_wire.encode_allowed_fast((begun + 1) % 4))
    # `listen` complains about any other piece.
    peer.listen()


# --- time


def test_a_silent_peer_is_dropped_and_a_quiet_one_kept_alive() -> None:
    small = SmallSwarm()
    peer = small.join(0, unchoke=False)
    peer.wire.raw()
    small.pass_seconds(int(KEEP_ALIVE_SECONDS) + 1)
    assert ("keep_alive",) in peer.wire.take()
    peer.wire.feed(peer_wire.KEEP_ALIVE)
    small.pass_seconds(int(SILENCE_SECONDS))
    assert peer.is_here
    small.pass_seconds(1)
    assert not peer.is_here
    assert "silent" in small.closed[peer.peer.key]


def test_a_peer_that_owes_blocks_is_snubbed_at_its_time_and_not_before() -> None:
    small = SmallSwarm()
    peer = small.join()
    small.pass_seconds(int(BLOCK_WAIT_SECONDS))
    assert not peer.peer.is_snubbed
    small.pass_seconds(1)
    assert peer.peer.is_snubbed
    peer.give_all(1)
    small.pass_seconds(1)
    assert not peer.peer.is_snubbed


def test_rates_rise_at_once_and_fade() -> None:
    small = SmallSwarm(pieces=40)
    peer = small.join()
    peer.give_all(10)
    small.pass_seconds(1)
    assert peer.peer.down_rate == 10 * BLOCK_LENGTH
    small.pass_seconds(1)
    assert 0 < peer.peer.down_rate < 10 * BLOCK_LENGTH
    small.pass_seconds(60)
    assert peer.peer.down_rate == 0
    assert small.swarm.counts(small.now)[1] == 0


def test_counts_of_seeds_and_senders() -> None:
    small = SmallSwarm(pieces=40)
    seed = small.join()
    small.join(1, unchoke=False)
    seed.give_all(1)
    assert small.swarm.counts(small.now) == (1, 1, 0)


# --- choking


def test_free_slots_are_given_at_once_and_the_rest_in_turn() -> None:
    small = SmallSwarm()
    small.upload_slots = 2
    peers = [small.join(0, unchoke=False) for _ in range(4)]
    for peer in peers:
        peer.wire.feed(peer_wire.INTERESTED)
    assert [peer.peer.am_choking for peer in peers] == [False, False, True, True]
    seen: set[int] = set()
    for _ in range(40):
        small.pass_seconds(10)
        open_slots = [peer for peer in peers if not peer.peer.am_choking]
        assert len(open_slots) == 2
        seen.update(peer.peer.key for peer in open_slots)
        for peer in peers:
            peer.wire.feed(peer_wire.KEEP_ALIVE)
    assert len(seen) == 4


def test_a_slot_whose_peer_left_goes_to_another_soon() -> None:
    small = SmallSwarm()
    small.upload_slots = 1
    first, second = small.join(0, unchoke=False), small.join(0, unchoke=False)
    for peer in (first, second):
        peer.wire.feed(peer_wire.INTERESTED)
    small.pass_seconds(1)
    chosen, other = (first, second) if not first.peer.am_choking else (second, first)
    chosen.hang_up()
    small.pass_seconds(1)
    assert not other.peer.am_choking


# --- bans


def test_a_banned_peer_is_refused_from_any_port_and_never_dialled() -> None:
    small = SmallSwarm()
    liar = small.join(name="liar", host="198.51.100.9")
    small.swarm.add_addresses([liar.peer.address], "tracker", "9.9.9.9", small.now)
    small.swarm.ban(frozenset({peer_key(liar.peer)}))
    assert not liar.is_here
    assert small.swarm.banned_total == 1
    again = small.join(name="liar", host="198.51.100.9", incoming=True)
    assert not again.is_here
    assert small.swarm.dial_more(small.now + 10_000, 10) == 0


def test_an_honest_peer_behind_the_address_of_a_banned_one_serves_on_parole() -> None:
    small = SmallSwarm(pieces=4, piece_length=2 * BLOCK_LENGTH)
    liar = small.join(name="liar", host="198.51.100.9", incoming=True)
    small.swarm.ban(frozenset({peer_key(liar.peer)}))
    honest = small.join(name="honest", host="198.51.100.9", incoming=True)
    assert honest.is_here
    assert honest.peer.is_on_parole
    assert len({block[0] for block in honest.pending}) == 1, "one whole piece at a time"
    honest.give_all(2)
    small.workers.do()
    assert small.good
    assert not honest.peer.is_on_parole
    for _ in range(4):
        honest.give_all()
        small.workers.do()
        small.pass_seconds(1)
    assert small.is_complete()


def test_a_newcomer_at_the_address_of_a_poisoner_that_fled_is_on_parole_too() -> None:
    """It spoiled a block, hung up before the piece was judged, and comes back under another id."""
    small = SmallSwarm()
    liar = small.join(name="liar", host="198.51.100.9", incoming=True)
    key = peer_key(liar.peer)
    liar.hang_up()
    small.swarm.ban(frozenset({key}))
    assert small.join(name="newborn", host="198.51.100.9", incoming=True).peer.is_on_parole
    assert not small.join(name="other", host="198.51.100.8", incoming=True).peer.is_on_parole


@pytest.mark.parametrize("fast", [True, False])
def test_thirty_redialling_poisoners_do_not_stop_the_transfer(fast: bool) -> None:
    small = SmallSwarm(pieces=12, piece_length=4 * BLOCK_LENGTH)
    honest = small.join(name="honest", host="198.51.100.9")
    for number in range(30):
        poisoner = small.join(name=f"poison {number}", host="198.51.100.9", fast=fast, incoming=True)
        poisoner.give_all(3, spoil=True)
        if number % 2:
            poisoner.hang_up()
        honest.give_all(4)
        small.workers.do()
        small.pass_seconds(1)
    for _ in range(300):
        honest.give_all()
        small.workers.do()
        if small.is_complete():
            break
        small.pass_seconds(1)
    assert small.is_complete()
    assert honest.is_here
    assert small.buffers.in_use == 0


def test_our_own_address_is_never_dialled_again() -> None:
    small = SmallSwarm()
    mine = Address("45.0.0.9", 6881)
    small.swarm.add_addresses([mine], "tracker", "9.9.9.9", small.now)
    wire = small.scene.wire(small, address=mine.host, port=mine.port)
    wire.feed(peer_wire.encode_handshake(small.info_hash, small.peer_id))
    assert not wire.is_open
    assert small.swarm.dial_more(small.now + 10_000, 10) == 0


# --- what is known of them


def test_what_the_swarm_has_is_known_once_a_peer_has_told_or_had_the_time_for_it() -> None:
    small = SmallSwarm()
    assert not small.swarm.is_seen(small.now)
    silent = small.scene.wire(small, incoming=False, address="198.51.100.1", port=6881)
    silent.handshake(b"-XX0001-silent......", fast=False)
    assert len(small.swarm.connected) == 1
    assert not small.swarm.is_seen(small.now)
    assert small.swarm.is_seen(small.now + TELLING_SECONDS)
    small.join(0)
    assert small.swarm.is_seen(small.now)


def test_of_useless_peers_the_one_that_others_prefer_too_stays() -> None:
    small = SmallSwarm()
    small.most_peers = 2
    ranks = {"45.0.0.1": 7, "45.0.0.2": 3, "45.0.0.3": 5}
    small.swarm._rank = lambda address: ranks.get(address.host, 0)
    idle = [small.join(0, incoming=True, unchoke=False, host=host) for host in ("45.0.0.1", "45.0.0.2")]
    for _ in range(3):
        small.pass_seconds(50)
        for stranger in idle:
            stranger.wire.feed(peer_wire.KEEP_ALIVE)
    newcomer = small.join(incoming=True, host="45.0.0.3")
    assert newcomer.is_here
    assert [stranger.is_here for stranger in idle] == [True, False]
