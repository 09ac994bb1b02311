"""Every row of hostile names, each element on its own; twins and conflicts; the proof of staying inside."""

from __future__ import annotations

import pytest

from shoal.metainfo.safe_paths import (
    MAX_STEM_BYTES,
    clean_element,
    decode_name,
    is_safe_element,
    make_distinct,
)


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("..", ""),
        (".", ""),
        ("...", ""),
        ("", ""),
        ("   ", ""),
        ("/", ""),
        ("\\", ""),
        ("../../etc/passwd", "....etcpasswd"),
        ("/etc/passwd", "etcpasswd"),
        ("C:\\Windows\\win.ini", "C_Windowswin.ini"),
        ("C:", "C_"),
        ("\\\\server\\share", "servershare"),
        ("a\0b.txt", "ab.txt"),
        ("a\x01\x1f\x7f\x85b", "ab"),
        ("a\nb\tc", "abc"),
        ("gpj\u202eexe.txt", "gpjexe.txt"),
        ("\u2066a\u2069", "a"),
        ("z\u200bz\u200d\ufeff", "zz"),
        ("line\u2028end", "lineend"),
        ("name.", "name"),
        ("name ", "name"),
        ("name. . .", "name"),
        ("file:stream", "file_stream"),
        ('<>:"|?*', "_______"),
        ("CON", "_CON"),
        ("con", "_con"),
        ("COM1.txt", "_COM1.txt"),
        ("LPT9", "_LPT9"),
        ("com¹.log", "_com¹.log"),
        ("nul .txt", "_nul .txt"),
        ("aux...", "_aux"),
        ("\u200bCON", "_CON"),
        ("CONSOLE.txt", "CONSOLE.txt"),
        ("COM10", "COM10"),
        ("plain name (1).tar.gz", "plain name (1).tar.gz"),
        (".hidden", ".hidden"),
        (" leading", " leading"),
        ("日本語.txt", "日本語.txt"),
    ],
)
def test_element(hostile: str, clean: str) -> None:
    assert clean_element(hostile) == clean


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        ("é".encode(), "é"),
        (b"\xc0\xae\xc0\xae", "____"),
        (b"\xc0\xafetc", "__etc"),
        (b"caf\xe9", "caf_"),
        (b"\xed\xa0\x80", "___"),
    ],
)
def test_bytes_that_are_no_utf8(raw: bytes, text: str) -> None:
    assert decode_name(raw) == text


def test_only_known_old_encodings_are_used() -> None:
    assert decode_name("тест".encode("cp1251"), "Windows-1251") == "тест"
    assert decode_name("тест".encode("cp1251"), "CP1251") == "тест"
    assert decode_name(b"\xff\xfe", "utf_16") == "__"
    assert decode_name("é".encode(), "latin-1") == "é"


@pytest.mark.parametrize("character", ["x", "é", "語", "😀"])
def test_overlong_names_keep_their_extension(character: str) -> None:
    cut = clean_element(character * 300 + ".tar.gz")
    assert cut.endswith(".gz")
    assert len(cut.encode()) <= 255
    assert MAX_STEM_BYTES - 4 < len(cut.encode()) - len(".gz") <= MAX_STEM_BYTES


def test_length_bound_of_an_element() -> None:
    longest = "x" * MAX_STEM_BYTES
    assert clean_element(longest) == longest
    assert clean_element(longest + "x") == longest
    assert clean_element(longest + ".ext") == longest + ".ext"
    assert clean_element("x" * 300 + "." + "e" * 15) == longest


def test_twins_are_renamed_before_the_extension() -> None:
    assert make_distinct([("d", "a.txt"), ("d", "A.TXT"), ("D", "a.txt"), ("d", "b.txt")]) == [
        ("d", "a.txt"),
        ("d", "A (2).TXT"),
        ("D", "a (3).txt"),
        ("d", "b.txt"),
    ]


def test_composed_and_decomposed_accents_are_twins() -> None:
    assert make_distinct([("caf\u00e9",), ("cafe\u0301",)]) == [("caf\u00e9",), ("cafe\u0301 (2)",)]
    assert make_distinct([("STRASSE",), ("straße",)]) == [("STRASSE",), ("straße (2)",)]


def test_a_renamed_twin_never_takes_anothers_name() -> None:
    assert make_distinct([("a",), ("a",), ("a (2)",)]) == [("a",), ("a (3)",), ("a (2)",)]


def test_a_file_gives_way_to_a_folder() -> None:
    assert make_distinct([("a",), ("A", "b")]) == [("a (2)",), ("A", "b")]
    assert make_distinct([("a", "b"), ("a",), ("a (2)", "c")]) == [("a", "b"), ("a (3)",), ("a (2)", "c")]


def test_overlong_twins_stay_within_the_bound() -> None:
    name = "x" * MAX_STEM_BYTES + ".longextension"
    first, second = make_distinct([(name,), (name,)])
    assert first == (name,)
    assert second[0].endswith(" (2).longextension")
    assert is_safe_element(second[0])
