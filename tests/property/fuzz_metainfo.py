"""Fuzz entries of the metainfo layer: whatever the bytes, a checked value or a MetainfoError with a sentence."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

from tests.data.torrents.corpus import ACCEPTED, REFUSED
from tests.property.fuzz_entries import fuzz_entry

from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.magnet import magnet_link, parse_magnet
from shoal.metainfo.safe_paths import clean_element, decode_name, is_safe_element
from shoal.metainfo.torrent_file import Metainfo, parse_metainfo


def is_plain(text: str) -> bool:
    """Nothing in it moves a cursor, turns the direction or hides (Unicode categories)."""
    return not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@fuzz_entry(*ACCEPTED.values(), *(data for _, data in REFUSED.values() if data))
def fuzz_metainfo(data: bytes) -> None:
    metainfo, refusal = None, ""
    try:
        metainfo = parse_metainfo(data)
    except MetainfoError as error:
        refusal = str(error)
    if metainfo is None:
        assert refusal.endswith(".")
        assert is_plain(refusal)
        assert len(refusal) < 500
        return
    check_metainfo(metainfo)
    with suppress(MetainfoError):
        assert parse_metainfo(b"d4:info" + metainfo.info_bytes + b"e").torrent_id == metainfo.torrent_id


def check_metainfo(metainfo: Metainfo) -> None:
    """What holds for every metainfo that was accepted."""
    layout = metainfo.layout
    assert layout.total_length > 0
    assert metainfo.piece_count == -(-layout.total_length // metainfo.piece_length)
    assert len(metainfo.pieces) in (0, 20 * metainfo.piece_count)
    real = [index for index, entry in enumerate(metainfo.files) if not entry.is_pad]
    for index in real:
        path = metainfo.files[index].path
        assert path
        assert all(map(is_safe_element, (metainfo.name, *path)))
    assert len({metainfo.files[index].path for index in real}) == len(real)
    assert sum(metainfo.files[index].size for index in real) == metainfo.size
    assert sum(part.length for part in layout.piece_spans(0)) == layout.geometry.piece_size(0)
    assert parse_magnet(magnet_link(metainfo)).torrent_id == metainfo.torrent_id
    assert all(map(is_plain, (*metainfo.problems, metainfo.comment, metainfo.created_by)))


@fuzz_entry(
    b"magnet:?xt=urn:btih:000102030405060708090a0b0c0d0e0f10111213&dn=A%20b&tr=http%3A%2F%2Ft.example%2Fa&so=0,2-4",
    b"magnet:?xt=urn:btmh:1220" + b"ab" * 32 + b"&x.pe=127.0.0.1:1&x.pe=[::1]:2&ws=http://w.example/",
    b"magnet:?xt.1=urn:btih:AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT&amp;dn=%ff",
)
def fuzz_magnet(data: bytes) -> None:
    with suppress(MetainfoError):
        link = parse_magnet(data.decode("utf-8", "surrogateescape"))
        assert len(link.torrent_id) == 40
        assert is_plain(link.name)


@fuzz_entry(b"../../etc/passwd", b"COM1.txt", "a\u202eb\u200b. ".encode(), b"x" * 300 + b".ext", b"\xc0\xae\xc0\xae/")
def fuzz_path_element(data: bytes) -> None:
    for encoding in ("", "gbk"):
        element = clean_element(decode_name(data, encoding))
        assert clean_element(element) == element
        assert len(element.encode()) <= 255
        assert not element or is_safe_element(element)
        assert not set(element) & set('/\\:\0<>"|?*')
        assert element not in (".", "..")
