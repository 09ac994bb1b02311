"""The connection test: on which port others reach Shoal, as far as this computer alone can tell. Never in the way."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from shoal.api.snapshots import SessionTotals
from shoal.gui.style.reach_text import reach_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.field_frame import FieldFrame
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.wizard.desk import WizardDesk
from shoal.gui.wizard.draft import FIRST_PORT, LAST_PORT, Draft, is_port
from shoal.gui.wizard.page import NoteCard, WizardPage
from shoal.gui.wizard.port_words import ANOTHER_PORT, OFFERS, PortState, is_address, port_state, port_words

PORT_WIDTH, ADDRESS_WIDTH, FIELD_HEIGHT = 164, 340, 40


class ConnectionPage(WizardPage):
    """`follow` with the totals of every beat: they know when somebody has connected."""

    def __init__(self, theme: Theme, desk: WizardDesk) -> None:
        super().__init__(
            theme,
            say("Connection test"),
            say("Others connect to you on one port. It was chosen by chance, and stays the same."),
        )
        px = theme.px
        self._desk = desk
        self._totals = SessionTotals()
        self._free: dict[int, bool] = {}
        self._asked = self._offered = 0
        self.state = PortState.CHECKING
        self.port = FieldFrame(theme, "link", say("Port for incoming connections"))
        self.port.setFixedSize(px(PORT_WIDTH), px(FIELD_HEIGHT))
        self.port.edit.setMaxLength(5)
        self.port_problem = _problem(self.port)
        self.body.addWidget(plain_label(say("Port"), "secondary"))
        self.body.addSpacing(px(6))
        self.body.addWidget(self.port)
        self.body.addWidget(self.port_problem)
        self.body.addSpacing(px(14))
        self.card = NoteCard(theme, "globe")
        self.another = QPushButton()
        self.another.setAutoDefault(False)
        self.another.hide()
        self.another.clicked.connect(self._use_another)
        self.card.row.addWidget(self.another, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addWidget(self.card)
        self.body.addSpacing(px(28))
        self.body.addWidget(plain_label(say("Only over this address of your computer (VPN)"), "section"))
        self.body.addSpacing(px(4))
        self.body.addWidget(
            plain_label(
                say(
                    "Connections leave from the address that you name, such as that of a VPN. Most people leave it "
                    "empty."
                ),
                "secondary",
                wraps=True,
            )
        )
        self.body.addSpacing(px(10))
        self.address = FieldFrame(theme, "globe", say("Local address for outgoing connections"))
        self.address.setFixedHeight(px(FIELD_HEIGHT))
        self.address.setMaximumWidth(px(ADDRESS_WIDTH))
        self.address.edit.setPlaceholderText(say("chosen by the system"))
        self.address_problem = _problem(self.address)
        self.body.addWidget(self.address)
        self.body.addWidget(self.address_problem)
        self.body.addStretch(1)
        self.port.edit.textEdited.connect(self._take_port)
        self.address.edit.textEdited.connect(self._take_address)

    def first_field(self) -> QWidget | None:
        return self.port.edit

    def follow(self, totals: SessionTotals) -> None:
        """What the engine tells of its port."""
        self._totals = totals
        self._show_state()

    def refresh(self) -> None:
        if not (self.port.edit.hasFocus() and self.port.edit.isModified()):
            self.port.edit.setText(str(self._port()) if self._port() else "")
            _tell(self.port, self.port_problem, "")
        if not (self.address.edit.hasFocus() and self.address.edit.isModified()):
            self.address.edit.setText(self.draft.outgoing_host)
            _tell(self.address, self.address_problem, "")
        self._show_state()

    def show_draft(self, draft: Draft, before: Draft) -> None:
        super().show_draft(draft, before)
        self.port.edit.setModified(False)
        self.address.edit.setModified(False)

    # -- inside

    def _port(self) -> int:
        return self.draft.listen_port or self._totals.listen_port

    def _show_state(self) -> None:
        port, totals = self._port(), self._totals
        self.state = port_state(
            port, listening=totals.listen_port, has_incoming=totals.has_incoming, is_free=self._free.get(port)
        )
        if self.state is PortState.CHECKING and port and self._asked != port:
            self._asked = port
            self._desk.start(self._look(port), self)
        reach = reach_text(totals)
        if port == totals.listen_port and (totals.has_incoming or reach.is_told):
            self.card.say(reach.words, reach.hint, reach.icon, reach.token)
        else:
            self.card.say(*port_words(self.state, port))
        offers = self.state is PortState.TAKEN and bool(self._offered)
        self.another.setVisible(offers)
        if offers:
            self.another.setText(say("Use {port}", port=str(self._offered)))

    async def _look(self, port: int) -> None:
        free = await self._desk.is_port_free(port)
        self._free[port] = free
        if not free and not self._offered:
            for offered in range(ANOTHER_PORT, ANOTHER_PORT + OFFERS):
                if offered != port and await self._desk.is_port_free(offered):
                    self._offered, self._free[offered] = offered, True
                    break
        self._show_state()

    def _use_another(self) -> None:
        # The button is hidden then; the keys must not be lost with it.
        self.port.edit.setFocus()
        self.edit(replace(self.draft, listen_port=self._offered))

    def _take_port(self, text: str) -> None:
        if is_port(text.strip()):
            _tell(self.port, self.port_problem, "")
            self._asked = 0
            self.edit(replace(self.draft, listen_port=int(text)))
        else:
            _tell(self.port, self.port_problem, _must())

    def _take_address(self, text: str) -> None:
        text = text.strip()
        if not text or is_address(text):
            _tell(self.address, self.address_problem, "")
            self.edit(replace(self.draft, outgoing_host=text))
        else:
            _tell(
                self.address, self.address_problem, say("Type an address such as 10.8.0.2, or leave the field empty.")
            )


def _must() -> str:
    return say("Type a number from {first} to {last}.", first=str(FIRST_PORT), last=str(LAST_PORT))


def _problem(field: QWidget) -> QLabel:
    label = plain_label("", "problem", wraps=True)
    label.hide()
    label.setBuddy(field)
    return label


def _tell(field: FieldFrame, label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
    field.edit.setAccessibleDescription(text)
