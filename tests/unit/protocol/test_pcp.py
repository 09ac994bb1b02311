"""PCP byte by byte, as RFC 6887 has it."""

import pytest

from shoal.protocol.errors import ProtocolError
from shoal.protocol.pcp import (
    Announced,
    Mapped,
    WrongVersion,
    decode_reply,
    encode_announce_request,
    encode_map_request,
)

NONCE = bytes(range(12))
OURS = "00000000000000000000ffff c0a80105"
MAP = "02810000 00000258 0000002a" + "00" * 12 + NONCE.hex() + "06000000 1234 5678" + "00" * 10 + "ffff cb007107"


def test_an_announce_names_our_address() -> None:
    assert encode_announce_request("192.168.1.5") == bytes.fromhex("02000000 00000000" + OURS)
    over6 = encode_announce_request("2001:db8::5%eth0")
    assert over6[8:] == bytes.fromhex("20010db8000000000000000000000005")


def test_a_map_request_wishes_a_port_at_any_address() -> None:
    wire = encode_map_request(
        client_host="192.168.1.5", nonce=NONCE, is_tcp=True, internal_port=0x1234, external_port=0x5678, lifetime=600
    )
    body = NONCE.hex() + "06000000 1234 5678" + "00" * 10 + "ffff 00000000"
    assert wire == bytes.fromhex("02010000 00000258" + OURS + body)
    over6 = encode_map_request(
        client_host="2001:db8::5", nonce=NONCE, is_tcp=False, internal_port=1, external_port=0, lifetime=0
    )
    assert over6[36] == 17
    assert over6[-16:] == bytes(16)


@pytest.mark.parametrize("wrong", [{"nonce": b""}, {"internal_port": 0}, {"external_port": 65_536}, {"lifetime": -1}])
def test_what_does_not_fit_is_not_sent(wrong: dict[str, object]) -> None:
    right = {"client_host": "192.168.1.5", "nonce": NONCE, "internal_port": 1, "external_port": 1, "lifetime": 1}
    with pytest.raises(ValueError, match=r"a nonce|a lifetime"):
        encode_map_request(is_tcp=True, **{**right, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wire", "reply"),
    [
        ("02800000 00000000 0000002a" + "00" * 12, Announced(0, 42)),
        ("02800004 00000000 0000002a" + "00" * 12, Announced(4, 42)),
        (MAP, Mapped(0, 42, 600, NONCE, True, 0x1234, 0x5678, "203.0.113.7")),
        (MAP + "02000000", Mapped(0, 42, 600, NONCE, True, 0x1234, 0x5678, "203.0.113.7")),
        ("00800001 00000000", WrongVersion(0)),
        ("02810001 00000000 0000002a" + "00" * 12, WrongVersion(2)),
    ],
)
def test_replies(wire: str, reply: object) -> None:
    assert decode_reply(bytes.fromhex(wire)) == reply


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("0280", "2 bytes"),
        ("02" * 1104, "1104 bytes"),
        ("02800000 00000000 00", "9 bytes"),
        ("02000000 00000000 0000002a" + "00" * 12, "a PCP request"),
        ("02850000 00000000 0000002a" + "00" * 12, "kind 133"),
        (MAP[:-8], "without its mapping"),
        (MAP.replace("06000000", "07000000"), "protocol 7"),
        (MAP.replace("5678", "0000"), "port 0"),
    ],
)
def test_what_is_no_reply_is_a_protocol_error(wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        decode_reply(bytes.fromhex(wire))
