"""Local service discovery datagrams (BEP 14)."""

from __future__ import annotations

import pytest

from shoal.protocol.errors import ProtocolError
from shoal.protocol.lsd import (
    GROUP4,
    GROUP6,
    MAX_COOKIE_LENGTH,
    MAX_DATAGRAM_BYTES,
    MAX_INFO_HASHES,
    LocalAnnounce,
    decode_local_announce,
    encode_local_announce,
)

HASH = bytes(range(20))


@pytest.mark.parametrize("group", [GROUP4, GROUP6])
def test_an_announce_survives_the_wire(group: str) -> None:
    announce = LocalAnnounce(6881, tuple(bytes([number]) * 20 for number in range(MAX_INFO_HASHES)), "me")
    data = encode_local_announce(announce, group)
    assert len(data) <= MAX_DATAGRAM_BYTES
    assert decode_local_announce(data) == announce


def test_the_wire_form_is_that_of_the_bep() -> None:
    assert encode_local_announce(LocalAnnounce(6881, (HASH,), "c"), GROUP4) == (
        b"BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\n"
        b"Infohash: 000102030405060708090a0b0c0d0e0f10111213\r\ncookie: c\r\n\r\n\r\n"
    )
    assert b"Host: [ff15::efc0:988f]:6771\r\n" in encode_local_announce(LocalAnnounce(1, (HASH,)), GROUP6)


def test_names_of_headers_in_any_case_and_unknown_ones_are_fine() -> None:
    data = (
        b"BT-SEARCH * HTTP/1.1\r\nHOST: x\r\nx-more: 1\r\nPORT:7\r\ninfohash:"
        + HASH.hex().upper().encode()
        + b"\r\n\r\n"
    )
    assert decode_local_announce(data) == LocalAnnounce(7, (HASH,))


def test_a_hash_that_is_none_is_skipped_and_doubles_count_once() -> None:
    lines = b"".join(
        b"Infohash: " + text + b"\r\n"
        for text in (b"zz", b"g" * 40, b" " * 40, HASH.hex().encode(), HASH.hex().encode())
    )
    assert decode_local_announce(b"BT-SEARCH * HTTP/1.1\r\nPort: 7\r\n" + lines + b"\r\n").info_hashes == (HASH,)


def test_a_long_cookie_is_cut() -> None:
    data = encode_local_announce(LocalAnnounce(7, (HASH,), "c" * (MAX_COOKIE_LENGTH + 1)), GROUP4)
    assert decode_local_announce(data).cookie == "c" * MAX_COOKIE_LENGTH


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"M-SEARCH * HTTP/1.1\r\nPort: 7\r\nInfohash: " + HASH.hex().encode() + b"\r\n\r\n",
        b"BT-SEARCH * HTTP/1.1\r\nInfohash: " + HASH.hex().encode() + b"\r\n\r\n",
        b"BT-SEARCH * HTTP/1.1\r\nPort: 7\r\n\r\n",
        b"BT-SEARCH * HTTP/1.1\r\nPort: 7\r\nPort: 8\r\nInfohash: " + HASH.hex().encode() + b"\r\n\r\n",
        *(
            b"BT-SEARCH * HTTP/1.1\r\nPort: " + port + b"\r\nInfohash: " + HASH.hex().encode() + b"\r\n\r\n"
            for port in (b"0", b"65536", b"-1", b"1e3", b"9" * 5000, b"")
        ),
        b"BT-SEARCH * HTTP/1.1\r\n" + b"a: b\r\n" * 50 + b"Port: 7\r\nInfohash: " + HASH.hex().encode() + b"\r\n\r\n",
        b"BT-SEARCH * HTTP/1.1\r\n" + b"a" * MAX_DATAGRAM_BYTES,
    ],
)
def test_what_is_no_local_announce_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_local_announce(data)


@pytest.mark.parametrize(
    "announce",
    [LocalAnnounce(0, (HASH,)), LocalAnnounce(65_536, (HASH,)), LocalAnnounce(1, ()), LocalAnnounce(1, (HASH,) * 21)],
)
def test_an_announce_beyond_the_limits_is_not_written(announce: LocalAnnounce) -> None:
    with pytest.raises(ValueError, match=r"port|info-hashes"):
        encode_local_announce(announce, GROUP4)
