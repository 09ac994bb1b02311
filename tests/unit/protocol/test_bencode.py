from __future__ import annotations

import pytest

from shoal.protocol import bencode
from shoal.protocol.errors import BencodeError, ProtocolError


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"i0e", 0),
        (b"i-1e", -1),
        (b"i42e", 42),
        (b"0:", b""),
        (b"4:spam", b"spam"),
        (b"le", []),
        (b"de", {}),
        (b"l4:spami-3ee", [b"spam", -3]),
        (b"d3:cow3:moo4:spaml1:a1:bee", {b"cow": b"moo", b"spam": [b"a", b"b"]}),
        (b"d1:ad1:bd1:cleeee", {b"a": {b"b": {b"c": []}}}),
        (b"2:i1", b"i1"),
        (b"d0:0:e", {b"": b""}),
        (b"2:\xff\x00", b"\xff\x00"),
    ],
)
def test_decodes_what_it_encodes(data: bytes, value: bencode.BValue) -> None:
    assert bencode.decode(data) == value
    assert bencode.encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b"i01e",
        b"i-0e",
        b"i-01e",
        b"ie",
        b"i-e",
        b"i+1e",
        b"i1_0e",
        b"i 1e",
        b"i1.5e",
        b"i0x1e",
        b"01:a",
        b"00:",
        b"-1:a",
        b"1_0:aaaaaaaaaa",
        b"+1:a",
        b"e",
        b"di1e1:ae",
        b"d1:ae",
        b"dle1:ae",
        b"dde1:ae",
        b"x",
        b"\x00",
        b"{}",
    ],
)
def test_refuses_what_is_no_strict_bencode(data: bytes) -> None:
    with pytest.raises(BencodeError) as caught:
        bencode.decode(data)
    assert not caught.value.is_truncated
    assert 0 <= caught.value.position <= len(data)


@pytest.mark.parametrize("whole", [b"i-123e", b"11:hello world", b"l4:spami3ee", b"d3:cow3:moo4:spaml1:a1:bee"])
def test_every_proper_prefix_is_told_as_cut_short(whole: bytes) -> None:
    for length in range(len(whole)):
        with pytest.raises(BencodeError) as caught:
            bencode.decode(whole[:length])
        assert caught.value.is_truncated, whole[:length]


def test_the_position_is_that_of_the_fault() -> None:
    with pytest.raises(BencodeError, match="malformed integer at byte 4") as caught:
        bencode.decode(b"d1:ai07ee")
    assert caught.value.position == 4


@pytest.mark.parametrize("data", [b"d1:ai1e1:ai2ee", b"d1:bi1e1:ai1e1:bi2ee", b"ld1:a0:1:a0:ee", b"d1:ad1:x0:1:x0:ee"])
def test_duplicate_keys_are_refused_always(data: bytes) -> None:
    with pytest.raises(BencodeError, match="duplicate key"):
        bencode.decode(data)


def test_the_same_key_in_different_dictionaries_is_no_duplicate() -> None:
    assert bencode.decode(b"d1:ad1:ai1ee1:bd1:ai2eee") == {b"a": {b"a": 1}, b"b": {b"a": 2}}


def test_unsorted_keys_pass_unless_order_is_asked() -> None:
    data = b"d1:bi1e1:ai2ee"
    assert bencode.decode(data) == {b"b": 1, b"a": 2}
    with pytest.raises(BencodeError, match="out of order"):
        bencode.decode(data, strict_order=True)


def test_strict_order_compares_within_one_dictionary_only() -> None:
    data = b"d1:ad1:z0:e1:b0:e"
    assert bencode.decode(data, strict_order=True) == {b"a": {b"z": b""}, b"b": b""}


def test_trailing_bytes_are_refused_and_left_to_decode_prefix() -> None:
    with pytest.raises(BencodeError, match="2 bytes follow") as caught:
        bencode.decode(b"i1eab")
    assert caught.value.position == 3
    assert bencode.decode_prefix(b"d5:piecei0eeRAW") == ({b"piece": 0}, 12)
    assert bencode.decode_prefix(memoryview(b"i1e")) == (1, 3)


