"""The Configuration's block on who opens torrent files and magnet links, and making that Shoal or no longer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from shoal.gui.desktop.associations import AssociationError, Associations, AssociationStatus, Who
from shoal.gui.link.client_link import ClientLink
from shoal.gui.preferences.page_part import SearchedPart
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import quoted, say
from shoal.gui.widgets.plain_label import plain_label

KEY = "openers"
"""What the search counts it as; it is no setting."""


class OpeningPart(SearchedPart):
    """Asks the system each time when it is shown: other programs change the same."""

    def __init__(self, theme: Theme, associations: Associations, link: ClientLink) -> None:
        super().__init__()
        px = theme.px
        self._associations, self._link = associations, link
        self._is_hit = False
        self._title = say("Open .torrent files and magnet links with Shoal")
        self.setAccessibleName(self._title)
        self.told = plain_label(say("Asking the system\u2026"), "secondary", wraps=True)
        self.problem = plain_label("", "problem", wraps=True)
        self.problem.hide()
        self.claim = self._button(say("Open them with Shoal"))
        self.claim.clicked.connect(lambda: self._start(self._associations.claim))
        self.release = self._button(say("As before"))
        self.release.setToolTip(say("Give torrent files and magnet links back to whatever opened them before"))
        self.release.setAccessibleDescription(self.release.toolTip())
        self.release.clicked.connect(lambda: self._start(self._associations.release))
        line = QHBoxLayout()
        line.setSpacing(px(8))
        for button in (self.claim, self.release):
            button.setEnabled(False)
            line.addWidget(button)
        line.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(12), px(12), px(8))
        layout.setSpacing(px(6))
        layout.addWidget(plain_label(self._title, "setting-title", wraps=True))
        for widget in (self.told, self.problem):
            layout.addWidget(widget)
        layout.addLayout(line)

    def mark_hits(self, words: str) -> frozenset[str]:
        text = f"{self._title} {self.claim.text()} magnet torrent".casefold()
        self._is_hit = bool(words) and all(word in text for word in words.casefold().split())
        return frozenset({KEY} if self._is_hit else ())

    def first_hit(self) -> QWidget | None:
        if not self._is_hit:
            return None
        return self.claim if self.claim.isEnabled() else self.release

    def open_key(self, key: str) -> bool:
        return key == KEY

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._start(self._associations.status)
        super().showEvent(event)

    # -- inside

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        return button

    def _start(self, ask: Callable[[], Awaitable[AssociationStatus]]) -> None:
        self._link.run(self._ask(ask), self)

    async def _ask(self, ask: Callable[[], Awaitable[AssociationStatus]]) -> None:
        for button in (self.claim, self.release):
            button.setEnabled(False)
        self._show_problem("")
        try:
            status = await ask()
        except AssociationError as error:
            self._show_problem(str(error))
            status = await self._associations.status()
        except OSError as error:
            why = quoted(error.strerror or str(error))
            self._show_problem(say("The system does not tell who opens them: {why}.", why=why))
            return
        self._show(status)

    def _show(self, status: AssociationStatus) -> None:
        self.told.setText("\n".join(status.sentences()))
        whos = (status.torrents.who, status.magnets.who)
        self.claim.setEnabled(status.can_change and any(who is not Who.SHOAL for who in whos))
        self.release.setEnabled(status.can_change and Who.SHOAL in whos)

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
