"""The connected peers of one torrent: dialling, choke rounds, interest, time-outs, bans and the spreading of news."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.choker import ChokeCandidate, choose_unchoked, only_takes
from shoal.engine.policy.known_peers import KnownPeers
from shoal.engine.policy.picker import Picker
from shoal.engine.torrent.download import Download, peer_key
from shoal.metainfo.bitfield import all_pieces
from shoal.protocol import peer_wire
from shoal.runtime.world import Address

if TYPE_CHECKING:
    import random

CHOKE_SECONDS = 10.0
OPTIMISTIC_ROUNDS = 3
BLOCK_WAIT_SECONDS = 20.0
"""A peer that owes us blocks and sends none for so long is snubbed; others may fetch its blocks."""
SILENCE_SECONDS = 120.0
USELESS_SECONDS = 120.0
"""A peer with which no data was exchanged for so long makes room for a newcomer when the torrent is full."""
KEEP_ALIVE_SECONDS = 100.0
LINE_SILENCE_SECONDS = 20.0
"""All peers silent for so long while they owe us blocks: our line or address has changed, more likely than they."""
MOST_LINE_PATIENCE_SECONDS = 640.0
TWIN_SILENCE_SECONDS = 15.0
"""A connection that is silent for so long gives way to a new one of the same peer."""
RECENT_SECONDS = 10.0
TELLING_SECONDS = 10.0
"""A peer that has not told its pieces so long after it connected has none; without BEP 6 it need not say so."""
RATE_WEIGHT = 0.3
"""Weight of the last second in a peer's rate."""


class SwarmPolicy(Protocol):
    """What the torrent says about its swarm."""

    @property
    def wants_peers(self) -> bool: ...
    @property
    def is_seeding(self) -> bool: ...
    @property
    def most_peers(self) -> int: ...
    @property
    def upload_slots(self) -> int: ...
    @property
    def gives_first(self) -> bool: ...
    @property
    def holds_back_takers(self) -> bool: ...


