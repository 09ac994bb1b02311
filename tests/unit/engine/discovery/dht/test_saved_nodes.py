from __future__ import annotations

import pytest

from shoal.engine.discovery.dht.hosts import MOST_HOSTS, WELL_KNOWN, parse_hosts
from shoal.engine.discovery.dht.saved_nodes import MOST_NODES, SavedNodes, decode_saved, encode_saved
from shoal.protocol.dht_nodes import Contact

NODE4 = Contact(b"a" * 20, "1.2.3.4", 5)
NODE6 = Contact(b"b" * 20, "2001:db8::1", 6)


def test_what_is_kept_comes_back() -> None:
    saved = SavedNodes({4: b"i" * 20, 6: b"j" * 20}, {4: (NODE4,), 6: (NODE6,)})
    assert decode_saved(encode_saved(saved)) == saved


def test_the_first_so_many_are_kept() -> None:
    nodes = tuple(NODE4._replace(port=port) for port in range(1, 2 * MOST_NODES))
    assert decode_saved(encode_saved(SavedNodes({}, {4: nodes}))).nodes[4] == nodes[:MOST_NODES]
    wide = tuple(NODE6._replace(port=port) for port in range(1, 2 * MOST_NODES))
    assert len(decode_saved(encode_saved(SavedNodes({}, {4: nodes, 6: wide}))).nodes[6]) == MOST_NODES


@pytest.mark.parametrize("data", [None, b"", b"le", b"d", b"d6:nodes43:abce", b"x" * 100_000])
def test_what_is_damaged_is_as_good_as_nothing(data: bytes | None) -> None:
    assert decode_saved(data) == SavedNodes()


def test_an_id_of_another_length_is_none() -> None:
    assert decode_saved(b"d3:id43:abce").own_ids == {}


def test_hosts_are_read_and_others_left_out() -> None:
    assert parse_hosts(["a.example:6881", "[::1]:2", "1.2.3.4:70000", "no-port", ":5", "b:x"]) == (
        ("a.example", 6881),
        ("::1", 2),
    )
    assert len(parse_hosts(WELL_KNOWN)) == len(WELL_KNOWN)
    assert len(parse_hosts([f"h{number}:1" for number in range(50)])) == MOST_HOSTS
