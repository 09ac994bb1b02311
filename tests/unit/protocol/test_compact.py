from __future__ import annotations

import pytest

from shoal.protocol import compact
from shoal.protocol.errors import ProtocolError

V6 = bytes.fromhex("20010db8000000000000000000000001")


def test_ipv4_peers_both_ways() -> None:
    raw = b"\x01\x02\x03\x04\x1a\xe1\xff\xff\xff\xff\xff\xff"
    peers = [("1.2.3.4", 6881), ("255.255.255.255", 65535)]
    assert compact.decode_peers4(raw) == peers
    assert compact.decode_peers4(memoryview(raw)) == peers
    assert compact.encode_peers4(peers) == raw


def test_ipv6_peers_both_ways() -> None:
    raw = V6 + b"\x1a\xe1"
    assert compact.decode_peers6(raw) == [("2001:db8::1", 6881)]
    assert compact.decode_peers6(memoryview(raw)) == [("2001:db8::1", 6881)]
    assert compact.encode_peers6([("2001:db8::1", 6881)]) == raw


def test_port_zero_is_skipped_both_ways() -> None:
    assert compact.decode_peers4(b"\x01\x02\x03\x04\x00\x00\x01\x02\x03\x05\x00\x01") == [("1.2.3.5", 1)]
    assert compact.decode_peers6(V6 + b"\0\0") == []
    assert compact.encode_peers4([("1.2.3.4", 0)]) == compact.encode_peers6([("::1", 0)]) == b""


@pytest.mark.parametrize("length", [1, 5, 7, 11])
def test_a_length_that_is_no_multiple_is_refused(length: int) -> None:
    with pytest.raises(ProtocolError):
        compact.decode_peers4(bytes(length))


@pytest.mark.parametrize("length", [1, 6, 17, 19])
def test_an_ipv6_length_that_is_no_multiple_is_refused(length: int) -> None:
    with pytest.raises(ProtocolError):
        compact.decode_peers6(bytes(length))


def test_no_peers_are_fine() -> None:
    assert compact.decode_peers4(b"") == compact.decode_peers6(b"") == []


def test_mapped_addresses_come_as_ipv4() -> None:
    mapped = bytes(10) + b"\xff\xff\x7f\x00\x00\x01"
    assert compact.decode_peers6(mapped + b"\x00\x50") == [("127.0.0.1", 80)]
    assert compact.address_text(mapped) == "127.0.0.1"


@pytest.mark.parametrize("length", [0, 3, 5, 15, 17])
def test_an_address_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ProtocolError):
        compact.address_text(bytes(length))


def test_encoding_the_wrong_family_or_port_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="::1"):
        compact.encode_peers4([("::1", 1)])
    with pytest.raises(ValueError, match=r"1\.2\.3\.4"):
        compact.encode_peers6([("1.2.3.4", 1)])
    with pytest.raises(ValueError, match="port 65536"):
        compact.encode_peers4([("1.2.3.4", 65536)])


def test_families_are_split_in_order() -> None:
    peers = [("1.1.1.1", 1), ("::1", 2), ("2.2.2.2", 3)]
    assert compact.split_families(peers) == ([("1.1.1.1", 1), ("2.2.2.2", 3)], [("::1", 2)])
