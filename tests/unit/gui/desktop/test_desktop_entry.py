"""Entries that Shoal writes itself, whatever the path of its program is called."""

from __future__ import annotations

import pytest

from shoal.gui.desktop.desktop_entry import OURS, entry_text, exec_value, name_in, without_default


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("/opt/shoal-1.0/bin/shoal", "/opt/shoal-1.0/bin/shoal %U"),
        ("/my apps/shoal", '"/my apps/shoal" %U'),
        ("/100%/shoal", '/usr/bin/env "/100%%/shoal" %U'),
        ("/a$b`c/shoal", '"/a\\\\$b\\\\`c/shoal" %U'),
        ('/a"b/shoal', '"/a\\\\"b/shoal" %U'),
        ("/a\\b/shoal", '"/a\\\\\\\\b/shoal" %U'),
        ("/a\nb/shoal", '"/a\\nb/shoal" %U'),
    ],
)
def test_every_path_survives_both_levels_of_quoting(word: str, value: str) -> None:
    assert exec_value([word]) == value


def test_the_entry_says_what_it_opens_and_who_wrote_it() -> None:
    lines = entry_text(["/a b/python", "-m", "shoal"], "/icons/shoal.svg").splitlines()
    assert lines[0] == "[Desktop Entry]"
    assert 'Exec="/a b/python" -m shoal %U' in lines
    assert "TryExec=/a b/python" in lines
    assert "MimeType=application/x-bittorrent;x-scheme-handler/magnet;" in lines
    assert "Version=1.0" in lines
    assert OURS in lines


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[Desktop Entry]\nName=qBittorrent\nName[de]=Anders\nExec=x %U\n", "qBittorrent"),
        ("[Desktop Entry]\nExec=100% %U\n", ""),
        ("Name=Loose\n", ""),
        ("\0\xff", ""),
        ("", ""),
    ],
)
def test_the_name_of_another_program(text: str, name: str) -> None:
    assert name_in(text) == name


def test_only_our_own_default_is_taken_away() -> None:
    text = (
        "[Default Applications]\n"
        "application/x-bittorrent=shoal.desktop;other.desktop;\n"
        "x-scheme-handler/magnet=shoal.desktop\n"
        "text/html=shoal.desktop\n"
    )
    text = without_default(text, "application/x-bittorrent", "shoal.desktop")
    assert without_default(text, "x-scheme-handler/magnet", "shoal.desktop") == (
        "[Default Applications]\napplication/x-bittorrent=other.desktop;\ntext/html=shoal.desktop\n"
    )