def test_integers_of_twenty_digits_pass_and_one_more_does_not() -> None:
    assert bencode.decode(b"i" + b"9" * 20 + b"e") == int("9" * 20)
    assert bencode.decode(b"i-" + b"9" * 20 + b"e") == -int("9" * 20)
    for data in (b"i" + b"9" * 21 + b"e", b"i-" + b"9" * 21 + b"e", b"i" + b"9" * 100_000 + b"e"):
        with pytest.raises(BencodeError, match="malformed integer") as caught:
            bencode.decode(data)
        assert not caught.value.is_truncated


def test_string_lengths_are_bounded_by_the_data() -> None:
    with pytest.raises(BencodeError) as caught:
        bencode.decode(b"5:spam")
    assert caught.value.is_truncated
    with pytest.raises(BencodeError):
        bencode.decode(b"9999999999:x")
    with pytest.raises(BencodeError, match="malformed string length"):
        bencode.decode(b"99999999999:x")


def test_depth_at_the_bound_and_one_past() -> None:
    at_bound = b"l" * 100 + b"e" * 100
    value = bencode.decode(at_bound)
    assert isinstance(value, list)
    assert bencode.encode(value) == at_bound
    with pytest.raises(BencodeError, match="nested deeper than 100"):
        bencode.decode(b"l" * 101 + b"e" * 101)
    with pytest.raises(BencodeError, match="nested deeper than 100"):
        bencode.decode(b"d1:a" * 101 + b"0:" + b"e" * 101)
    assert bencode.decode(b"lleleli1eee", max_depth=2) == [[], [], [1]]


def test_a_million_nested_lists_are_refused_without_recursion() -> None:
    with pytest.raises(BencodeError, match="nested deeper"):
        bencode.decode(b"l" * 1_000_000)


def test_a_depth_beyond_the_interpreters_stack_needs_no_recursion() -> None:
    value = bencode.decode(b"l" * 200_000 + b"e" * 200_000, max_depth=10**6)
    depth = 0
    while isinstance(value, list):
        depth += 1
        value = value[0] if value else 0
    assert depth == 200_000


def test_tokens_at_the_bound_and_one_past() -> None:
    data = b"l" + b"i1e" * 8 + b"e"
    assert bencode.decode(data, max_tokens=10) == [1] * 8
    with pytest.raises(BencodeError, match="more than 9 tokens"):
        bencode.decode(data, max_tokens=9)


def test_size_at_the_bound_and_one_past() -> None:
    assert bencode.decode(b"4:spam", max_bytes=6) == b"spam"
    with pytest.raises(BencodeError, match="exceed the bound of 5"):
        bencode.decode(b"4:spam", max_bytes=5)


def test_spans_are_those_of_the_raw_values() -> None:
    # The unsorted, odd order inside `info` must survive: a re-encoding would have another hash.
    data = b"d8:announce3:url4:infod1:bi1e1:ali2eee5:nodesle3:numi-7ee"
    value, end, spans = bencode.decode_with_spans(data + b"RAW")
    assert value == bencode.decode(data)
    assert end == len(data)
    assert {key: data[start:end] for key, (start, end) in spans.items()} == {
        b"announce": b"3:url",
        b"info": b"d1:bi1e1:ali2eee",
        b"nodes": b"le",
        b"num": b"i-7e",
    }


@pytest.mark.parametrize("data", [b"de", b"i1e", b"4:spam", b"le", b"ld1:ai1eee"])
def test_only_an_outermost_dictionary_has_spans(data: bytes) -> None:
    assert bencode.decode_with_spans(data) == (bencode.decode(data), len(data), {})


@pytest.mark.parametrize("data", [b"", b"d1:ai1e", b"d1:a0:1:a0:e"])
def test_spans_of_what_is_no_bencode_are_refused(data: bytes) -> None:
    with pytest.raises(BencodeError):
        bencode.decode_with_spans(data)


def test_encoding_sorts_keys_by_their_raw_bytes() -> None:
    assert bencode.encode({b"b": 1, b"a": 2, b"\xff": 3, b"B": 4}) == b"d1:Bi4e1:ai2e1:bi1e1:\xffi3ee"


def test_encoding_another_type_is_our_mistake() -> None:
    with pytest.raises(TypeError):
        bencode.encode({b"a": 1.5})  # type: ignore[dict-item]


def test_a_bencode_error_is_a_protocol_error() -> None:
    assert issubclass(BencodeError, ProtocolError)
    plain = BencodeError("sentence")
    assert (str(plain), plain.position, plain.is_truncated) == ("sentence", 0, False)
