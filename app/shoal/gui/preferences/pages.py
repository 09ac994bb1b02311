"""The pages of the Configuration, each made when it is first wanted: all at once would hold the window up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from shoal.gui.preferences.page import SettingsPage
from shoal.settings.schema import Page


class Pages(Mapping[Page, SettingsPage]):
    """All of them in their order; `made` are those that are there already."""

    def __init__(self, make: Callable[[Page], SettingsPage]) -> None:
        self._make = make
        self.made: dict[Page, SettingsPage] = {}

    def __getitem__(self, page: Page) -> SettingsPage:
        if page not in self.made:
            self.made[page] = self._make(page)
        return self.made[page]

    def __iter__(self) -> Iterator[Page]:
        return iter(Page)

    def __len__(self) -> int:
        return len(Page)

    def make_one(self) -> bool:
        """Make the next one that is missing; False when none is."""
        for page in Page:
            if page not in self.made:
                self.made[page] = self._make(page)
                return True
        return False
