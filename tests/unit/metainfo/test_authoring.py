"""Making torrents: piece sizes, order and layout of files, bytes that parse back to what was meant."""

from __future__ import annotations

from hashlib import sha1

import pytest

from shoal.metainfo.authoring import build_metainfo, choose_piece_length, plan_files
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.protocol.bencode import decode


@pytest.mark.parametrize(
    ("total", "length"),
    [
        (1, 16384),
        (20_000_000, 16384),
        (700_000_000, 1 << 19),
        (700 << 20, 1 << 19),
        (4_700_000_000, 1 << 22),
        (50 << 30, 1 << 24),
        (1 << 45, 1 << 24),
        ((1 << 45) + 1, 1 << 25),
    ],
)
def test_piece_length(total: int, length: int) -> None:
    assert choose_piece_length(total) == length


def test_700_mb_make_about_30_kb() -> None:
    for total in (700_000_000, 700 << 20):
        plan = plan_files("image.iso", [((), total)])
        data = build_metainfo(plan, b"h" * 20 * plan.piece_count, trackers=[["http://t.example/announce"]])
        assert 25_000 < len(data) < 32_000


def test_single_file_comes_back() -> None:
    plan = plan_files("image.iso", [((), 20_000)])
    hashes = sha1(b"1").digest() + sha1(b"2").digest()
    metainfo = parse_metainfo(
        build_metainfo(
            plan,
            hashes,
            trackers=[["http://a.example/x", "udp://b.example:1/x"], [], ["https://c.example/x"]],
            web_seeds=["http://w.example/image.iso"],
            private=True,
            comment="a comment",
            source="SRC",
            created_by="Shoal",
            creation_date=1700000000,
        )
    )
    assert metainfo.is_single_file
    assert (metainfo.name, metainfo.size, metainfo.pieces) == ("image.iso", 20_000, hashes)
    assert metainfo.trackers == (("http://a.example/x", "udp://b.example:1/x"), ("https://c.example/x",))
    assert metainfo.web_seeds == ("http://w.example/image.iso",)
    assert metainfo.private
    assert (metainfo.comment, metainfo.source, metainfo.created_by) == ("a comment", "SRC", "Shoal")
    assert metainfo.creation_date == 1700000000


def test_folder_comes_back_sorted() -> None:
    plan = plan_files("folder", [(("b",), 5), (("a", "z"), 7), (("a", "y"), 0)], piece_length=16384)
    metainfo = parse_metainfo(build_metainfo(plan, b"h" * 20))
    assert [(one.path, one.size) for one in metainfo.files] == [(("a", "y"), 0), (("a", "z"), 7), (("b",), 5)]
    assert [(one.path, one.offset) for one in plan.files] == [(("a", "y"), 0), (("a", "z"), 0), (("b",), 7)]
    assert not metainfo.is_single_file
    assert metainfo.problems == ()


def test_one_tracker_needs_no_list() -> None:
    plan = plan_files("x", [((), 5)])
    top = decode(build_metainfo(plan, b"h" * 20, trackers=[["http://a.example/x"]]))
    assert isinstance(top, dict)
    assert top.keys() == {b"announce", b"info"}


def test_names_that_others_would_change_are_told() -> None:
    plan = plan_files("folder", [(("what: a name",), 5), (("fine",), 5)])
    assert plan.unportable == ("what: a name",)
    assert plan_files("a?", [((), 5)]).unportable == ("a?",)


@pytest.mark.parametrize("found", [[], [((), 0)], [(("a",), 0), (("b",), 0)]])
def test_no_data_is_refused(found: list[tuple[tuple[str, ...], int]]) -> None:
    with pytest.raises(MetainfoError, match="no data"):
        plan_files("x", found)


@pytest.mark.parametrize("piece_length", [0, 8192, 20_000, 1 << 29])
def test_odd_piece_lengths_are_refused(piece_length: int) -> None:
    with pytest.raises(MetainfoError, match="power of two"):
        plan_files("x", [((), 5)], piece_length=piece_length)


def test_too_many_pieces_are_refused() -> None:
    assert plan_files("x", [((), 16384 << 21)], piece_length=16384).piece_count == 1 << 21
    with pytest.raises(MetainfoError) as caught:
        plan_files("x", [((), (16384 << 21) + 1)], piece_length=16384)
    assert caught.value.code == "too-big"


def test_names_that_are_no_text_are_refused() -> None:
    with pytest.raises(MetainfoError, match="rename"):
        plan_files("x", [(("caf\udce9",), 5)])


def test_unusable_addresses_are_refused() -> None:
    plan = plan_files("x", [((), 5)])
    with pytest.raises(MetainfoError, match="tracker address"):
        build_metainfo(plan, b"h" * 20, trackers=[["wss://t.example"]])
    with pytest.raises(MetainfoError, match="web seed address"):
        build_metainfo(plan, b"h" * 20, web_seeds=["udp://t.example"])


def test_hashes_must_be_those_of_the_plan() -> None:
    with pytest.raises(ValueError, match="1 pieces"):
        build_metainfo(plan_files("x", [((), 5)]), b"h" * 40)
