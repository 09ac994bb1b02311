"""The Configuration Assistant: a rail of six steps, a page for each, and at the end one change of all settings.

Its window blocks nothing: what is behind it can be used. Until the end only a draft changes, so that leaving it changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import Alert, SessionTotals, Update
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.style.explanations import notice_text, user_error_text
from shoal.gui.style.screen_room import screen_room
from shoal.gui.style.shown_path import shown_path
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, isolated, say
from shoal.gui.widgets.mnemonics import with_mnemonics
from shoal.gui.widgets.plain_label import hairline
from shoal.gui.wizard.behaviour_page import BehaviourPage
from shoal.gui.wizard.connection_page import ConnectionPage
from shoal.gui.wizard.desk import Circumstances, Openers, OpenersError, WizardDesk
from shoal.gui.wizard.draft import Draft, first_draft, settings_of
from shoal.gui.wizard.line_page import LinePage
from shoal.gui.wizard.page import WizardPage
from shoal.gui.wizard.rail import Rail
from shoal.gui.wizard.ready_page import ReadyPage
from shoal.gui.wizard.saving_page import SavingPage
from shoal.gui.wizard.welcome import WelcomePage
from shoal.settings.schema import SettingsError, Value

SIZE = (820, 600)
NARROW = 780
"""Below this width at 96 dpi the rail gives way to the pages."""
LAST = 5
BUTTON_WIDTH = 82
REST_MILLISECONDS = 30
"""Between two pages that are put in while nobody waits for them."""
DIGITS = {getattr(Qt.Key, f"Key_{digit}"): digit - 1 for digit in range(1, LAST + 2)}


class Assistant(QDialog):
    """`finished` is emitted at its end, whatever that is; Accepted when it was finished or skipped."""

    told = Signal(str)
    """What took effect otherwise than asked, for the window behind."""
    language_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        door: SettingsDoor,
        link: ClientLink,
        desk: WizardDesk,
        openers: Openers,
        around: Circumstances,
        present: Draft,
        *,
        is_first: bool,
    ) -> None:
        """`present` is what is in force; `is_first` proposes what is not chosen yet."""
        super().__init__(parent)
        px, self._theme = theme.px, theme
        self._door, self._link, self._desk, self._openers = door, link, desk, openers
        self._before, self._is_first, self._around = present, is_first, around
        self._sensible = first_draft(present, has_tray=around.has_tray) if is_first else present
        opens = present.opens_torrents or (is_first and around.openers.can_change)
        self.draft = replace(self._sensible, opens_torrents=opens)
        self._at, self._visited = 0, 0 if is_first else LAST
        self._letters: dict[QPushButton, tuple[str, str]] = {}
        """The words of a button without and with a letter marked."""
        self._is_applying = False
        self.setWindowTitle(say("Configuration Assistant"))
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self.welcome = WelcomePage(theme, around, is_first=is_first)
        self.line = LinePage(theme)
        self.connection = ConnectionPage(theme, desk)
        self.saving = SavingPage(theme, desk, around.downloads_folder)
        self.behaviour = BehaviourPage(theme, around)
        self.ready = ReadyPage(theme, around, is_first=is_first)
        self.pages: tuple[WizardPage, ...] = (
            self.welcome,
            self.line,
            self.connection,
            self.saving,
            self.behaviour,
            self.ready,
        )
        names = (
            say("Welcome"),
            say("How you go online"),
            say("Connection test"),
            say("Where to save"),
            say("How Shoal behaves"),
            say("Ready"),
        )
        self.rail = Rail(theme, names)
        self.stack = QStackedWidget()
        foot = self._make_foot(theme)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(hairline())
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(right, 1)
        for page, name in zip(self.pages, names, strict=True):
            page.setAccessibleName(name)
            self.stack.addWidget(_area())
            page.edited.connect(self._take)
        self._resting = QTimer(self)
        self._resting.setInterval(REST_MILLISECONDS)
        self._resting.timeout.connect(self._on_rest)
        room = screen_room()
        self.resize(min(px(SIZE[0]), room.width()), min(px(SIZE[1]), room.height()))
        self.rail.chosen.connect(self.go_to)
        self.welcome.sensible_wanted.connect(lambda: self._finish(self._sensible))
        self.welcome.guided_wanted.connect(lambda: self.go_to(1))
        self.welcome.language_wanted.connect(self.language_wanted)
        self.ready.step_wanted.connect(self.go_to)
        link.updated.connect(self._follow)
        self._show_draft()
        self.go_to(0)

    # -- for whoever opens it

    @property
    def present(self) -> Draft:
        """What was in force when it was opened."""
        return self._before

    @property
    def step(self) -> int:
        """The step that is shown, 0 = the first."""
        return self._at

    def resume(self, draft: Draft, step: int, visited: int) -> None:
        """Go on where another one was left, such as in another language."""
        self.draft, self._visited = draft, visited
        self._show_draft()
        self.go_to(step)

    @property
    def visited(self) -> int:
        """The last step that was visited."""
        return self._visited

    def follow(self, totals: SessionTotals) -> None:
        """What the engine tells of the whole session."""
        self.connection.follow(totals)

    def show_waiting(self, names: tuple[str, ...]) -> None:
        """Torrents that are opened afterwards; more may come meanwhile."""
        self.welcome.show_waiting(names)
        self._mark_letters()

    def go_to(self, step: int) -> None:
        """Show a step, 0 = the first."""
        if self._is_applying:
            return
        self._at, self._visited = step, max(self._visited, step)
        self.ready.tell("")
        self._put_in(step)
        self.stack.setCurrentIndex(step)
        self.rail.show_step(step, self._visited)
        page = self.pages[step]
        page.entered()
        self.back.setEnabled(step > 0)
        if step < LAST:
            self.next.setText(say("Next"))
        else:
            self.next.setText(say("Start using Shoal") if self._is_first else say("Apply"))
        # On the first page of a first start another button is the one to press.
        self._make_primary(is_primary=not (step == 0 and self._is_first))
        self._mark_letters()
        (page.first_field() or self.next).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- building

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._resting.start()

    def done(self, result: int) -> None:
        """No page stays behind without a parent."""
        self._resting.stop()
        for step in range(LAST + 1):
            self._put_in(step)
        super().done(result)

    def _on_rest(self) -> None:
        """All pages at once would hold up the window: they come while the first one is read."""
        missing = next((step for step in range(LAST + 1) if not self._is_in(step)), None)
        if missing is None:
            self._resting.stop()
        else:
            self._put_in(missing)

    def _is_in(self, step: int) -> bool:
        area = self.stack.widget(step)
        return isinstance(area, QScrollArea) and area.widget() is not None

    def _put_in(self, step: int) -> None:
        """Put a page where it is seen, unless it is there already."""
        area = self.stack.widget(step)
        if not isinstance(area, QScrollArea) or area.widget() is not None:
            return
        page = self.pages[step]
        # Into what lies in the dialog already: a whole tree that moves is styled anew.
        area.setWidget(page)
        page.setAutoFillBackground(False)
        # The keys go through the page before they come to the foot.
        last = self.previousInFocusChain() or page
        for button in (self.skip, self.back, self.next):
            self.setTabOrder(last, button)
            last = button

    def _make_foot(self, theme: Theme) -> QHBoxLayout:
        px = theme.px
        self.skip = QPushButton(say("Skip set-up") if self._is_first else say("Cancel"))
        self.skip.setProperty("link", "true")
        self.skip.setAutoDefault(False)
        self.skip.clicked.connect(self._skip)
        self.back = QPushButton(say("Back"))
        self.back.setAutoDefault(False)
        self.back.clicked.connect(lambda: self.go_to(max(0, self._at - 1)))
        self.next = QPushButton(say("Next"))
        self.next.setDefault(True)
        self.next.clicked.connect(self._go_on)
        for button in (self.back, self.next):
            button.setProperty("tall", "true")
            button.setMinimumWidth(px(BUTTON_WIDTH))
        self.next.setMinimumWidth(px(BUTTON_WIDTH + 14))
        foot = QHBoxLayout()
        foot.setContentsMargins(px(42), px(13), px(36), px(14))
        foot.setSpacing(px(12))
        foot.addWidget(self.skip)
        foot.addStretch()
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        return foot

    def _make_primary(self, *, is_primary: bool) -> None:
        value = "true" if is_primary else "false"
        if self.next.property("primary") != value:
            self.next.setProperty("primary", value)
            self.next.style().unpolish(self.next)
            self.next.style().polish(self.next)

    def _mark_letters(self) -> None:
        """Letters for Alt, other ones on each page where they must be."""
        page = self.pages[self._at]
        buttons = [self.next, self.back, self.skip, *page.findChildren(QPushButton)]
        plain = []
        for button in buttons:
            before, marked = self._letters.get(button, ("", ""))
            plain.append(before if marked and button.text() == marked else button.text())
        for button, before, marked in zip(buttons, plain, with_mnemonics(plain), strict=True):
            self._letters[button] = before, marked
            button.setText(marked)

    # -- the draft

    def _take(self, draft: Draft) -> None:
        self.draft = draft
        self._show_draft()

    def _show_draft(self) -> None:
        for page in self.pages:
            page.show_draft(self.draft, self._before)
        self._mark_letters()

    def _follow(self, update: Update) -> None:
        self.follow(update.totals)

    # -- the end

    def _go_on(self) -> None:
        if self._at < LAST:
            self.go_to(self._at + 1)
        else:
            self._finish(self.draft)

    def _skip(self) -> None:
        if self._is_first:
            self._apply({"assistant_done": True}, self._before)
        else:
            self.reject()

    def _finish(self, draft: Draft) -> None:
        self._apply(settings_of(draft, self._before), draft)

    def _apply(self, values: Mapping[str, Value], draft: Draft) -> None:
        if not self._is_applying:
            self._is_applying = True
            self._link.run(self._put_in_force(values, draft), self)

    async def _put_in_force(self, values: Mapping[str, Value], draft: Draft) -> None:
        problem = ""
        try:
            for note in await self._door.change(values):
                self.told.emit(_note_text(note))
            if draft.watch_folder and draft.watch_folder != self._before.watch_folder:
                await self._make_watched(draft.watch_folder)
            if draft.opens_torrents != self._before.opens_torrents:
                await self._change_openers(draft.opens_torrents)
        except UserError as error:
            problem = user_error_text(error.reason)
        except SettingsError as error:
            problem = say("It {must}.", must=clean(error.must))
        finally:
            self._is_applying = False
        if problem:
            self._refuse(problem)
        else:
            self.accept()

    def _refuse(self, problem: str) -> None:
        self.go_to(LAST)
        self.ready.tell(problem)

    async def _make_watched(self, folder: str) -> None:
        try:
            await self._desk.make_folder(folder)
        except OSError as error:
            why = isolated(error.strerror or str(error))
            self.told.emit(say("{folder} could not be made: {why}.", folder=shown_path(folder), why=why))

    async def _change_openers(self, opens: bool) -> None:
        try:
            await (self._openers.claim() if opens else self._openers.release())
        except OpenersError as error:
            self.told.emit(str(error))

    # -- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.rail.set_compact(self.width() < self._theme.px(NARROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A field that is typed in keeps its digits; elsewhere they choose a visited step."""
        step = DIGITS.get(Qt.Key(event.key()))
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if step is not None and plain and step <= self._visited:
            self.go_to(step)
        else:
            super().keyPressEvent(event)


def _note_text(note: Reason) -> str:
    return notice_text(Alert(note.code, None, note.params, "warning")) or user_error_text(note)


def _area() -> QScrollArea:
    """Around a page: large text on a small screen leaves no room for all of it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    return area