class Swarm:
    """Peers of one torrent. Loop thread only."""

    def __init__(
        self,
        picker: Picker,
        availability: Availability,
        piece_count: int,
        policy: SwarmPolicy,
        dial: Callable[[Address, str], bool],
        rng: random.Random,
        banned_hosts: Container[str] = frozenset(),
        rank: Callable[[Address], int] = lambda address: 0,
    ) -> None:
        self.known = KnownPeers(rank=rank)
        self._rank = rank
        self.connected: dict[int, PeerConnection] = {}
        self.banned_total = 0
        self._picker = picker
        self._availability = availability
        self._all = all_pieces(piece_count)
        self._policy = policy
        self._dial = dial
        self._rng = rng
        self._banned_hosts = banned_hosts
        self._download: Download | None = None
        self._next_choke = 0.0
        self._line_checked_at = -LINE_SILENCE_SECONDS
        self._line_patience = LINE_SILENCE_SECONDS
        self._round = 0
        self._guilty: set[str] = set()
        self._is_closing = False
        self._hosts_with_bans: set[str] = set()

    def attach(self, download: Download) -> None:
        """The download that the peers of this swarm feed."""
        self._download = download

    # --- addresses ----------------------------------------------------------------------------------------------

    def add_addresses(self, addresses: Iterable[Address], source: str, source_host: str | None, now: float) -> int:
        """Learn of peers; addresses of a narrower scope than their source's are not believed. Number of new ones."""
        added = 0
        for address in addresses:
            if source_host is not None and not is_believable(address, source_host):
                continue
            if address.host in self._banned_hosts:
                continue
            added += self.known.add(address, source, now)
        return added

    def dial_more(self, now: float, room: int) -> int:
        """Start up to `room` connections; the number started."""
        if not self._policy.wants_peers:
            return 0
        free = self._policy.most_peers - len(self.connected)
        started = 0
        skip_seeds = self._policy.is_seeding
        for address in self.known.next_to_dial(now, min(room, free), self._rng, skip_seeds=skip_seeds):
            if address.host in self._banned_hosts:
                self.known.failed(address, now)
                continue
            self.known.dialing(address)
            if not self._dial(address, self.known.source(address)):
                self.known.failed(address, now)
                break
            started += 1
        return started

    # --- coming and going ---------------------------------------------------------------------------------------

    def refusal(self, peer: PeerConnection) -> str | None:
        """Why a peer whose handshake came must not stay; None when it may."""
        if peer_key(peer) in self._guilty or self.known.is_banned(peer.address, peer.peer_id):
            return "banned for bad data"
        twin = next((other for other in self.connected.values() if other.peer_id == peer.peer_id), None)
        if twin is not None:
            is_dead = peer.now() - twin.last_received_at >= TWIN_SILENCE_SECONDS
            if not is_dead and not self._is_better_twin(peer, twin):
                return "already connected to this peer"
            twin.close("connected to this peer twice")
        if len(self.connected) >= self._policy.most_peers and not self._make_room(peer):
            return "this torrent has enough peers"
        return None

    def _make_room(self, newcomer: PeerConnection) -> bool:
        """Let go of a peer that is of no use, so that idle ones cannot keep all others out.

        First those with whom no data was ever exchanged. Where all had some, one that is idle now gives way to a
        newcomer of a higher rank (BEP 40). Of several the one of the lowest rank goes, then the oldest.
        """
        now = newcomer.now()
        old = [peer for peer in self.connected.values() if now - peer.connected_at > USELESS_SECONDS]
        chosen = [peer for peer in old if not peer.downloaded and not peer.uploaded]
        if not chosen:
            rank = self._rank(newcomer.address)
            chosen = [peer for peer in old if self._is_idle(peer, now) and self._rank(peer.address) < rank]
        if not chosen:
            return False
        worst = min(chosen, key=lambda peer: (self._rank(peer.address), peer.connected_at))
        worst.close("made room: no data goes either way")
        return len(self.connected) < self._policy.most_peers

    @staticmethod
    def _is_idle(peer: PeerConnection, now: float) -> bool:
        flows = peer.down_rate or peer.up_rate or peer.requests.outstanding
        return not flows and now - peer.last_block_at > USELESS_SECONDS

    @staticmethod
    def _is_better_twin(peer: PeerConnection, twin: PeerConnection) -> bool:
        """When both sides dial at once both must keep the same connection: the one that the greater id dialled."""
        if peer.is_incoming == twin.is_incoming or peer.host is None or peer.address.host != twin.address.host:
            # From elsewhere it may be a stranger who borrows the id to push the peer out.
            return False
        return peer.is_incoming == (peer.peer_id > peer.host.peer_id)

    def enter(self, peer: PeerConnection, now: float) -> None:
        """The handshake is done and the peer may stay."""
        self.connected[peer.key] = peer
        peer.is_on_parole = peer.address.host in self._hosts_with_bans
        if not peer.is_incoming:
            self.known.connected(peer.address, now)
        if peer.has_fast and not self._policy.is_seeding:
            self._grant_fast(peer)

    def leave(self, peer: PeerConnection, now: float) -> None:
        """The connection ended."""
        if self.connected.pop(peer.key, None) is None:
            return
        self._availability.remove(peer.bits)
        was_useful = peer.downloaded + peer.uploaded > 0
        if not peer.is_incoming and self._is_closing:
            self.known.parted(peer.address, now, was_useful)
        elif not peer.is_incoming:
            self.known.closed(peer.address, now, was_useful)
        if self._download is not None:
            self._download.peer_gave_up(peer)
        if not peer.am_choking and peer.peer_interested:
            self._next_choke = min(self._next_choke, now)

    def close_all(self, reason: str) -> None:
        """The torrent stops: its peers may be dialled again as soon as it starts."""
        self._is_closing = True
        for peer in list(self.connected.values()):
            peer.close(reason)
        self._is_closing = False

    def _grant_fast(self, peer: PeerConnection) -> None:
        host = peer.address.host
        count = self._all.bit_length()
        if ":" in host or not self._picker.have:
            return
        for index in peer_wire.allowed_fast_set(peer.host.info_hash if peer.host else b"", host, count):
            if self._picker.have >> index & 1:
                peer.granted_fast |= 1 << index
                peer.send(peer_wire.encode_allowed_fast(index))

    # --- what peers have ----------------------------------------------------------------------------------------

    def bits_replaced(self, peer: PeerConnection, before: int) -> None:
        """The peer had `before` and has `peer.bits` now."""
        self._availability.replace(before, peer.bits)
        self.update_interest(peer)
        if peer.bits == self._all:
            self._met_seed(peer)

    def is_seed(self, peer: PeerConnection) -> bool:
        """It has every piece."""
        return peer.bits == self._all

    def _met_seed(self, peer: PeerConnection) -> None:
        if not peer.is_incoming:
            self.known.mark_seed(peer.address)
        if self._policy.is_seeding:
            peer.close("both sides are seeds")

    def update_interest(self, peer: PeerConnection) -> None:
        """Say whether the peer has anything that we lack."""
        interesting = bool(peer.bits & self._picker.missing)
        if interesting != peer.am_interested:
            peer.set_interested(interesting)
            if interesting:
                self._request(peer)

    def update_all_interest(self) -> None:
        for peer in list(self.connected.values()):
            self.update_interest(peer)

    def announce_piece(self, index: int) -> None:
        """Tell the peers that lack it that we have piece `index` now."""
        message = peer_wire.encode_have(index)
        for peer in self.connected.values():
            if not peer.bits >> index & 1:
                peer.send(message)

    def leave_seeds(self) -> None:
        """We are complete: connections between two seeds serve nobody."""
        self.known.forget_seeds()
        for peer in list(self.connected.values()):
            if peer.bits == self._all or peer.is_upload_only:
                peer.close("both sides are seeds")

    def _request(self, peer: PeerConnection) -> None:
        if self._download is not None:
            self._download.request_more(peer)

    # --- time ---------------------------------------------------------------------------------------------------

    def second(self, now: float, elapsed: float) -> None:
        """Once a second: rates, time-outs, keep-alives, choke rounds."""
        for peer in list(self.connected.values()):
            self._measure(peer, elapsed)
            self._check_time(peer, now)
        self._check_line(now)
        if now >= self._next_choke:
            self.choke_round(now)

    def _check_line(self, now: float) -> None:
        """Dial everybody anew when all fell silent at once; the old connections stay, for they may revive."""
        peers = self.connected.values()
        if not any(peer.is_snubbed for peer in peers):
            return
        if now - max(peer.last_received_at for peer in peers) < LINE_SILENCE_SECONDS:
            return
        if now - self._line_checked_at < self._line_patience:
            return
        self._line_checked_at = now
        # A peer that is just slow would lose its place in a queue each time.
        self._line_patience = min(2 * self._line_patience, MOST_LINE_PATIENCE_SECONDS)
        for peer in peers:
            if not peer.is_incoming:
                self.known.closed(peer.address, now, was_useful=True)
        self.known.wake(now)

    @staticmethod
    def _measure(peer: PeerConnection, elapsed: float) -> None:
        down, up = peer.tick_downloaded / elapsed, peer.tick_uploaded / elapsed
        peer.tick_downloaded = peer.tick_uploaded = 0
        # A falling rate decays; the first seconds jump, so that slow start sees what it caused.
        peer.down_rate += RATE_WEIGHT * (down - peer.down_rate) if peer.down_rate else down
        peer.up_rate += RATE_WEIGHT * (up - peer.up_rate) if peer.up_rate else up
        if peer.down_rate < 1:
            peer.down_rate = 0.0
        if peer.up_rate < 1:
            peer.up_rate = 0.0
        if peer.requests.outstanding:
            peer.requests.pipeline.second(down, peer.requests.latency)

    def _check_time(self, peer: PeerConnection, now: float) -> None:
        if now - peer.last_received_at > SILENCE_SECONDS:
            peer.close(f"silent for {SILENCE_SECONDS:.0f} s")
            return
        if now - peer.last_sent_at > KEEP_ALIVE_SECONDS:
            peer.send(peer_wire.KEEP_ALIVE)
        requests = peer.requests
        waiting = bool(requests.outstanding)
        if waiting and now - max(peer.last_block_at, requests.asked_at) > BLOCK_WAIT_SECONDS:
            self._snub(peer, now)
        elif peer.is_snubbed and now - peer.last_block_at < BLOCK_WAIT_SECONDS:
            peer.is_snubbed = False
        if peer.am_interested and not peer.peer_choking and not requests.outstanding:
            self.update_interest(peer)
            self._request(peer)

    def _snub(self, peer: PeerConnection, now: float) -> None:
        peer.is_snubbed = True
        peer.requests.pipeline.snubbed()
        if self._download is not None:
            self._download.peer_gave_up(peer)
        peer.requests.asked_at = now

    def interest_changed(self, peer: PeerConnection, now: float) -> None:
        """A peer (not) interested in us: a free slot is given at once, the rest waits for the round."""
        if peer.peer_interested and peer.am_choking:
            taken = sum(1 for other in self.connected.values() if not other.am_choking and other.peer_interested)
            if taken < self._policy.upload_slots:
                peer.set_choking(False)
        elif not peer.peer_interested and not peer.am_choking:
            self._next_choke = min(self._next_choke, now + 1.0)

    def choke_round(self, now: float) -> None:
        """Decide anew who is sent data (BEP 3)."""
        self._next_choke = now + CHOKE_SECONDS
        self._round += 1
        candidates = [
            ChokeCandidate(
                key=peer.key,
                is_interested=peer.peer_interested,
                is_unchoked=not peer.am_choking,
                is_snubbed=peer.is_snubbed,
                down_rate=peer.down_rate,
                up_rate=peer.up_rate,
                connected_at=peer.connected_at,
                last_unchoked_at=peer.last_unchoked_at,
                is_optimistic=peer.is_optimistic,
                is_held_back=self.is_held_back(peer, now),
            )
            for peer in self.connected.values()
        ]
        decision = choose_unchoked(
            candidates,
            self._policy.upload_slots,
            seeding=self._policy.is_seeding,
            now=now,
            rng=self._rng,
            rotate_optimistic=self._round % OPTIMISTIC_ROUNDS == 0,
            give_first=self._policy.gives_first,
        )
        for peer in self.connected.values():
            peer.is_optimistic = peer.key == decision.optimistic
            peer.set_choking(peer.key not in decision.unchoke)

    def is_held_back(self, peer: PeerConnection, now: float) -> bool:
        """It only takes while it has what we lack, and the settings say to hold such peers back."""
        if self._policy.is_seeding or not self._policy.holds_back_takers or not peer.am_interested:
            return False
        return only_takes(peer.uploaded, peer.downloaded, now - peer.connected_at)

    # --- bans ---------------------------------------------------------------------------------------------------

    def ban(self, guilty: frozenset[str]) -> frozenset[str]:
        """End the connections of the guilty and never come back to them; those who were not known as such."""
        fresh = guilty - self._guilty
        self._guilty |= guilty
        # Also of those who fled before their blocks were judged: they come back under another id.
        self._hosts_with_bans.update(key.partition(" ")[0] for key in guilty)
        for peer in list(self.connected.values()):
            if peer_key(peer) in guilty:
                self.banned_total += 1
                self.known.ban(peer.address, peer.peer_id)
                peer.close("banned: it sent data that fails the hash check")
        if guilty and self._download is not None:
            self._download.distrust(guilty)
        return fresh

    def end_all_of(self, hosts: Container[str], reason: str) -> list[str]:
        """Nothing is to be had with `hosts` any more: end the connections; those that were connected."""
        ended: dict[str, None] = {}
        for peer in list(self.connected.values()):
            if peer.address.host in hosts:
                ended[peer.address.host] = None
                peer.close(reason)
        return list(ended)

    # --- counts -------------------------------------------------------------------------------------------------

    def counts(self, now: float) -> tuple[int, int, int]:
        """(seeds, peers that sent us data in the last 10 s, peers that we sent data to)."""
        seeds = sending = receiving = 0
        for peer in self.connected.values():
            seeds += peer.bits == self._all
            sending += peer.downloaded > 0 and now - peer.last_block_at < RECENT_SECONDS
            receiving += peer.up_rate > 0
        return seeds, sending, receiving

    def is_seen(self, now: float) -> bool:
        """Whether a connected peer has told its pieces, or had the time: before, nothing is known of what they lack."""
        peers = self.connected.values()
        return any(peer.has_told_pieces or now - peer.connected_at >= TELLING_SECONDS for peer in peers)

    def peers(self) -> Sequence[PeerConnection]:
        return list(self.connected.values())
