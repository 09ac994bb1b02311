from __future__ import annotations

import pytest

from shoal.protocol import bencode, extension
from shoal.protocol.bencode import BValue
from shoal.protocol.errors import ProtocolError
from shoal.protocol.extension import ExtensionHandshake, decode_extension_handshake, encode_extension_handshake

FULL = ExtensionHandshake(
    message_ids={"ut_metadata": 2, "ut_pex": 1},
    client="Shoal 0.1",
    request_queue=500,
    listen_port=6881,
    your_ip=b"\x01\x02\x03\x04",
    metadata_size=31_235,
    upload_only=True,
)


def decode(fields: dict[bytes, BValue]) -> ExtensionHandshake:
    return decode_extension_handshake(bencode.encode(fields))


def test_a_full_handshake_both_ways() -> None:
    data = encode_extension_handshake(FULL)
    assert data == (
        b"d1:md11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e4:reqqi500e"
        b"11:upload_onlyi1e1:v9:Shoal 0.16:yourip4:\x01\x02\x03\x04e"
    )
    assert decode_extension_handshake(memoryview(data)) == FULL


def test_all_items_are_optional() -> None:
    assert decode_extension_handshake(b"de") == ExtensionHandshake()
    assert encode_extension_handshake(ExtensionHandshake()) == b"d1:mdee"


def test_unsorted_keys_are_taken() -> None:
    assert decode_extension_handshake(b"d1:v1:x1:pi1e1:mdee") == ExtensionHandshake(client="x", listen_port=1)


@pytest.mark.parametrize("payload", [b"", b"le", b"i1e", b"d", b"dex", b"d1:p", b"d1:pi1e1:pi1ee", b"\xff" * 40])
def test_anything_but_one_dictionary_is_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_extension_handshake(payload)


@pytest.mark.parametrize("key", [b"m", b"v", b"reqq", b"p", b"yourip", b"metadata_size", b"upload_only"])
@pytest.mark.parametrize("value", [-1, 10**19, b"\xff" * 17, [], [1], {}, {b"": b""}, {b"ut_pex": b"1"}])
def test_a_field_of_a_wrong_kind_counts_as_not_said(key: bytes, value: BValue) -> None:
    if key == b"v" and isinstance(value, bytes):
        assert decode({key: value}).client == "\ufffd" * 17
    else:
        assert decode({key: value}) == ExtensionHandshake()


def test_ids_and_names_at_their_bounds_and_one_past() -> None:
    names: dict[bytes, BValue] = {b"off": 0, b"top": 255, b"past": 256, b"below": -1, b"\xff": 3}
    names |= {b"n" * 64: 1, b"n" * 65: 2}
    assert decode({b"m": names}).message_ids == {"off": 0, "top": 255, "n" * 64: 1}


def test_the_number_of_extensions_at_its_bound_and_one_past() -> None:
    assert len(decode({b"m": {b"x%d" % number: 1 for number in range(256)}}).message_ids) == 256
    with pytest.raises(ProtocolError, match="257 extensions"):
        decode({b"m": {b"x%d" % number: 1 for number in range(257)}})


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("reqq", 1, extension.MAX_REQUEST_QUEUE),
        ("p", 1, 65_535),
        ("metadata_size", 1, extension.MAX_METADATA_BYTES),
    ],
)
def test_numbers_at_their_bounds_and_one_past(key: str, low: int, high: int) -> None:
    field = {"reqq": "request_queue", "p": "listen_port"}.get(key, key)
    for number, taken in ((low, low), (high, high), (low - 1, None), (high + 1, None)):
        assert getattr(decode({key.encode(): number}), field) == taken


@pytest.mark.parametrize(("length", "taken"), [(4, True), (16, True), (0, False), (3, False), (5, False), (17, False)])
def test_our_address_has_four_or_sixteen_bytes(length: int, taken: bool) -> None:
    assert decode({b"yourip": bytes(length)}).your_ip == (bytes(length) if taken else None)


def test_the_client_name_is_plain_text_of_at_most_64_characters() -> None:
    assert decode({b"v": "\u00b5Torrent\u202e 1.2\n".encode()}).client == "\u00b5Torrent 1.2"
    assert decode({b"v": b"v" * 65}).client == "v" * 64


def test_the_size_at_its_bound_and_one_past() -> None:
    filler = extension.MAX_HANDSHAKE_BYTES - len(b"d1:x65525:e")
    at_bound = b"d1:x%d:%se" % (filler, bytes(filler))
    assert len(at_bound) == extension.MAX_HANDSHAKE_BYTES
    assert decode_extension_handshake(at_bound) == ExtensionHandshake()
    with pytest.raises(ProtocolError, match="exceed"):
        decode_extension_handshake(b"d1:x%d:%se" % (filler + 1, bytes(filler + 1)))
