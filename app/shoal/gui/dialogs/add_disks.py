"""The disks of the folders that the add window names: what is known of them, and whether there is room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shoal.gui.dialogs.add_entry import AddDesk, AddEntry, When
from shoal.gui.dialogs.add_room import needed_by_disk
from shoal.runtime.folder_facts import FolderFacts


class AddDisks:
    """`facts` by folder, None where its disk did not answer; a folder that was not looked at yet is not in it."""

    def __init__(self, desk: AddDesk) -> None:
        self._desk = desk
        self.facts: dict[str, FolderFacts | None] = {}

    async def learn(self, entries: Sequence[AddEntry]) -> None:
        """What is known of every folder that is named, and whose files lie there already."""
        for entry in list(entries):
            folder, preview = entry.folder, entry.preview
            if not entry.can_add or not Path(folder).is_absolute():
                continue
            if folder not in self.facts:
                self.facts[folder] = await self._desk.look(folder)
            facts = self.facts[folder]
            found = bool(preview and facts and facts.exists and await self._desk.holds(preview, folder))
            if entry.folder == folder and entry.preview is preview:
                entry.is_found = found

    def has_looked(self, entry: AddEntry) -> bool:
        """Whether the disk of its folder has answered, or has had its time for that."""
        return entry.folder in self.facts or not Path(entry.folder).is_absolute()

    async def lacking(self, starting: Sequence[AddEntry]) -> tuple[int, FolderFacts] | None:
        """Ask every disk once more: the bytes that `starting` needs on the first one that is too small for them."""
        for folder in dict.fromkeys(entry.folder for entry in starting):
            self.facts[folder] = await self._desk.look(folder)
        for needed, _, facts in needed_by_disk(starting, self.facts).values():
            if facts.free is not None and needed > facts.free:
                return needed, facts
        return None

    def needed_beside(self, entry: AddEntry, chosen: Sequence[AddEntry]) -> tuple[int, int, FolderFacts | None]:
        """Bytes that `entry` and the others of `chosen` that start need on its disk, how many they are, its facts."""
        facts = self.facts.get(entry.folder)
        on_disk = [other for other in chosen if other is entry or other.when is not When.LATER]
        if entry not in on_disk:
            on_disk.append(entry)
        needed, count, _ = needed_by_disk(on_disk, self.facts).get(
            facts.disk if facts else "", (entry.missing_bytes, 1, facts)
        )
        return needed, count, facts
