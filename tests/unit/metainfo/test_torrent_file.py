"""What a parsed torrent says: names, sizes, trackers, versions, limits at and one past the bound."""

from __future__ import annotations

from hashlib import sha1, sha256

import pytest
from tests.data.torrents.corpus import (
    ACCEPTED,
    LAYER,
    PIECE,
    ROOT,
    SMALL,
    entry,
    multi,
    paths,
    raw,
    single,
    torrent,
)

from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_PIECE_LENGTH, MAX_PIECES, MetaVersion, parse_metainfo
from shoal.protocol.bencode import encode


def test_single_file_says_everything() -> None:
    info = single(PIECE + 5, source="SRC", private=1)
    metainfo = parse_metainfo(
        torrent(
            info, comment="hello\u202e", created_by="maker", creation_date=1700000000, announce="http://t.example/a"
        )
    )
    assert metainfo.name == "temp"
    assert metainfo.version is MetaVersion.V1
    assert metainfo.info_hash_v1 == sha1(encode(raw(info))).digest()
    assert metainfo.info_hash_v2 is None
    assert metainfo.torrent_id == metainfo.info_hash_v1.hex()
    assert metainfo.info_bytes == encode(raw(info))
    assert metainfo.is_single_file
    assert [(one.path, one.size, one.offset) for one in metainfo.files] == [(("temp",), PIECE + 5, 0)]
    assert (metainfo.size, metainfo.piece_length, metainfo.piece_count) == (PIECE + 5, PIECE, 2)
    assert metainfo.piece_hash(1) == b"h" * 20
    assert metainfo.private
    assert metainfo.trackers == (("http://t.example/a",),)
    assert (metainfo.comment, metainfo.created_by, metainfo.creation_date) == ("hello", "maker", 1700000000)
    assert metainfo.source == "SRC"


def test_files_lie_below_the_torrents_folder() -> None:
    metainfo = parse_metainfo(paths(("a",), ("b", "c")))
    assert not metainfo.is_single_file
    assert (metainfo.name, metainfo.files[1].path) == ("temp", ("b", "c"))
    assert [one.offset for one in metainfo.files] == [0, 100]
    assert metainfo.files[1].original_path == (b"b", b"c")


def test_piece_hash_out_of_range_is_an_index_error() -> None:
    metainfo = parse_metainfo(torrent(single()))
    for piece in (-1, 1):
        with pytest.raises(IndexError):
            metainfo.piece_hash(piece)


def test_utf8_keys_win_and_the_original_path_stays() -> None:
    one = {**entry(100, b"caf\xe9"), "path.utf-8": ["café"]}
    metainfo = parse_metainfo(torrent({**multi(one), "name": b"t\xe9", "name.utf-8": "té"}))
    assert metainfo.name == "té"
    assert metainfo.files[0].path == ("café",)
    assert metainfo.files[0].original_path == (b"caf\xe9",)


def test_old_encodings_are_read_when_the_torrent_names_them() -> None:
    data = torrent(single(name="電影".encode("gbk")), encoding="GBK")
    assert parse_metainfo(data).name == "電影"
    assert parse_metainfo(torrent(single(name=b"caf\xe9"), encoding="rot13")).name == "caf_"


def test_unusable_name_becomes_the_hash() -> None:
    metainfo = parse_metainfo(ACCEPTED["name of dots"])
    assert metainfo.name == metainfo.torrent_id
    assert metainfo.files[0].path == (metainfo.name,)


def test_padding_counts_for_pieces_but_not_for_the_size() -> None:
    metainfo = parse_metainfo(ACCEPTED["padding"])
    assert [one.is_pad for one in metainfo.files] == [False, True, False]
    assert metainfo.size == 107
    assert metainfo.layout.total_length == PIECE + 7
    assert metainfo.files[2].offset == PIECE


def test_attributes_are_read() -> None:
    metainfo = parse_metainfo(torrent(multi(entry(1, "run", attr="x"), entry(1, "dot", attr="h"), entry(1, "plain"))))
    assert [(one.is_executable, one.is_hidden) for one in metainfo.files] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert parse_metainfo(torrent(single(attr="x"))).files[0].is_executable


def test_link_means_a_file_of_the_same_torrent_or_nothing() -> None:
    inside = parse_metainfo(ACCEPTED["link without a length"]).files[1]
    assert (inside.is_symlink, inside.symlink_target, inside.size) == (True, ("a", "b"), 0)
    outside = parse_metainfo(ACCEPTED["link out of the torrent"]).files[1]
    assert (outside.is_symlink, outside.symlink_target, outside.size) == (True, None, 0)
    for target in (["c"], ["folder"], [], ["second"]):
        files = multi(
            entry(5, "folder", "x"),
            {"path": ["c"], "attr": "l", "symlink path": target},
            {"path": ["second"], "attr": "l", "symlink path": ["folder", "x"]},
        )
        assert parse_metainfo(torrent(files)).files[1].symlink_target is None


