from __future__ import annotations

import bencodepy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.protocol import bencode
from shoal.protocol.bencode import BValue
from shoal.protocol.errors import BencodeError

VALUES: st.SearchStrategy[BValue] = st.recursive(
    st.integers(-(10**20) + 1, 10**20 - 1) | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.binary(max_size=8), inner, max_size=5),
    max_leaves=30,
)


@given(VALUES)
def test_what_is_encoded_decodes_to_itself_in_strict_order(value: BValue) -> None:
    data = bencode.encode(value)
    assert bencode.decode(data, strict_order=True) == value
    assert bencode.encode(bencode.decode(data)) == data


@given(VALUES)
def test_values_are_those_that_bencodepy_reads(value: BValue) -> None:
    data = bencode.encode(value)
    assert bencode.decode(data) == bencodepy.decode(data)


@given(VALUES, st.binary(max_size=20))
def test_a_prefix_ends_where_its_value_ends(value: BValue, rest: bytes) -> None:
    data = bencode.encode(value)
    assert bencode.decode_prefix(data + rest) == (value, len(data))


@given(VALUES, st.data())
def test_every_cut_is_told_as_a_cut(value: BValue, data: st.DataObject) -> None:
    encoded = bencode.encode(value)
    length = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(BencodeError) as caught:
        bencode.decode(encoded[:length])
    assert caught.value.is_truncated


@given(st.dictionaries(st.binary(max_size=8), VALUES, max_size=6))
def test_spans_hold_the_raw_values(fields: dict[bytes, BValue]) -> None:
    data = bencode.encode(fields)
    value, end, spans = bencode.decode_with_spans(data + b"RAW")
    assert (value, end) == (fields, len(data))
    assert {key: data[start:end] for key, (start, end) in spans.items()} == {
        key: bencode.encode(value) for key, value in fields.items()
    }


@given(st.binary(max_size=200) | st.text("0123456789ilde:-", max_size=60).map(str.encode))
def test_hostile_bytes_give_a_value_or_a_bencode_error(data: bytes) -> None:
    try:
        value, end = bencode.decode_prefix(data)
    except BencodeError as error:
        position = error.position
    else:
        position = end
        assert bencode.decode(bencode.encode(value)) == value
    assert 0 <= position <= len(data)
