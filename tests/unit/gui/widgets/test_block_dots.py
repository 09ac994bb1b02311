"""A dot is a group of blocks that a counter really grew by."""

from __future__ import annotations

from shoal.api.details import PeerRow
from shoal.gui.widgets.block_dots import BLOCK, MOST_DOTS, MOST_OF_A_PEER, BlockMeter, Dots


def peer(downloaded: int, uploaded: int = 0) -> PeerRow:
    return PeerRow(
        host="10.0.0.1",
        port=1,
        client="",
        has=1.0,
        down_rate=0.0,
        up_rate=0.0,
        downloaded=downloaded,
        uploaded=uploaded,
        is_incoming=False,
        am_choking=True,
        am_interested=True,
        peer_choking=False,
        peer_interested=False,
        is_snubbed=False,
        source="tracker",
    )


def test_the_first_sight_of_a_peer_moves_nothing() -> None:
    assert BlockMeter().take({"a": peer(50 * BLOCK)}) == {}


def test_one_dot_for_each_block_and_the_rest_waits() -> None:
    meter = BlockMeter()
    meter.take({"a": peer(0)})
    assert meter.take({"a": peer(2 * BLOCK + 100, BLOCK)}) == {"a": Dots(2, 1)}
    assert meter.take({"a": peer(3 * BLOCK - 1, BLOCK)}) == {}
    assert meter.take({"a": peer(3 * BLOCK, BLOCK)}) == {"a": Dots(1, 0)}


def test_much_data_makes_larger_groups_and_not_more_dots() -> None:
    meter = BlockMeter()
    keys = [f"p{number}" for number in range(100)]
    meter.take({key: peer(0) for key in keys})
    dots = meter.take({key: peer(3_000_000) for key in keys})
    assert sum(count.down for count in dots.values()) <= MOST_DOTS
    assert meter.group > BLOCK
    assert meter.group % BLOCK == 0
    one = BlockMeter()
    one.take({"a": peer(0)})
    assert one.take({"a": peer(100 * BLOCK)})["a"].down <= MOST_OF_A_PEER
    assert one.group * MOST_OF_A_PEER >= 100 * BLOCK


def test_every_byte_is_in_a_dot_in_the_end() -> None:
    meter = BlockMeter()
    meter.take({"a": peer(0)})
    seen = 0
    for second in range(1, 200):
        dots = meter.take({"a": peer(second * 7_001)})
        seen += dots["a"].down * meter.group if dots else 0
    assert 0 <= 199 * 7_001 - seen < BLOCK


def test_a_peer_that_came_back_begins_anew() -> None:
    meter = BlockMeter()
    meter.take({"a": peer(100 * BLOCK)})
    assert meter.take({"a": peer(BLOCK)}) == {}
    assert meter.take({"a": peer(2 * BLOCK)}) == {"a": Dots(1, 0)}


def test_nothing_moved_is_no_dot() -> None:
    meter = BlockMeter()
    meter.take({"a": peer(5)})
    assert meter.take({"a": peer(5)}) == {}
