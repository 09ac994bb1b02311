"""What a dropped or typed text is."""

from __future__ import annotations

import pytest

from shoal.gui.window.sources import LONGEST_SOURCE, Source, SourceKind, addresses_in, classify


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("/tmp/a b.torrent", Source(SourceKind.FILE, "/tmp/a b.torrent")),
        ("  a.torrent\n", Source(SourceKind.FILE, "a.torrent")),
        ("file:///tmp/a%20b.torrent", Source(SourceKind.FILE, "/tmp/a b.torrent")),
        ("file://localhost/tmp/a.torrent", Source(SourceKind.FILE, "/tmp/a.torrent")),
        ("MAGNET:?xt=urn:btih:00", Source(SourceKind.MAGNET, "MAGNET:?xt=urn:btih:00")),
        ("https://e.example/a.torrent", Source(SourceKind.WEB, "https://e.example/a.torrent")),
    ],
)
def test_kinds_are_told_apart(text: str, source: Source) -> None:
    assert classify(text) == source


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "file://otherhost/a", "file:///a%00b", "x" * (LONGEST_SOURCE + 1)])
def test_what_cannot_be_a_source_is_none(text: str) -> None:
    assert classify(text) is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("https://x.example/a b.torrent", ["https://x.example/a b.torrent"]),
        ("https://x.example/?to=https://y.example/", ["https://x.example/?to=https://y.example/"]),
        ("magnet:?xt=urn:btih:aa http://x.example/a", ["magnet:?xt=urn:btih:aa", "http://x.example/a"]),
        ("look at <HTTPS://x.example/a>, please", ["HTTPS://x.example/a"]),
        ("/home/me/a.torrent", []),
        ("", []),
    ],
)
def test_addresses_are_found_among_words(line: str, found: list[str]) -> None:
    assert addresses_in(line) == found
