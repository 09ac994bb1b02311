"""Lists of addresses from anywhere: whatever comes, the reader holds, and what it looks up is true."""

from __future__ import annotations

import gzip
import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from shoal.engine.policy.ip_filter import merged
from shoal.protocol.ip_list import IpListError, IpListReader

PARTS = st.sampled_from(
    [
        *(b"1.2.3.4", b"001.002.003.009", b"2001:db8::", b"::", b" - ", b"-", b"/", b"32", b"129", b",", b" 127 "),
        *(b"name:", b"\n", b"\r\n", b"#", b"\x00", b"\xff", b"\x1f\x8b", b"9" * 30),
    ]
)
RANGES = st.lists(st.tuples(st.integers(0, 2**12), st.integers(0, 40)), min_size=1, max_size=60)


def fed(data: bytes, cuts: list[int]) -> IpListReader:
    reader = IpListReader()
    start = 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        reader.feed(data[start:cut])
        start = cut
    reader.finish()
    return reader


@given(st.binary(max_size=300) | st.lists(PARTS, max_size=40).map(b"".join), st.lists(st.integers(0, 500), max_size=4))
def test_hostile_bytes_give_nothing_but_the_readers_own_errors(data: bytes, cuts: list[int]) -> None:
    for content in (data, gzip.compress(data), gzip.compress(data)[: len(data)]):
        try:
            reader = fed(content, cuts)
        except IpListError:
            continue
        ranges = merged(reader.v4, reader.v6)
        assert 0 < len(ranges) <= reader.lines
        assert reader.unreadable <= reader.lines


@given(RANGES, st.booleans(), st.lists(st.integers(0, 5000), max_size=4))
def test_what_is_looked_up_is_in_one_of_the_ranges(pairs: list[tuple[int, int]], is_v6: bool, cuts: list[int]) -> None:
    base = int(ipaddress.ip_address("2001:db8::" if is_v6 else "198.18.0.0"))

    def text(number: int) -> str:
        address = ipaddress.IPv6Address(base + number) if is_v6 else ipaddress.IPv4Address(base + number)
        return str(address)

    lines = [f"{text(start)} - {text(start + length)}" for start, length in pairs]
    reader = fed("\n".join(lines).encode(), cuts)
    ranges = merged(reader.v4, reader.v6)
    expected = {number for start, length in pairs for number in range(start, start + length + 1)}
    for number in {edge + step for edge in expected for step in (-1, 0, 1)} - {-1}:
        assert (text(number) in ranges) == (number in expected)
    assert reader.unreadable == 0
