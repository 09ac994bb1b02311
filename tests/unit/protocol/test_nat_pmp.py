"""NAT-PMP byte by byte, as RFC 6886 has it."""

import pytest

from shoal.protocol.errors import ProtocolError
from shoal.protocol.nat_pmp import (
    AddressReply,
    MapReply,
    WrongVersion,
    decode_reply,
    encode_address_request,
    encode_map_request,
)


def test_requests_are_those_of_the_rfc() -> None:
    assert encode_address_request() == b"\0\0"
    tcp = encode_map_request(is_tcp=True, internal_port=0x1234, external_port=0x5678, lifetime=7200)
    assert tcp == b"\x00\x02\x00\x00\x12\x34\x56\x78\x00\x00\x1c\x20"
    udp = encode_map_request(is_tcp=False, internal_port=1, external_port=0, lifetime=0)
    assert udp == b"\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"


@pytest.mark.parametrize(("internal", "external", "lifetime"), [(0, 1, 1), (65_536, 1, 1), (1, -1, 1), (1, 1, 1 << 32)])
def test_what_does_not_fit_is_not_sent(internal: int, external: int, lifetime: int) -> None:
    with pytest.raises(ValueError, match="ports"):
        encode_map_request(is_tcp=True, internal_port=internal, external_port=external, lifetime=lifetime)


@pytest.mark.parametrize(
    ("wire", "reply"),
    [
        ("00800000 0000000a cb007107", AddressReply(0, 10, "203.0.113.7")),
        ("00800000 0000000a 00000000", AddressReply(0, 10, "")),
        ("00800003 0000000a", AddressReply(3, 10)),
        ("00820000 0000000a 1234 5678 00001c20", MapReply(0, 10, True, 0x1234, 0x5678, 7200)),
        ("00810000 0000000a 1234 0000 00000000", MapReply(0, 10, False, 0x1234)),
        ("00810002 0000000a 1234 9999 00001c20", MapReply(2, 10, False, 0x1234)),
        ("00820001", WrongVersion(0)),
        ("02800001 00000000", WrongVersion(2)),
    ],
)
def test_replies(wire: str, reply: object) -> None:
    assert decode_reply(bytes.fromhex(wire)) == reply


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("", "0 bytes"),
        ("0000" * 600, "1200 bytes"),
        ("00020000 0000000a", "a NAT-PMP request"),
        ("00850000 0000000a", "kind 133"),
        ("00800000 00", "5 bytes"),
        ("00800000 0000000a cb00", "without its address"),
        ("00820000 0000000a 1234", "without its ports"),
        ("00820000 0000000a 1234 0000 00001c20", "port 0"),
    ],
)
def test_what_is_no_reply_is_a_protocol_error(wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        decode_reply(bytes.fromhex(wire))
