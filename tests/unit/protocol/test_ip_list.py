"""Lists of addresses to be shut out: the formats that people publish, and what is wrong with them."""

from __future__ import annotations

import gzip

import pytest

from shoal.engine.policy.ip_filter import IpRanges, merged
from shoal.protocol.ip_list import LONGEST_LINE, MOST_LINES, IpListError, IpListReader


def read(data: bytes, *, step: int = 1 << 16) -> tuple[IpRanges, IpListReader]:
    reader = IpListReader()
    for at in range(0, len(data), step):
        reader.feed(data[at : at + step])
    reader.finish()
    return merged(reader.v4, reader.v6), reader


EMULE = b"""\xef\xbb\xbf# a list
001.009.096.105 - 001.009.096.107 , 000 , a name: with 1.2.3.4-1.2.3.5 in it\r
010.000.000.000 - 010.000.000.255 , 127 , the last level that is shut out
011.000.000.000 - 011.000.000.255 , 128 , allowed
12.0.0.1-12.0.0.1
2001:db8::1 - 2001:db8::ff , 10 , six
"""
PEER_GUARDIAN = b"Some: organisation, Inc. (x):1.9.96.105-1.9.96.107\nother:12.0.0.1-12.0.0.1\n"
BLOCKS = b"""; a remark
// another
1.9.96.128/25 ; SBL1
192.0.2.77/24
198.51.100.7
2001:db8:1::/48 # six
2001:db8:2::7
::/128
"""


def test_emule_lists_shut_out_what_has_a_low_level() -> None:
    ranges, reader = read(EMULE)
    for host in ("1.9.96.105", "1.9.96.107", "10.0.0.0", "10.0.0.255", "12.0.0.1", "2001:db8::80", "::ffff:1.9.96.106"):
        assert host in ranges
    for host in ("1.9.96.104", "1.9.96.108", "11.0.0.1", "1.2.3.4", "12.0.0.2", "2001:db8::100", "a.name", ""):
        assert host not in ranges
    assert (reader.unreadable, len(ranges)) == (0, 4)


def test_names_of_peerguardian_may_hold_anything() -> None:
    ranges, reader = read(PEER_GUARDIAN)
    assert "1.9.96.106" in ranges
    assert "12.0.0.1" in ranges
    assert (reader.unreadable, len(ranges)) == (0, 2)


def test_blocks_and_single_addresses_of_both_families() -> None:
    ranges, reader = read(BLOCKS)
    for host in ("1.9.96.128", "1.9.96.255", "192.0.2.0", "198.51.100.7", "2001:db8:1:ffff::", "2001:db8:2::7", "::"):
        assert host in ranges
    for host in ("1.9.96.127", "192.0.3.0", "198.51.100.8", "2001:db8:2::8", "2001:db8:3::", "::1"):
        assert host not in ranges
    assert reader.unreadable == 0


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"1.2.3.4 - 1.2.3",
        b"1.2.3.256",
        b"1.2.3.4/33",
        b"1.2.3.9 - 1.2.3.4",
        b"2001:db8::9 - 2001:db8::1",
        b"2001:db8::1 - 1.2.3.4",
        b"2001:db8::/129",
        b"a name:1.2.3.4-1.2.3.4444",
        b"1.2.3.4 - 1.2.3.5 , high , a name",
        b"<html><body>Not found</body></html>",
        b"\xff\xfe\x00",
        b"x" * (LONGEST_LINE + 1),
        b"x" * (3 * LONGEST_LINE),
    ],
)
def test_a_line_that_is_none_is_counted_and_the_rest_is_read(line: bytes) -> None:
    for step in (7, 1 << 16):
        ranges, reader = read(b"10.0.0.1\n" + line + b"\n10.0.0.9", step=step)
        assert reader.unreadable == 1
        assert len(ranges) == 2


@pytest.mark.parametrize("data", [EMULE, PEER_GUARDIAN, BLOCKS])
def test_packed_or_in_small_steps_it_is_the_same_list(data: bytes) -> None:
    whole, _ = read(data)
    for packed in (data, gzip.compress(data), gzip.compress(data[:50]) + gzip.compress(data[50:]) + bytes(100)):
        for step in (1, 1000):
            ranges, _ = read(packed, step=step)
            assert ranges == whole


def test_overlapping_and_touching_ranges_become_one() -> None:
    ranges, _ = read(
        b"1.0.0.0/25\n1.0.0.64-1.0.0.70\n1.0.0.128-1.0.1.3\n255.255.255.255\n2001:db8::/33\n2001:db8:8000::/33"
    )
    assert len(ranges) == 3
    assert "1.0.1.3" in ranges
    assert "1.0.1.4" not in ranges
    assert "255.255.255.255" in ranges
    assert "2001:db8:ffff::" in ranges


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "no-ranges"),
        (b"\x1f", "no-ranges"),
        (b"<html>\n", "no-ranges"),
        (gzip.compress(BLOCKS)[:-9], "damaged"),
        (b"\x1f\x8bnonsense", "damaged"),
        (gzip.compress(b"\n" * (MOST_LINES + 10)), "too-large"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_as_such(data: bytes, kind: str) -> None:
    with pytest.raises(IpListError) as caught:
        read(data)
    assert caught.value.kind == kind


def test_more_ranges_than_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shoal.protocol.ip_list.MOST_RANGES", 3)
    with pytest.raises(IpListError, match="too-many"):
        read(b"1.0.0.1\n1.0.0.2\n1.0.0.3\n2001:db8::1\n1.0.0.5\n")
