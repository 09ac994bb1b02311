"""`--select` takes files by pattern, folders by name, and never nothing."""

from __future__ import annotations

import pytest

from shoal.api.errors import UserError
from shoal.cli.selection import priorities_for
from shoal.metainfo.file_layout import TorrentFile

FILES = (
    TorrentFile(("one.ogg",), 10, 0),
    TorrentFile((".pad", "6"), 6, 10, is_pad=True),
    TorrentFile(("text", "two.txt"), 10, 16),
    TorrentFile(("text", "deep", "three.txt"), 10, 26),
)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ((), None),
        (("*",), (4, 4, 4, 4)),
        (("one.ogg",), (4, 4, 0, 0)),
        (("*.txt",), (0, 4, 4, 4)),
        (("text/two.txt", "one.*"), (4, 4, 4, 0)),
        (("text",), (0, 4, 4, 4)),
        (("text/",), (0, 4, 4, 4)),
        (("songs/text/deep",), (0, 4, 0, 4)),
        (("t?xt/[a-c]*",), None),
    ],
)
def test_patterns(patterns: tuple[str, ...], expected: tuple[int, ...] | None) -> None:
    if patterns and expected is None:
        with pytest.raises(UserError, match="nothing-selected"):
            priorities_for(FILES, patterns, "songs")
    else:
        assert priorities_for(FILES, patterns, "songs") == expected


def test_padding_alone_is_nothing() -> None:
    with pytest.raises(UserError, match="nothing-selected"):
        priorities_for(FILES, (".pad/*",), "songs")
