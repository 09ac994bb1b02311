"""The corpus judged by libtorrent too: we agree, except where docs/decisions/0100-metainfo-verdicts.md says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.data.torrents.corpus import ACCEPTED, REFUSED
from tests.support.torrent_verdicts import facts, main

from shoal.metainfo.torrent_file import parse_metainfo

WE_ALONE_TAKE = {"name of dots"}
WE_ALONE_REFUSE = {
    "key twice in info",
    "pieces key twice",
    "number with leading zero",
    "files all padding",
    "piece length 256 MiB and one",
    "hybrid without pieces",
}


@pytest.mark.parametrize("peculiarity", ACCEPTED)
def test_accepted_torrents_are_the_same_torrent_to_libtorrent(peculiarity: str) -> None:
    libtorrent = pytest.importorskip("libtorrent", reason="libtorrent's Python module is not installed")
    data = ACCEPTED[peculiarity]
    if peculiarity in WE_ALONE_TAKE:
        with pytest.raises(RuntimeError):
            libtorrent.load_torrent_buffer(data)
        return
    theirs = libtorrent.load_torrent_buffer(data).ti
    hashes = theirs.info_hashes()
    ours = facts(parse_metainfo(data))
    assert ours == {
        "v1": str(hashes.v1) if hashes.has_v1() else None,
        "v2": str(hashes.v2) if hashes.has_v2() else None,
        "name": theirs.name(),
        "num_files": theirs.num_files(),
        "total_size": theirs.total_size(),
        "piece_length": theirs.piece_length(),
        "num_pieces": theirs.num_pieces(),
        "private": theirs.priv(),
    }


@pytest.mark.parametrize("defect", REFUSED)
def test_refused_torrents_are_refused_by_libtorrent(defect: str) -> None:
    libtorrent = pytest.importorskip("libtorrent", reason="libtorrent's Python module is not installed")
    data = REFUSED[defect][1]
    if defect in WE_ALONE_REFUSE:
        assert libtorrent.load_torrent_buffer(data).ti.num_pieces() > 0
    else:
        with pytest.raises(RuntimeError):
            libtorrent.load_torrent_buffer(data)


def test_runner_compares_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = ACCEPTED["hybrid"], REFUSED["pieces too few"][1]
    (tmp_path / "good.torrent").write_bytes(good)
    (tmp_path / "bad.torrent").write_bytes(bad)
    expected = [
        {"file": "good.torrent", "verdict": "ok", **facts(parse_metainfo(good))},
        {"file": "bad.torrent", "verdict": "incorrect number of piece hashes"},
    ]
    (tmp_path / "verdicts.json").write_text(json.dumps(expected), encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    assert "2 agree, 0 disagree, of 2" in capsys.readouterr().out

    expected[0]["name"] = "another"
    expected[1]["verdict"] = "ok"
    (tmp_path / "verdicts.json").write_text(json.dumps(expected), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "name is 'temp', theirs 'another'" in out
    assert "we refuse it" in out
    assert main([]) == 2
