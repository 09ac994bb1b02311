"""Behind "Trackers, comment and hash": what few need, and nobody should have to look for elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from shoal.gui.dialogs.add_entry import AddEntry
from shoal.gui.dialogs.torrent_preview import TorrentPreview, date_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import isolated, say
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.plain_label import plain_label

LINE_HEIGHT, MOST_LINES = 17, 4


class AddMore(QWidget):
    """`changed` when other trackers were typed."""

    changed = Signal()

    def __init__(self, theme: Theme, entry: AddEntry, preview: TorrentPreview) -> None:
        super().__init__()
        px = self._px = theme.px
        self._entry = entry
        self.hashes: list[ElidedLabel] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(plain_label(say("Trackers"), "secondary-strong"))
        if preview.trackers:
            own = self._text("\n".join(preview.trackers), say("Trackers of the torrent"))
            own.setReadOnly(True)
            own.setFixedHeight(px(LINE_HEIGHT * min(MOST_LINES, len(preview.trackers)) + 14))
            column.addWidget(own)
        else:
            column.addWidget(plain_label(say("It names none."), "secondary", wraps=True))
        if preview.is_private:
            column.addWidget(
                plain_label(
                    say("It is private: only its own trackers may be asked for peers."), "secondary", wraps=True
                )
            )
        else:
            column.addWidget(plain_label(say("Further trackers, one a line"), "secondary"))
            self.trackers = self._text(entry.trackers_text, say("Further trackers, one a line"))
            self.trackers.setFixedHeight(px(LINE_HEIGHT * 3 + 14))
            self.trackers.textChanged.connect(self._typed)
            column.addWidget(self.trackers)
        if preview.comment:
            column.addWidget(plain_label(say("Comment"), "secondary-strong"))
            column.addWidget(plain_label(isolated(preview.comment), "secondary", wraps=True))
        for name, digest in ((say("Hash"), preview.hash_v1), (say("Hash, version 2"), preview.hash_v2)):
            if digest:
                column.addLayout(self._hash(theme, name, digest))
        if preview.created_by or preview.created_at is not None:
            column.addWidget(plain_label(say("Made"), "secondary-strong"))
            made = [isolated(preview.created_by)] if preview.created_by else []
            if day := date_text(preview.created_at):
                made.append(day)
            column.addWidget(plain_label(", ".join(made), "secondary", wraps=True))

    def _hash(self, theme: Theme, name: str, digest: str) -> QVBoxLayout:
        copy = QPushButton(say("Copy"))
        copy.setProperty("link", "true")
        copy.setAutoDefault(False)
        copy.setAccessibleName(say("Copy {name}", name=name.lower()))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(digest))
        head = QHBoxLayout()
        head.addWidget(plain_label(name, "secondary-strong"))
        head.addStretch()
        head.addWidget(copy)
        shown = ElidedLabel(digest, "mono")
        shown.setFont(theme.fonts.mono())
        self.hashes.append(shown)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(shown)
        return column

    def _text(self, text: str, name: str) -> QPlainTextEdit:
        edit = QPlainTextEdit(text)
        edit.setTabChangesFocus(True)
        edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        edit.setAccessibleName(name)
        return edit

    def _typed(self) -> None:
        self._entry.trackers_text = self.trackers.toPlainText()
        self.changed.emit()
