"""In the place of the files while a magnet link has none: how getting their list goes, and one choice for later."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from shoal.api.details import MagnetProgress
from shoal.gui.dialogs.add_entry import AddEntry
from shoal.gui.style.catalogue import explain
from shoal.gui.style.sentences import asking_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.plain_label import plain_label, set_role
from shoal.gui.widgets.tick_box import TickBox

TEXT_WIDTH, ICON = 380, 28


class AddAsking(QWidget):
    """`changed` when the choice was ticked, which is written into `entry`."""

    changed = Signal()

    def __init__(self, theme: Theme, entry: AddEntry) -> None:
        super().__init__()
        px = theme.px
        self._theme, self._entry = theme, entry
        self._picture = QLabel()
        theme.changed.connect(self._paint)
        self._paint()
        self.doing = plain_label("", "section", width=px(TEXT_WIDTH))
        self.note = plain_label("", "secondary", width=px(TEXT_WIDTH))
        self.trouble = plain_label("", "problem", width=px(TEXT_WIDTH))
        self.choose_first = TickBox(theme, say("&Choose files before anything is downloaded"))
        self.choose_first.setChecked(entry.chooses_first)
        self.choose_first.toggled.connect(self._on_choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(plain_label(say("Choose files"), "section"))
        card = QFrame()
        card.setProperty("card", "true")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(px(24), px(20), px(24), px(20))
        inside.setSpacing(px(8))
        inside.addStretch(2)
        for widget in (self._picture, self.doing, self.note, self.trouble):
            inside.addWidget(widget)
        inside.addSpacing(px(6))
        about = say("Its files appear here as soon as the list comes. You need not wait: add it now, if you like.")
        inside.addWidget(plain_label(about, "body", width=px(TEXT_WIDTH)))
        inside.addSpacing(px(6))
        inside.addWidget(self.choose_first)
        inside.addStretch(3)
        column.addWidget(card, 1)
        self.show_progress(entry.progress)

    def show_progress(self, progress: MagnetProgress) -> None:
        """Say how far it is."""
        self.doing.setText(doing_text(progress))
        self.note.setText(_note(progress))
        self.note.setVisible(bool(self.note.text()))
        self.trouble.setText(_trouble(progress))
        self.trouble.setVisible(bool(self.trouble.text()))
        set_role(self.trouble, "problem" if not progress.has_sources else "secondary")

    def _on_choice(self) -> None:
        self._entry.chooses_first = self.choose_first.isChecked()
        self.changed.emit()

    def _paint(self) -> None:
        size = self._theme.px(ICON)
        self._picture.setPixmap(self._theme.pixmap("search", "acc", size, self.devicePixelRatioF()))


def doing_text(progress: MagnetProgress) -> str:
    """What is being done to get the file list, in a sentence."""
    if progress.is_paused:
        return say("Everything is paused")
    if not progress.asked:
        return say("Getting the file list: looking for peers")
    percent = min(99, 100 * progress.received // progress.size) if progress.size else 0
    return asking_text({"asked": progress.asked, "offering": progress.offering, "percent": percent})


def _note(progress: MagnetProgress) -> str:
    if progress.is_paused:
        return say("Shoal asks for the file list when you resume.")
    if not progress.known:
        return ""
    return say_count(progress.known, "{n} peer is known so far.", "{n} peers are known so far.")


def _trouble(progress: MagnetProgress) -> str:
    if progress.is_paused or progress.offering:
        return ""
    if not progress.has_sources:
        return say("The link names neither a tracker nor a peer. Once it is in the list, you can add a tracker to it.")
    return "" if progress.trouble is None else explain(progress.trouble).text