def test_link_follows_a_renamed_target() -> None:
    files = multi(entry(5, "a:b"), {"path": ["l"], "attr": "l", "symlink path": ["a:b"]})
    assert parse_metainfo(torrent(files)).files[1].symlink_target == ("a_b",)


def test_announce_list_replaces_announce() -> None:
    tiers = [["http://a.example/x", " udp://b.example:80 ", "wss://no.example"], [], ["http://a.example/x"], ["bad"]]
    metainfo = parse_metainfo(torrent(single(), announce="http://old.example/x", **{"announce-list": tiers}))
    assert metainfo.trackers == (("http://a.example/x", "udp://b.example:80"),)
    assert any("2 tracker addresses" in text for text in metainfo.problems)


def test_announce_is_used_where_the_list_yields_none() -> None:
    for tiers in ([], [["bad"]], 5, "http://x.example"):
        metainfo = parse_metainfo(torrent(single(), announce="http://old.example/x", **{"announce-list": tiers}))
        assert metainfo.trackers == (("http://old.example/x",),)


def test_web_seeds_and_nodes() -> None:
    metainfo = parse_metainfo(
        torrent(
            single(),
            httpseeds=["http://h.example/seed", "ftp://h.example/x"],
            nodes=[["127.0.0.1", 6881], ["router.example", 0], ["a b", 5], ["ok.example", 70000], 5],
            **{"url-list": ["http://w.example/a b", "", "http://w.example/a b"]},
        )
    )
    assert metainfo.web_seeds == ("http://w.example/a%20b",)
    assert metainfo.http_seeds == ("http://h.example/seed",)
    assert metainfo.nodes == (("127.0.0.1", 6881),)


@pytest.mark.parametrize(("value", "private"), [(1, True), (0, False), (2, True), ("1", True), ("", False), ([], True)])
def test_private_in_doubt_is_private(value: int | str | list[int], private: bool) -> None:
    assert parse_metainfo(torrent(single(private=value))).private is private  # type: ignore[arg-type]


def test_v2_files_are_aligned_by_padding_of_our_own() -> None:
    metainfo = parse_metainfo(ACCEPTED["v2 folders and an empty file"])
    assert metainfo.version is MetaVersion.V2
    assert metainfo.info_hash_v1 is None
    assert metainfo.info_hash_v2 == sha256(metainfo.info_bytes).digest()
    assert metainfo.torrent_id == metainfo.info_hash_v2.hex()[:40]
    assert metainfo.pieces == b""
    assert metainfo.size == 3
    shown = [(one.path, one.size, one.offset) for one in metainfo.files if not one.is_pad]
    assert shown == [(("d", "a"), 1, 0), (("d", "e"), 0, PIECE), (("z",), 2, PIECE)]
    assert metainfo.piece_count == 2
    with pytest.raises(IndexError):
        metainfo.piece_hash(0)


def test_v2_layers_are_kept_when_they_are_proven() -> None:
    metainfo = parse_metainfo(ACCEPTED["v2 with layers"])
    assert dict(metainfo.piece_layers) == {ROOT: LAYER}
    assert metainfo.is_single_file
    assert metainfo.files[0].pieces_root == ROOT


def test_hybrid_has_both_sides() -> None:
    metainfo = parse_metainfo(ACCEPTED["hybrid"])
    assert metainfo.version is MetaVersion.HYBRID
    assert metainfo.torrent_id == sha1(metainfo.info_bytes).hexdigest()
    assert metainfo.info_hash_v2 == sha256(metainfo.info_bytes).digest()
    assert [one.pieces_root for one in metainfo.files] == [SMALL, None, SMALL]
    assert metainfo.piece_count == 2


def test_size_bound_of_the_file() -> None:
    data = torrent(single())
    assert parse_metainfo(data, max_bytes=len(data)).name == "temp"
    with pytest.raises(MetainfoError) as caught:
        parse_metainfo(data, max_bytes=len(data) - 1)
    assert caught.value.code == "too-big"


def test_piece_bounds() -> None:
    most = torrent(single(MAX_PIECES, piece_length=1, pieces=b"h" * 20 * MAX_PIECES))
    assert parse_metainfo(most, max_bytes=len(most)).piece_count == MAX_PIECES
    assert parse_metainfo(torrent(single(piece_length=MAX_PIECE_LENGTH))).piece_length == MAX_PIECE_LENGTH


def test_hundred_thousand_files_of_one_name_stay_distinct() -> None:
    count = 100_000
    metainfo = parse_metainfo(torrent(multi(*(entry(1, "same.txt") for _ in range(count)))))
    assert len({one.path for one in metainfo.files}) == count
