"""`create` writes whole torrents or nothing; `show` tells everything, harmlessly."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.cli.small_torrent import small_source, small_torrent

from shoal.api.errors import UserError
from shoal.cli.create import FoundFile, Progress, create, write_whole
from shoal.cli.options import CreateOptions
from shoal.cli.show import MOST_FILES_SHOWN, show
from shoal.cli.source import Source
from shoal.metainfo.torrent_file import parse_metainfo


class ZeroTree:
    """Files of zeros."""

    def __init__(self, *found: FoundFile) -> None:
        self.found = found

    async def list(self) -> Sequence[FoundFile]:
        return self.found

    async def hash(self, piece_length: int, progress: Progress) -> bytes:
        total = sum(size for _, size in self.found)
        progress(total, total)
        return b"".join(
            hashlib.sha1(bytes(min(piece_length, total - begin))).digest() for begin in range(0, total, piece_length)
        )


SONGS = ZeroTree((("one.ogg",), 20_000), (("text", "two.txt"), 30_000))


async def make(options: CreateOptions, tree: ZeroTree = SONGS) -> tuple[str, str]:
    stream, notes = io.StringIO(), io.StringIO()
    await create(options, tree, stream, notes, created_by="Shoal test", now=1_700_000_000)
    return stream.getvalue(), notes.getvalue()


async def refusal(options: CreateOptions, tree: ZeroTree = SONGS) -> UserError:
    with pytest.raises(UserError) as refused:
        await make(options, tree)
    return refused.value


async def test_everything_asked_for_is_in_the_torrent(tmp_path: Path) -> None:
    output = tmp_path / "s.torrent"
    options = CreateOptions(
        path="/share/songs",
        output=str(output),
        trackers=("http://a.example/announce", "udp://b.example:1/announce"),
        web_seeds=("https://w.example/",),
        piece_length=32768,
        private=True,
        comment="free",
        source="here",
    )
    shown, notes = await make(options)
    made = parse_metainfo(output.read_bytes())
    assert made.name == "songs"
    assert [(entry.path, entry.size) for entry in made.files] == list(SONGS.found)
    assert made.trackers == (("http://a.example/announce",), ("udp://b.example:1/announce",))
    assert made.web_seeds == ("https://w.example/",)
    assert (made.piece_length, made.private, made.comment, made.source) == (32768, True, "free", "here")
    assert (made.created_by, made.creation_date) == ("Shoal test", 1_700_000_000)
    assert shown == f"{output}: 50.0 kB in 2 files, 2 pieces of 32 KiB, hash {made.torrent_id}\n"
    assert notes == ""
    assert os.listdir(tmp_path) == ["s.torrent"]


async def test_existing_output_is_replaced_whole(tmp_path: Path) -> None:
    output = tmp_path / "s.torrent"
    output.write_bytes(b"old")
    await make(CreateOptions("/share/songs", str(output)))
    assert parse_metainfo(output.read_bytes()).name == "songs"


async def test_single_file_has_no_folder(tmp_path: Path) -> None:
    output = tmp_path / "s.torrent"
    await make(CreateOptions("/share/one.iso", str(output)), ZeroTree(((), 40_000)))
    made = parse_metainfo(output.read_bytes())
    assert made.is_single_file
    assert made.files[0].path == ("one.iso",)


async def test_what_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    output = str(tmp_path / "s.torrent")
    assert (await refusal(CreateOptions("/share/songs", output), ZeroTree())).code == "create-nothing"
    assert (await refusal(CreateOptions("/share/songs", output), ZeroTree((("e",), 0)))).code == "create-nothing"
    assert (await refusal(CreateOptions("/s", output, trackers=("http://:0/",)))).code == "create-refused"
    assert (await refusal(CreateOptions("/share/songs", str(tmp_path)))).code == "write-refused"
    assert (await refusal(CreateOptions("/share/songs", str(tmp_path / "no" / "s.torrent")))).code == "write-refused"
    assert os.listdir(tmp_path) == []


async def test_device_is_neither_file_nor_folder(tmp_path: Path) -> None:
    error = await refusal(CreateOptions(os.devnull, str(tmp_path / "s.torrent")))
    assert error.code == "create-not-a-file"


async def test_output_may_not_replace_a_file_it_describes(tmp_path: Path) -> None:
    options = CreateOptions(str(tmp_path), str(tmp_path / "one.ogg"))
    assert (await refusal(options)).code == "create-refused"


async def test_names_that_other_systems_rename_are_told(tmp_path: Path) -> None:
    tree = ZeroTree(*(((f"a:{number}",), 10) for number in range(7)))
    _, notes = await make(CreateOptions("/share/songs", str(tmp_path / "s.torrent")), tree)
    assert "a:0, a:1, a:2, a:3, a:4 and 2 more" in notes


@pytest.mark.skipif(sys.platform == "win32", reason="folders there cannot be made read-only this way")
def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(UserError, match="write-refused"):
        write_whole(str(tmp_path / "taken"), b"x")
    assert os.listdir(tmp_path) == ["taken"]


def test_json_has_the_keys_of_the_contract() -> None:
    stream = io.StringIO()
    source = small_source()
    show(source, stream, as_json=True)
    assert stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue()) == {
        "name": "songs",
        "info_hash_v1": source.info_hash_v1,
        "info_hash_v2": None,
        "size": 50_000,
        "piece_length": 16384,
        "pieces": 4,
        "private": False,
        "trackers": [["http://tracker.example/announce"]],
        "web_seeds": [],
        "comment": "",
        "created_by": "",
        "creation_date": None,
        "files": [
            {"path": "one.ogg", "size": 20_000, "pad": False},
            {"path": "text/two.txt", "size": 30_000, "pad": False},
        ],
        "magnet": f"magnet:?xt=urn:btih:{source.info_hash_v1}&dn=songs&tr=http%3A%2F%2Ftracker.example%2Fannounce",
        "problems": [],
    }


def test_listing_is_plain_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    show(small_source(), stream, as_json=False)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Name       songs"
    assert lines[1] == "Size       50.0 kB (50000 bytes) in 2 files"
    assert lines[-2:] == ["  20.0 kB  one.ogg", "  30.0 kB  text/two.txt"]
    assert "\x1b" not in stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_strangers_words_are_neither_markup_nor_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "200")
    source = small_source(name=b"[bold]a[/bold]\x1b[31m:smile:", files=((b"[link=x]b", 10),))
    for stream in (io.StringIO(), Terminal()):
        show(source, stream, as_json=False)
        assert "[bold]a[_bold][31m" in stream.getvalue() or "[bold]a" in stream.getvalue()
        assert "[link=x]b" in stream.getvalue()
        assert ":smile:" in stream.getvalue() or "_smile_" in stream.getvalue()
        assert "\x1b[31m" not in stream.getvalue()


def test_very_many_files_are_counted_not_listed() -> None:
    raw = small_torrent(files=tuple((b"f%05d" % number, 1) for number in range(MOST_FILES_SHOWN + 5)))
    stream = io.StringIO()
    show(Source(raw, parse_metainfo(raw)), stream, as_json=False)
    assert stream.getvalue().splitlines()[-1].strip() == "and 5 more; --json has all"
