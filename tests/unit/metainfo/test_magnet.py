"""Magnet links: what is read, what is left out, what is refused, and the round trip of our own."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from tests.data.torrents.corpus import ACCEPTED, single, torrent

from shoal.metainfo.authoring import build_metainfo, plan_files
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.ids import InfoHashV2
from shoal.metainfo.magnet import (
    MAX_FIELDS,
    MAX_MAGNET_LENGTH,
    MAX_PEERS,
    MAX_SELECTED,
    MagnetLink,
    chosen_files,
    is_magnet,
    link_text,
    magnet_link,
    parse_magnet,
    torrent_of,
)
from shoal.metainfo.torrent_file import parse_metainfo

V1 = bytes(range(20))
V2 = bytes(range(32))
LINK = f"magnet:?xt=urn:btih:{V1.hex()}"


def test_every_field() -> None:
    link = parse_magnet(
        f"{LINK}&xt=urn:btmh:1220{V2.hex()}&dn=A%20name%E2%80%AE&tr=http%3A%2F%2Ft.example%2Fannounce&tr=udp://u.example:1"
        "&tr=wss://no.example&ws=http://w.example/a%20b&x.pe=127.0.0.1:6881&x.pe=[::1]:5&x.pe=bad&so=0,2,4-6&foo=bar#x"
    )
    assert (link.info_hash_v1, link.info_hash_v2) == (V1, V2)
    assert link.torrent_id == V1.hex()
    assert link.name == "A name"
    assert link.trackers == (("http://t.example/announce",), ("udp://u.example:1",))
    assert link.web_seeds == ("http://w.example/a%20b",)
    assert link.peers == (("127.0.0.1", 6881), ("::1", 5))
    assert link.select_only == (0, 2, 4, 5, 6)


def test_base32_capitals_and_numbered_fields() -> None:
    link = parse_magnet(f"  MAGNET:?XT.1=URN:BTIH:{base64.b32encode(V1).decode().lower()}&amp;dn=x\n")
    assert link.info_hash_v1 == V1
    assert link.name == "x"
    assert link.select_only is None


def test_v2_alone_is_known_by_its_truncated_hash() -> None:
    link = parse_magnet(f"magnet:?xt=urn:btmh:1220{V2.hex()}")
    assert link.info_hash_v1 is None
    assert link.torrent_id == V2.hex()[:40]


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("http://example.com/", "bad-magnet"),
        ("", "bad-magnet"),
        ("magnet:?dn=name", "bad-magnet"),
        ("magnet:?xt=urn:sha1:ABC", "bad-magnet"),
        (LINK[:-1], "bad-magnet"),
        (LINK + "0", "bad-magnet"),
        ("magnet:?xt=urn:btih:" + "z" * 40, "bad-magnet"),
        ("magnet:?xt=urn:btih:" + "1" * 32, "bad-magnet"),
        ("magnet:?xt=urn:btih:" + "%20" * 40, "bad-magnet"),
        ("magnet:?xt=urn:btih:AAAQEAYEAUDIOCAJBIFQYDIOB4IBCDQ=", "bad-magnet"),
        (f"magnet:?xt=urn:btmh:1120{V2.hex()}", "bad-magnet"),
        (f"magnet:?xt=urn:btmh:1220{V2.hex()[2:]}", "bad-magnet"),
        ("magnet:?xt=urn:btmh:122", "bad-magnet"),
        (f"{LINK}&xt=urn:btih:{V1[::-1].hex()}", "contradiction"),
    ],
)
def test_refused(uri: str, code: str) -> None:
    with pytest.raises(MetainfoError) as caught:
        parse_magnet(uri)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_length_bound() -> None:
    longest = f"{LINK}&dn=" + "x" * (MAX_MAGNET_LENGTH - len(LINK) - 4)
    assert parse_magnet(longest).info_hash_v1 == V1
    with pytest.raises(MetainfoError) as caught:
        parse_magnet(longest + "x")
    assert caught.value.code == "too-big"


def test_field_count_bound() -> None:
    assert parse_magnet(LINK + "&a=b" * (MAX_FIELDS - 1)).info_hash_v1 == V1
    with pytest.raises(MetainfoError, match="fields"):
        parse_magnet(LINK + "&a=b" * MAX_FIELDS)


def test_peer_and_selection_bounds() -> None:
    peers = "".join(f"&x.pe=10.0.0.1:{port}" for port in range(1, MAX_PEERS + 2))
    assert len(parse_magnet(LINK + peers).peers) == MAX_PEERS
    selected = parse_magnet(f"{LINK}&so=0-9999999,7,x,5-,-1").select_only
    assert selected is not None
    assert len(selected) == MAX_SELECTED
    assert parse_magnet(f"{LINK}&so=x,5-3").select_only is None


@pytest.mark.parametrize("name", ["single file", "hybrid", "v2 with layers"])
def test_our_own_link_comes_back(name: str) -> None:
    metainfo = parse_metainfo(ACCEPTED[name])
    link = parse_magnet(magnet_link(metainfo))
    assert (link.info_hash_v1, link.info_hash_v2, link.name) == (
        metainfo.info_hash_v1,
        metainfo.info_hash_v2,
        metainfo.name,
    )


def test_our_own_link_quotes_everything() -> None:
    metainfo = parse_metainfo(torrent(single(name="a&b=c d#é"), announce="http://t.example/a?x=1&y=2"))
    text = magnet_link(metainfo)
    assert text.isascii()
    assert " " not in text
    link = parse_magnet(text)
    assert link.name == "a&b=c d#é"
    assert link.trackers == (("http://t.example/a?x=1&y=2",),)


def test_what_is_meant_as_a_magnet() -> None:
    assert is_magnet(" Magnet:?xt=x")
    assert not is_magnet("magnet.torrent")


def test_a_link_is_written_with_all_that_it_says() -> None:
    link = parse_magnet(
        f"{LINK}&xt=urn:btmh:1220{V2.hex()}&dn=A%20name&tr=http%3A%2F%2Ft.example%2Fannounce&ws=http://w.example/a"
        "&x.pe=127.0.0.1:6881&x.pe=[::1]:5&x.pe=host.example:1&so=0,2,4-6"
    )
    assert parse_magnet(link_text(link)) == link
    assert link_text(MagnetLink(link.info_hash_v1, None)) == LINK


def test_a_torrent_file_is_made_around_an_info_dictionary() -> None:
    metainfo = parse_metainfo(torrent(single()))
    tiers = (("http://a.example/announce", "udp://b.example:1"), ("udp://c.example:2",))
    made = parse_metainfo(torrent_of(metainfo.info_bytes, tiers, ("http://w.example/a",)))
    assert made.info_bytes == metainfo.info_bytes
    assert made.trackers == tiers
    assert made.web_seeds == ("http://w.example/a",)
    assert parse_metainfo(torrent_of(metainfo.info_bytes, ())).torrent_id == metainfo.torrent_id


def test_a_link_knows_its_info_dictionary() -> None:
    metainfo = parse_metainfo(torrent(single()))
    link = parse_magnet(magnet_link(metainfo))
    assert link.wire_hash == metainfo.wire_hash
    assert link.is_named_by(metainfo.info_bytes)
    assert not link.is_named_by(metainfo.info_bytes + b"x")
    only_v2 = MagnetLink(None, InfoHashV2(sha256(metainfo.info_bytes).digest()))
    assert only_v2.is_named_by(metainfo.info_bytes)
    assert not only_v2.is_named_by(b"de")


def test_what_a_link_chooses_becomes_priorities() -> None:
    metainfo = parse_metainfo(build_metainfo(plan_files("n", [(("a",), 5), (("b",), 6), (("c",), 7)]), bytes(20)))
    assert chosen_files(metainfo, (0, 2)) == (4, 0, 4)
    for everything in (None, (), (3, 99)):
        assert chosen_files(metainfo, everything) == ()
