from __future__ import annotations

import pytest

from shoal.protocol.untrusted_text import clean_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"plain", "plain"),
        ("Grüße, 世界 🎉".encode(), "Grüße, 世界 🎉"),
        (b"a\xffb", "a\ufffdb"),
        (b"\xc0\xafx", "\ufffd\ufffdx"),
        (b"a\x00b\x07c\x1b[31md\x7fe", "abc[31mde"),
        ("c1\x85\x9bend".encode(), "c1end"),
        (b"two\r\nlines\tand a tab", "two  lines and a tab"),
        ("para\u2029graph\u2028line".encode(), "para graph line"),
        ("exe.\u202egpj".encode(), "exe.gpj"),
        ("\u2066iso\u2069late\u200e".encode(), "isolate"),
        ("zero\u200bwidth\ufeff\u200d\u2060".encode(), "zerowidth"),
        ("soft\u00adhyphen".encode(), "softhyphen"),
        ("tag\U000e0041".encode(), "tag"),
        ("filler\u3164\u115f\u2800".encode(), "filler"),
        ("no\u00a0break".encode(), "no break"),
        ("\ue000private".encode(), "\ue000private"),
        (b"  edges\t", "edges"),
        (b"", ""),
        (b"<b>&amp;", "<b>&amp;"),
    ],
)
def test_only_plain_text_remains(raw: bytes, shown: str) -> None:
    assert clean_text(raw, 100) == shown


def test_text_is_taken_as_well_and_loses_half_characters() -> None:
    assert clean_text("a\ud800b\u202ec", 100) == "abc"


def test_the_limit_and_one_past() -> None:
    assert clean_text(b"12345", 5) == "12345"
    assert clean_text(b"123456", 5) == "12345"
    assert clean_text("🎉".encode() * 6, 5) == "🎉" * 5
    assert clean_text(b"1234 6", 5) == "1234"
    assert clean_text(b"abc", 0) == ""


def test_a_huge_text_is_cut_before_it_is_cleaned() -> None:
    assert clean_text("\u202e".encode() * 10_000_000 + b"late", 10) == ""
