"""The Info tab's facts: what is known is told in words, what is not is left out."""

from __future__ import annotations

from tests.support.fake_client import row

from shoal.api.snapshots import TorrentRow
from shoal.gui.style.moments import lasting_text, moment_text
from shoal.gui.style.torrent_facts import Origin, facts_of_torrent, piece_length_text

NOW = 1_800_000_000.0
HASH = "0123456789abcdef" * 2 + "01234567"


def transfer(**values: object) -> TorrentRow:
    return row("a" * 40, **values)


def told(transfer: TorrentRow, origin: Origin | None = None) -> dict[str, str]:
    return {fact.key: fact.value for fact in facts_of_torrent(transfer, origin or Origin(), NOW)}


def test_what_is_not_known_is_left_out() -> None:
    facts = told(transfer())
    assert not {"comment", "created-by", "created-at", "v1", "v2", "magnet", "active", "added"} & facts.keys()
    assert facts["wasted"] == "Nothing"
    assert facts["finished"] == "Not yet"


def test_the_numbers_are_explained() -> None:
    facts = told(
        transfer(downloaded=2_000_000, uploaded=500_000, wasted=30_000, wanted_done=500_000, active_seconds=7500.0)
    )
    assert facts["downloaded"] == "2.0 MB received, 50.0 % of what you chose is here"
    assert facts["uploaded"] == "500 kB sent, ratio 0.25: what you gave for each byte you have"
    assert facts["wasted"] == "30 kB arrived damaged, twice or unasked, and was thrown away"
    assert facts["active"] == "2 h 5 min"


def test_what_was_chosen_of_it() -> None:
    assert told(transfer(file_count=24))["size"] == "1.0 MB in 24 files"
    assert told(transfer(wanted=400_000))["size"] == "1.0 MB in 1 file, 400 kB of it chosen"


def test_hashes_and_links_are_copied_whole() -> None:
    origin = Origin(piece_length=4 << 20, info_hash_v1=HASH, magnet=f"magnet:?xt=urn:btih:{HASH}")
    facts = {fact.key: fact for fact in facts_of_torrent(transfer(pieces_total=1335), origin, NOW)}
    assert (facts["v1"].copied, facts["v1"].is_code) == (HASH, True)
    assert facts["magnet"].copied == origin.magnet
    assert facts["pieces"].value == "1,335 pieces of 4 MiB each"


def test_a_strangers_comment_keeps_its_lines_and_loses_its_tricks() -> None:
    facts = told(transfer(), Origin(comment="one\u202etwo\r\n\n<b>three</b>\x07"))
    assert facts["comment"] == "onetwo\n<b>three</b>"


def test_private_in_words() -> None:
    assert told(transfer(private=True))["private"] == "Yes: peers are found through its own trackers only"


def test_moments_have_a_date_unless_they_are_of_today() -> None:
    assert len(moment_text(NOW, NOW)) == 5
    assert moment_text(NOW - 3 * 86400, NOW).count(", ") == 1


def test_how_long_in_two_units() -> None:
    assert [lasting_text(seconds) for seconds in (12, 250, 7500, 90_000, 183_600)] == [
        "12 s",
        "4 min",
        "2 h 5 min",
        "1 day 1 h",
        "2 days 3 h",
    ]


def test_odd_piece_lengths() -> None:
    assert [piece_length_text(length) for length in (16 << 10, 1 << 20, 1000)] == ["16 KiB", "1 MiB", "1,000 B"]
