from __future__ import annotations

from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import get_bytes, get_dict, get_int, get_list

FIELDS: dict[bytes, BValue] = {b"text": b"four", b"number": 7, b"list": [1], b"dict": {b"a": 1}}


def test_a_string_at_its_bound_and_one_past() -> None:
    assert get_bytes(FIELDS, b"text", 4) == b"four"
    assert get_bytes(FIELDS, b"text", 3) is None


def test_an_integer_at_its_bounds_and_one_past() -> None:
    assert get_int(FIELDS, b"number", 7, 7) == 7
    assert get_int(FIELDS, b"number", 8, 9) is None
    assert get_int(FIELDS, b"number", 0, 6) is None


def test_containers() -> None:
    assert get_list(FIELDS, b"list") == [1]
    assert get_dict(FIELDS, b"dict") == {b"a": 1}


def test_a_field_of_another_kind_counts_as_absent() -> None:
    for key in (*FIELDS, b"missing"):
        assert key == b"text" or get_bytes(FIELDS, key, 100) is None
        assert key == b"number" or get_int(FIELDS, key, -100, 100) is None
        assert key == b"list" or get_list(FIELDS, key) is None
        assert key == b"dict" or get_dict(FIELDS, key) is None
