"""What a broken torrent file holds is shown as far as it can be read, and can do nothing to the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.gui.style.file_contents import MOST_LINES, contents_text


def test_values_are_shown_up_to_where_the_file_breaks() -> None:
    data = b"d8:announce9:http://t/4:infod6:lengthi5e4:name1:a6:pieces20:" + bytes(range(7))
    assert contents_text(data).splitlines() == [
        "67 bytes in all",
        "Cut short at byte 57: 20 bytes should follow, and 7 do.",
        "",
        "dictionary",
        "    announce: \u201chttp://t/\u201d",
        "    info: dictionary",
        "        length: 5",
        "        name: \u201ca\u201d",
        "        pieces:",
        "\u25b6 Cut short at byte 57: 20 bytes should follow, and 7 do.",
    ]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"d1:ai5e", "\u25b6 Cut short at byte 7: the file ends here, in the middle."),
        (b"d1:a?", "\u25b6 Broken at byte 4: nothing that belongs here begins so."),
        (b"d1:a3:\x00\x01\xffe", "    a: 3 bytes that are not text"),
        (b"le...", "3 bytes more behind its end"),
        ("<html><body>\n<b>a\x1b[2J\u202e</b>\n</body>".encode(), "<b>a\\x1b[2J\\u202e</b>"),
        (bytes(4), "00 00 00 00                                      \u00b7\u00b7\u00b7\u00b7"),
    ],
)
def test_where_it_breaks_is_named_and_nothing_acts_on_the_screen(data: bytes, line: str) -> None:
    assert line in contents_text(data).splitlines()


def test_a_long_file_is_not_shown_whole() -> None:
    lines = contents_text(b"l" + b"i1e" * 5000 + b"e").splitlines()
    assert len(lines) == MOST_LINES + 3
    assert lines[-1] == "\u2026 the rest is left out"


@given(st.binary(max_size=300) | st.lists(st.sampled_from([b"d", b"l", b"e", b"i3e", b"2:ab", b"9:x"])).map(b"".join))
def test_any_bytes_can_be_shown(data: bytes) -> None:
    assert all(line.isprintable() for line in contents_text(data).split("\n"))
