"""Where to save: the folder for downloads with its room, a second one for what is finished, and one that is watched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.wizard.desk import WizardDesk
from shoal.gui.wizard.folder_row import FolderRow, OptionalFolder
from shoal.gui.wizard.page import WizardPage


class SavingPage(WizardPage):
    """`usual` is the system's folder for downloads: what the empty setting means."""

    def __init__(self, theme: Theme, desk: WizardDesk, usual: str) -> None:
        super().__init__(
            theme, say("Where to save"), say("Offered for every new download; each can still go elsewhere.")
        )
        px = theme.px
        self._usual = usual
        self.downloads = FolderRow(theme, desk, say("Downloads folder"), has_gauge=True)
        self.body.addWidget(plain_label(say("Downloads folder"), "secondary"))
        self.body.addSpacing(px(6))
        self.body.addWidget(self.downloads)
        self.body.addSpacing(px(24))
        self.finished = OptionalFolder(
            theme,
            desk,
            say("Finished files go elsewhere"),
            say("A complete transfer is moved there, and shared from there."),
            name=say("Folder for finished files"),
            propose=lambda: self._beside(say("Finished", about="a folder")),
        )
        self.watched = OptionalFolder(
            theme,
            desk,
            say("Watch a folder for torrent files"),
            say("Torrent files that are put there are added by themselves."),
            name=say("Watch folder"),
            propose=lambda: self._beside(say("Torrents", about="a folder")),
        )
        for part in (self.finished, self.watched):
            self.body.addWidget(part)
            self.body.addSpacing(px(16))
        self.body.addStretch(1)
        self.downloads.wanted.connect(self._take_downloads)
        self.finished.wanted.connect(lambda folder: self.edit(replace(self.draft, finished_folder=folder)))
        self.watched.wanted.connect(lambda folder: self.edit(replace(self.draft, watch_folder=folder)))

    def first_field(self) -> QWidget | None:
        return self.downloads.field.edit

    def refresh(self) -> None:
        self.downloads.show_folder(self.draft.downloads_folder or self._usual)
        self.finished.show_folder(self.draft.finished_folder)
        self.watched.show_folder(self.draft.watch_folder)

    # -- inside

    def _take_downloads(self, folder: str) -> None:
        self.edit(replace(self.draft, downloads_folder="" if folder == self._usual else folder))

    def _beside(self, name: str) -> str:
        """A folder in the one for downloads."""
        return str(Path(self.draft.downloads_folder or self._usual) / name)
