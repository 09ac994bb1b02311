"""A stranger's text cannot change what is shown around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.gui.style.kinds import kind_of
from shoal.gui.style.wording import LONGEST_FOREIGN_TEXT, clean, isolated, say_count


def test_controls_and_bidi_overrides_go() -> None:
    assert clean("a\x00b\u202egpj.exe\u2066\nc\td") == "abgpj.exe c d"


def test_long_text_is_cut_at_the_bound() -> None:
    assert clean("x" * LONGEST_FOREIGN_TEXT) == "x" * LONGEST_FOREIGN_TEXT
    cut = clean("x" * (LONGEST_FOREIGN_TEXT + 1))
    assert len(cut) == LONGEST_FOREIGN_TEXT
    assert cut.endswith("\u2026")


@given(st.text())
def test_cleaned_text_is_one_harmless_line(text: str) -> None:
    cleaned = clean(text)
    assert not set(cleaned) & set("\n\r\t\0\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    assert len(cleaned) <= LONGEST_FOREIGN_TEXT
    assert clean(cleaned) == cleaned


def test_other_scripts_are_isolated() -> None:
    assert isolated("Debian") == "Debian"
    assert isolated("\u05e9\u05dc\u05d5\u05dd") == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"


def test_counts_choose_their_sentence() -> None:
    assert say_count(1, "{n} peer", "{n} peers") == "1 peer"
    assert say_count(1200, "{n} peer", "{n} peers") == "1,200 peers"


def test_the_largest_file_names_the_kind() -> None:
    assert kind_of("Film.MKV") == "video"
    assert kind_of("debian.iso") == "disc"
    assert kind_of("README") == "file"
