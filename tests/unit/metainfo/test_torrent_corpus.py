"""Every torrent of the corpus gets its verdict: one defect, one code, one sentence; a repairable one is repaired."""

from __future__ import annotations

import pytest
from tests.data.torrents.corpus import ACCEPTED, REFUSED, info_hashes

from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.safe_paths import is_safe_element
from shoal.metainfo.torrent_file import Metainfo, parse_metainfo


@pytest.mark.parametrize("defect", REFUSED)
def test_defect_is_refused_with_its_code_and_one_sentence(defect: str) -> None:
    code, data = REFUSED[defect]
    with pytest.raises(MetainfoError) as caught:
        parse_metainfo(data)
    assert caught.value.code == code
    text = str(caught.value)
    assert text.endswith(".")
    assert text.isprintable()
    assert len(text) < 300


@pytest.mark.parametrize("peculiarity", ACCEPTED)
def test_peculiarity_is_taken_and_made_safe(peculiarity: str) -> None:
    metainfo = parse_metainfo(ACCEPTED[peculiarity])
    assert is_safe_element(metainfo.name)
    assert metainfo.size > 0
    paths = [entry.path for entry in metainfo.files if not entry.is_pad]
    assert all(is_safe_element(element) for path in paths for element in path)
    assert len(set(paths)) == len(paths)
    assert metainfo.layout.total_length == sum(entry.size for entry in metainfo.files)


@pytest.mark.parametrize("name", ["single file", "several files", "hybrid", "v2 with layers", "bytes after the end"])
def test_hashes_are_taken_over_the_raw_info(name: str) -> None:
    data = ACCEPTED[name]
    sha1, sha256 = info_hashes(data.rstrip(b"\r\n"))
    metainfo = parse_metainfo(data)
    assert metainfo.info_hash_v1 in (sha1, None)
    assert metainfo.info_hash_v2 in (sha256, None)
    assert (metainfo.info_hash_v1, metainfo.info_hash_v2) != (None, None)


def parsed(name: str) -> Metainfo:
    return parse_metainfo(ACCEPTED[name])


def test_repairs_are_told_in_sentences() -> None:
    for name in (
        "bytes after the end",
        "length and files",
        "name of dots",
        "path of parents",
        "path twice",
        "path is file and folder",
        "link out of the torrent",
        "announce of another scheme",
        "v2 without layers",
    ):
        problems = parsed(name).problems
        assert problems, name
        assert all(text.endswith(".") for text in problems)


def test_sound_torrents_have_no_problems() -> None:
    for name in ("single file", "several files", "padding", "hybrid", "v2 with layers", "v2 one small file", "private"):
        assert parsed(name).problems == (), name
