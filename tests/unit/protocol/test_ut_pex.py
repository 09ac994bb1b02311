"""Peer exchange messages (BEP 11)."""

from __future__ import annotations

import pytest

from shoal.protocol import bencode
from shoal.protocol.errors import ProtocolError
from shoal.protocol.ut_pex import MAX_MESSAGE_BYTES, MAX_PEERS, PexFlag, PexMessage, decode_pex, encode_pex


def test_both_families_and_their_flags_survive_the_wire() -> None:
    message = PexMessage(
        {
            ("192.0.2.1", 6881): PexFlag.UPLOAD_ONLY | PexFlag.REACHABLE,
            ("2001:db8::1", 6882): PexFlag.UTP,
            ("192.0.2.2", 1): PexFlag(0),
        },
        (("192.0.2.3", 5), ("2001:db8::2", 6)),
    )
    decoded = decode_pex(encode_pex(message))
    assert dict(decoded.added) == dict(message.added)
    assert set(decoded.dropped) == set(message.dropped)


def test_the_wire_form_is_that_of_the_bep() -> None:
    wire = encode_pex(PexMessage({("1.2.3.4", 0x1234): PexFlag.REACHABLE}, (("5.6.7.8", 9),)))
    assert wire == b"d5:added6:\x01\x02\x03\x04\x12\x347:added.f1:\x107:dropped6:\x05\x06\x07\x08\x00\x09e"


def test_port_0_is_skipped_and_flags_stay_with_their_address() -> None:
    wire = bencode.encode(
        {b"added": b"\x01\x01\x01\x01\x00\x00" + b"\x02\x02\x02\x02\x00\x05", b"added.f": b"\x02\x10"}
    )
    assert dict(decode_pex(wire).added) == {("2.2.2.2", 5): PexFlag.REACHABLE}


def test_missing_flags_are_none_and_unknown_ones_are_dropped() -> None:
    wire = bencode.encode({b"added": b"\x01\x01\x01\x01\x00\x01" + b"\x02\x02\x02\x02\x00\x05", b"added.f": b"\xe4"})
    assert dict(decode_pex(wire).added) == {("1.1.1.1", 1): PexFlag.UTP, ("2.2.2.2", 5): PexFlag(0)}


@pytest.mark.parametrize("count", [MAX_PEERS, MAX_PEERS + 1, 1000])
def test_at_most_50_addresses_of_a_list_count(count: int) -> None:
    packed = b"".join(b"\x01\x02" + number.to_bytes(2, "big") + b"\x00\x07" for number in range(count))
    packed6 = b"\x20\x01" + bytes(13) + b"\x01\x00\x07"
    message = decode_pex(
        bencode.encode({b"added": packed, b"added6": packed6, b"dropped": packed, b"dropped6": packed6})
    )
    assert len(message.added) == MAX_PEERS
    assert len(message.dropped) == MAX_PEERS


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"le",
        b"d5:added5:aaaaae",
        b"d6:added617:aaaaaaaaaaaaaaaaae",
        b"d7:dropped1:ae",
        b"d8:dropped61:ae",
        bencode.encode({b"added": bytes(MAX_MESSAGE_BYTES)}),
        b"d1:a" + b"l" * 9 + b"e" * 9 + b"e",
    ],
)
def test_what_is_no_peer_exchange_is_a_protocol_error(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_pex(payload)


def test_fields_of_a_wrong_type_count_as_absent() -> None:
    message = decode_pex(b"d5:addedi5e7:added.fle7:dropped0:e")
    assert (dict(message.added), message.dropped) == ({}, ())
