"""What fits where: sums by disk, and the sentences of the add window."""

from __future__ import annotations

import pytest
from tests.support.torrent_samples import torrent_bytes

from shoal.gui.dialogs.add_entry import AddEntry
from shoal.gui.dialogs.add_room import needed_by_disk, space_sentence
from shoal.gui.dialogs.torrent_preview import parse_preview
from shoal.runtime.folder_facts import FolderFacts

ROOMY = FolderFacts(True, 612 * 10**9, 10**12, "one")
NOT_THERE = FolderFacts(False, None, None, "x")


@pytest.mark.parametrize(
    ("needed", "facts", "torrents", "sentence"),
    [
        (4_900_000_000, ROOMY, 1, "Fits: 4.9 GB needed, 612 GB free"),
        (4_900_000_000, ROOMY, 3, "Fits: 4.9 GB needed for 3 torrents, 612 GB free"),
        (2_000, FolderFacts(True, 1_000, 10**6, "one"), 1, "1 kB short on this disk"),
        (2_000, None, 1, "2 kB needed; free space is not known."),
        (
            2_000,
            FolderFacts(False, None, None, "x"),
            1,
            "2 kB needed; free space is not known. The folder will be created.",
        ),
        (2_000, FolderFacts(False, 9_000, 10**6, "x"), 1, "Fits: 2 kB needed, 9 kB free. The folder will be created."),
    ],
)
def test_room_in_words(needed: int, facts: FolderFacts | None, torrents: int, sentence: str) -> None:
    assert space_sentence(needed, facts, torrents) == sentence


def test_folders_on_one_disk_are_added_up() -> None:
    entries = []
    for folder in ("/a", "/b", "/c", "/nobody-knows"):
        preview = parse_preview(torrent_bytes(folder[1:], {"x": 1_000}))
        entries.append(AddEntry(preview.name, preview, folder=folder))
    entries[1].is_found = True
    other = FolderFacts(True, 5, 10, "two")
    facts = {"/a": ROOMY, "/b": ROOMY, "/c": other, "/nobody-knows": None}
    assert needed_by_disk(entries, facts) == {"one": (1_000, 2, ROOMY), "two": (1_000, 1, other)}
