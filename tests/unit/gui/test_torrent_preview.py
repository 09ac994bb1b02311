"""What the add window says of a torrent before anyone was asked."""

from __future__ import annotations

from tests.support.torrent_samples import torrent_bytes

from shoal.gui.dialogs.torrent_preview import header_facts, parse_preview
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.protocol.bencode import BValue, encode


def made(**values: BValue) -> bytes:
    info: dict[bytes, BValue] = {
        b"files": [{b"length": 10, b"path": [b"..", b"a\xe2\x80\xaeb.mkv"]}, {b"length": 5, b"path": [b"c.txt"]}],
        b"name": b"Sample",
        b"piece length": 16_384,
        b"pieces": bytes(20),
    }
    top: dict[bytes, BValue] = {key.replace("_", " ").encode(): value for key, value in values.items()}
    return encode({**top, b"info": info})


def test_who_made_it_and_when_is_told_as_it_is_known() -> None:
    assert header_facts(parse_preview(made())) == "15 B in 2 files \u00b7 no tracker"
    with_maker = parse_preview(made(created_by=b"mk 1.1", creation_date=1_795_305_600))
    assert header_facts(with_maker) == "15 B in 2 files \u00b7 no tracker \u00b7 made with mk 1.1, 22 Nov 2026"
    published = parse_preview(made(publisher=b"Nia", created_by=b"mk"))
    assert header_facts(published).endswith("\u00b7 published by Nia")


def test_a_date_out_of_all_calendars_is_left_out() -> None:
    assert header_facts(parse_preview(made(creation_date=2**39))) == "15 B in 2 files \u00b7 no tracker"


def test_the_original_of_a_cleaned_name_is_kept_with_its_tricks_made_visible() -> None:
    preview = parse_preview(made())
    assert preview.tree.originals == {0: "../a\\u202eb.mkv"}


def test_its_content_lies_below_its_own_folder() -> None:
    preview = parse_preview(torrent_bytes("Album", {"cd/one.flac": 10, "two.txt": 5}))
    assert dict(preview.content()) == {"Album/cd/one.flac": 10, "Album/two.txt": 5}
    assert preview.hash_v1 == parse_metainfo(preview.data).torrent_id
