"""Any order of what peers may do, well or badly: nothing is lost, nothing leaks, one honest peer is enough."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.small_swarm import SmallSwarm, Stranger
from tests.support.wire_peer import piece_message

from shoal.engine.storage.piece_buffer import MIN_PIECES
from shoal.metainfo.bitfield import iterate
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.metainfo.priorities import FilePriority

MOST_SECONDS = 400
"""Virtual seconds within which one honest peer must finish what the others left in disorder."""


class Downloading(RuleBasedStateMachine):
    """Strangers come and go, and do what they like; a `Stranger` complains when it is asked wrongly."""

    @initialize(
        pieces=st.integers(1, 9),
        blocks=st.integers(1, 4),
        tail=st.integers(0, BLOCK_LENGTH),
        tight=st.booleans(),
        seed=st.integers(0, 999),
    )
    def begin(self, pieces: int, blocks: int, tail: int, tight: bool, seed: int) -> None:
        self.small = SmallSwarm(
            pieces=pieces, piece_length=blocks * BLOCK_LENGTH, tail=tail, memory=1 if tight else 1 << 30, seed=seed
        )
        self.strangers: list[Stranger] = []
        self.liars: set[int] = set()
        self.came = 0

    def here(self) -> list[Stranger]:
        return [stranger for stranger in self.strangers if stranger.is_here]

    def someone(self, data: st.DataObject, **wanted: bool) -> Stranger | None:
        chosen = [one for one in self.here() if all(getattr(one, key) == value for key, value in wanted.items())]
        return data.draw(st.sampled_from(chosen)) if chosen else None

    @rule(data=st.data(), fast=st.booleans(), lies=st.booleans(), incoming=st.booleans(), shared=st.booleans())
    def join(self, data: st.DataObject, *, fast: bool, lies: bool, incoming: bool, shared: bool) -> None:
        if len(self.here()) >= 6:
            return
        bits = data.draw(st.one_of(st.just(self.small.all), st.integers(0, self.small.all)))
        self.came += 1
        stranger = self.small.join(
            bits,
            fast=fast,
            name=f"-ST0001-{self.came:012d}",
            host="198.51.100.1" if shared else f"198.51.101.{self.came}",
            incoming=incoming,
            unchoke=data.draw(st.booleans()),
        )
        self.strangers.append(stranger)
        if lies:
            self.liars.add(id(stranger))

    @rule(data=st.data())
    def gain_a_piece(self, data: st.DataObject) -> None:
        stranger = self.someone(data)
        if stranger is not None:
            stranger.have(data.draw(st.integers(0, self.small.piece_count - 1)))

    @rule(data=st.data())
    def unchoke(self, data: st.DataObject) -> None:
        stranger = self.someone(data, is_choking=True)
        if stranger is not None:
            stranger.unchoke()

    @rule(data=st.data(), rejects=st.booleans())
    def choke(self, data: st.DataObject, rejects: bool) -> None:
        stranger = self.someone(data, is_choking=False)
        if stranger is not None:
            stranger.choke()
            if stranger.peer.has_fast and rejects:
                for block in list(stranger.pending):
                    stranger.reject(block)

    @rule(data=st.data(), most=st.integers(1, 12))
    def give(self, data: st.DataObject, most: int) -> None:
        stranger = self.someone(data)
        if stranger is None:
            return
        for _ in range(most):
            stranger.listen()
            if not stranger.pending or not stranger.is_here:
                return
            block = data.draw(st.sampled_from(list(stranger.pending)))
            spoil = id(stranger) in self.liars and data.draw(st.booleans())
            stranger.give(block, spoil=spoil)

    @rule(data=st.data())
    def give_late_or_twice(self, data: st.DataObject) -> None:
        stranger = self.someone(data)
        if stranger is not None:
            stranger.listen()
            blocks = [*stranger.stale, *stranger.given]
            if blocks:
                stranger.give(data.draw(st.sampled_from(blocks)))

    @rule(data=st.data(), length=st.integers(0, BLOCK_LENGTH + 1), begin=st.integers(0, (1 << 32) - 1))
    def send_rubbish(self, data: st.DataObject, length: int, begin: int) -> None:
        stranger = self.someone(data)
        if stranger is not None and id(stranger) in self.liars:
            index = data.draw(st.integers(0, self.small.piece_count))
            place = data.draw(st.sampled_from([begin, begin % 4 * BLOCK_LENGTH, (1 << 30) + begin % 4 * BLOCK_LENGTH]))
            stranger._feed(piece_message(index, place, bytes(length)))

    @rule(data=st.data(), more=st.sampled_from([-1, 1, BLOCK_LENGTH]))
    def send_a_wrong_length(self, data: st.DataObject, more: int) -> None:
        stranger = self.someone(data)
        if stranger is not None and id(stranger) in self.liars:
            stranger.listen()
            if stranger.pending:
                index, begin, length = data.draw(st.sampled_from(list(stranger.pending)))
                stranger._feed(piece_message(index, begin, bytes(max(0, length + more))))

    @rule(data=st.data())
    def reject_one(self, data: st.DataObject) -> None:
        stranger = self.someone(data)
        if stranger is not None and stranger.peer.has_fast:
            stranger.listen()
            if stranger.pending:
                stranger.reject(data.draw(st.sampled_from(list(stranger.pending))))

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        stranger = self.someone(data)
        if stranger is not None:
            stranger.hang_up()

    @rule(jobs=st.integers(1, 5))
    def verify(self, jobs: int) -> None:
        self.small.workers.do(jobs)

    @rule(seconds=st.sampled_from([1, 2, 25]))
    def wait(self, seconds: int) -> None:
        self.small.pass_seconds(seconds)

    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        skipped = data.draw(st.integers(0, self.small.all))
        self.small.picker.set_wanted({FilePriority.SKIP: skipped, FilePriority.HIGH: self.small.all & ~skipped})
        self.small.download.selection_changed()
        self.small.swarm.update_all_interest()
        self.small.download.feed_hungry()

    @precondition(lambda self: hasattr(self, "small"))
    @invariant()
    def it_adds_up(self) -> None:
        small = self.small
        opened = set(small.download.open_pieces)
        assert small.picker.open == sum(1 << index for index in opened)
        assert small.buffers.in_use == len(opened)
        assert small.buffers.budget_bytes > 1 or len(opened) <= MIN_PIECES
        assert not small.picker.open & small.picker.have
        assert sorted(small.disk.pieces) == list(iterate(small.picker.have))
        for stranger in self.here():
            stranger.listen()
            assert small.availability.count(0) == sum(peer.bits & 1 for peer in small.peers())
        self.no_block_is_lost()

    def no_block_is_lost(self) -> None:
        """Every block of an open piece is here, free, or owed by someone."""
        owed: dict[int, int] = {}
        for peer in self.small.peers():
            for key, piece in peer.requests.outstanding.items():
                if piece.remaining:
                    owed[key] = owed.get(key, 0) + 1
        for piece in self.small.download._open.values():
            if not piece.remaining:
                continue
            for block, sender in enumerate(piece.senders):
                is_owed = bool(owed.get(piece.key | block))
                assert sender is not None or block in piece.free or is_owed, f"block {block} of {piece.index} is lost"

    def teardown(self) -> None:
        if not hasattr(self, "small"):
            return
        small = self.small
        small.picker.set_wanted({FilePriority.NORMAL: small.all})
        small.swarm.update_all_interest()
        small.download.feed_hungry()
        honest = small.join(name="-HONEST-", host="203.0.113.1")
        for _ in range(MOST_SECONDS):
            honest.give_all()
            small.workers.do()
            if small.is_complete():
                break
            small.pass_seconds(1)
        assert honest.is_here, small.closed.get(honest.peer.key)
        assert small.is_complete(), f"{small.picker.missing:b} never came"
        assert small.buffers.in_use == 0
        assert small.picker.open == 0
        for stranger in self.strangers:
            # Nobody who sent no bad block is ever banned.
            if id(stranger) not in self.liars:
                assert "banned" not in small.closed.get(stranger.peer.key, "")


TestDownloading = Downloading.TestCase
TestDownloading.settings = settings(max_examples=30, stateful_step_count=30)
