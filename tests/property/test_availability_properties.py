"""Bit-sliced counters against counters of the plain kind."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shoal.engine.policy.availability import Availability
from shoal.metainfo.bitfield import all_pieces, iterate


class Counting(RuleBasedStateMachine):
    """Peers come with any pieces, gain pieces and go; every answer is compared with a list of numbers."""

    @initialize(count=st.integers(1, 70))
    def begin(self, count: int) -> None:
        self.count = count
        self.all = all_pieces(count)
        self.tested = Availability(count)
        self.peers: list[int] = []

    def naive(self) -> list[int]:
        return [sum(peer >> index & 1 for peer in self.peers) for index in range(self.count)]

    @rule(data=st.data())
    def come(self, data: st.DataObject) -> None:
        bits = data.draw(st.one_of(st.integers(0, self.all), st.just(self.all)))
        self.peers.append(bits)
        self.tested.add(bits)

    @precondition(lambda self: self.peers)
    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        self.tested.remove(self.peers.pop(data.draw(st.integers(0, len(self.peers) - 1))))

    @precondition(lambda self: any(peer != self.all for peer in self.peers))
    @rule(data=st.data())
    def gain(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from([n for n, peer in enumerate(self.peers) if peer != self.all]))
        index = data.draw(st.sampled_from(list(iterate(self.all & ~self.peers[place]))))
        self.tested.replace(self.peers[place], self.peers[place] | 1 << index)
        self.peers[place] |= 1 << index

    @rule(data=st.data())
    def ask_for_the_rarest(self, data: st.DataObject) -> None:
        candidates = data.draw(st.integers(0, self.all))
        counts = self.naive()
        chosen = list(iterate(candidates))
        fewest = min((counts[index] for index in chosen), default=0)
        expected = [index for index in chosen if counts[index] == fewest]
        assert list(iterate(self.tested.rarest(candidates))) == expected

    @invariant()
    def everything_agrees(self) -> None:
        if not hasattr(self, "tested"):
            return
        counts = self.naive()
        assert [self.tested.count(index) for index in range(self.count)] == counts
        assert list(iterate(self.tested.present)) == [index for index, n in enumerate(counts) if n]
        assert list(iterate(self.tested.single)) == [index for index, n in enumerate(counts) if n == 1]
        fewest = min(counts)
        above = sum(n > fewest for n in counts) / self.count
        assert abs(self.tested.copies() - (fewest + above)) < 1e-9
        assert self.tested.seeds == sum(peer == self.all for peer in self.peers)


TestAvailabilityCounting = Counting.TestCase
