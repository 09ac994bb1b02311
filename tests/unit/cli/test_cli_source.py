"""Sources are paths, file: addresses and http addresses; everything else is refused with its reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.cli.small_torrent import small_torrent

from shoal.api.errors import UserError
from shoal.cli import source as source_module
from shoal.cli.messages import ExitCode, exit_code
from shoal.cli.source import path_of_file_address, read_file, read_link, read_source


async def no_fetch(address: str, most_bytes: int) -> bytes:
    raise AssertionError(f"{address} must not be fetched")


async def refusal(text: str) -> UserError:
    with pytest.raises(UserError) as refused:
        await read_source(text, no_fetch)
    return refused.value


async def test_path_and_file_address_give_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a b.torrent"
    file.write_bytes(small_torrent())
    for text in (str(file), file.as_uri(), f"file://localhost{file.as_uri()[7:]}", f"FILE:{file.as_uri()[7:]}"):
        found = await read_source(text, no_fetch)
        assert found.raw == file.read_bytes()
        assert found.metainfo.name == "songs"
        assert found.info_hash_v1 == found.metainfo.torrent_id
        assert found.info_hash_v2 is None


async def test_relative_path_with_a_colon_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "12:30.torrent").write_bytes(small_torrent())
    assert (await read_source("12:30.torrent", no_fetch)).metainfo.name == "songs"


async def test_http_address_is_fetched_with_its_bound() -> None:
    asked: list[tuple[str, int]] = []

    async def fetch(address: str, most_bytes: int) -> bytes:
        asked.append((address, most_bytes))
        return small_torrent()

    assert (await read_source("https://x.example/a.torrent", fetch)).metainfo.name == "songs"
    assert asked == [("https://x.example/a.torrent", 10_000_000)]


async def test_a_magnet_link_is_no_file() -> None:
    error = await refusal("MAGNET:?xt=urn:btih:" + "ab" * 20)
    assert error.code == "magnet-needs-get"
    assert exit_code(error.reason) is ExitCode.NO


def test_a_magnet_link_is_read() -> None:
    assert read_link("magnet:?xt=urn:btih:" + "ab" * 20 + "&dn=Some+thing").name == "Some thing"
    for text, code in (("magnet:?xt=urn:btih:zz", "bad-metainfo"), ("magnet:?xt=urn:btmh:1220" + "ab" * 32, "v2-only")):
        with pytest.raises(UserError) as caught:
            read_link(text)
        assert caught.value.code == code


async def test_what_is_no_torrent_is_refused_with_its_fault(tmp_path: Path) -> None:
    file = tmp_path / "page.torrent"
    file.write_bytes(b"<!DOCTYPE html><html>")
    error = await refusal(str(file))
    assert error.code == "bad-metainfo"
    assert error.reason.params["detail"] == "the file is a web page, not a torrent"
    assert exit_code(error.reason) is ExitCode.NO


async def test_missing_folder_and_unknown_scheme_have_their_own_words(tmp_path: Path) -> None:
    for text, code in (
        (str(tmp_path / "nothing.torrent"), "source-missing"),
        (str(tmp_path), "source-not-a-file"),
        ("", "source-missing"),
        ("ftp://x.example/a.torrent", "source-scheme"),
        ("file://server/a.torrent", "source-scheme"),
        ("a\0b", "source-unreadable"),
    ):
        error = await refusal(text)
        assert error.code == code, text
        assert exit_code(error.reason) is ExitCode.SOURCE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
async def test_fifo_does_not_make_it_wait(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.torrent"
    os.mkfifo(fifo)
    assert (await refusal(str(fifo))).code == "source-not-a-file"


def test_file_is_read_up_to_its_bound_and_not_beyond(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_CHOSEN_BYTES", 10)
    file = tmp_path / "f"
    file.write_bytes(b"x" * 10)
    assert read_file(str(file)) == b"x" * 10
    file.write_bytes(b"x" * 11)
    with pytest.raises(UserError, match="source-too-large"):
        read_file(str(file))


def test_file_address_is_decoded() -> None:
    assert path_of_file_address("file:///a%20b/%C3%A4.torrent") == "/a b/ä.torrent"
    for address in ("file:relative", "file:///a%00b", "file://[::1"):
        with pytest.raises(UserError, match="source-scheme"):
            path_of_file_address(address)
