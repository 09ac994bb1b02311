"""What a setting is changed with: a tick, a choice, a field for text or numbers, a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.setting_text import choices_of, field_text, must_text, parse_field, title_of, unit_of, zero_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.widgets.folder_field import FolderField
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.tick_box import TickBox
from shoal.settings.schema import Form, Setting, SettingsError, Value, check_value

NUMBER_WIDTH, TEXT_WIDTH, CHOICE_WIDTH, FOLDER_WIDTH = 140, 300, 220, 420


class Editor(QWidget):
    """`wanted` is emitted with a value that may be; one that may not is said below the field."""

    wanted = Signal(object)

    def __init__(self, entry: Setting) -> None:
        super().__init__()
        self.entry = entry

    def show_value(self, value: Value) -> None:
        """Show what is in force; never emits `wanted`."""
        raise NotImplementedError

    def show_problem(self, text: str) -> None:
        """Why what was asked for is not in force."""


class TickEditor(Editor):
    def __init__(self, theme: Theme, entry: Setting) -> None:
        super().__init__(entry)
        self.tick = TickBox(theme, title_of(entry))
        self.tick.clicked.connect(lambda: self.wanted.emit(self.tick.isChecked()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tick)
        layout.addStretch()
        self.setFocusProxy(self.tick)

    def show_value(self, value: Value) -> None:
        self.tick.setChecked(bool(value))


class ChoiceEditor(Editor):
    def __init__(self, theme: Theme, entry: Setting) -> None:
        super().__init__(entry)
        self.box = ChoiceBox(theme, title_of(entry))
        self.box.setMinimumWidth(theme.px(CHOICE_WIDTH))
        for value, words in choices_of(entry):
            self.box.addItem(words, value)
        self.box.activated.connect(lambda at: self.wanted.emit(self.box.itemData(at)))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addStretch()
        self.setFocusProxy(self.box)

    def show_value(self, value: Value) -> None:
        self.box.setCurrentIndex(self.box.findData(value))


class FieldEditor(Editor):
    """Text or a number; taken when Return is pressed or the field is left."""

    def __init__(self, theme: Theme, entry: Setting) -> None:
        super().__init__(entry)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title_of(entry))
        self.edit.setPlaceholderText(zero_of(entry))
        is_text = isinstance(entry.default, str)
        self.edit.setMinimumWidth(theme.px(TEXT_WIDTH if is_text else NUMBER_WIDTH))
        if not is_text and not entry.zero:
            self.edit.setMaximumWidth(theme.px(NUMBER_WIDTH))
        self.edit.editingFinished.connect(self._take)
        self.edit.textEdited.connect(lambda: self.show_problem(""))
        self._problem = plain_label("", "problem", wraps=True)
        self._problem.hide()
        self._shown = ""
        line = self.line = QHBoxLayout()
        line.setSpacing(theme.px(8))
        line.addWidget(self.edit)
        if unit_of(entry):
            line.addWidget(plain_label(unit_of(entry), "secondary"))
        line.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(2))
        layout.addLayout(line)
        layout.addWidget(self._problem)
        self.setFocusProxy(self.edit)

    def show_value(self, value: Value) -> None:
        self._shown = field_text(self.entry, value)
        if not (self.edit.hasFocus() and self.edit.isModified()):
            self.edit.setText(self._shown)
            self.show_problem("")

    def show_problem(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.edit.setAccessibleDescription(text)

    def _typed(self) -> str:
        return self.edit.text()

    def _take(self) -> None:
        if not self.edit.isModified():
            return
        value = parse_field(self.entry, self._typed())
        if value is not None and _may_be(self.entry, value):
            self.edit.setModified(False)
            self.show_problem("")
            self.wanted.emit(value)
        else:
            self.show_problem(must_text(self.entry))


class FolderEditor(Editor):
    def __init__(self, theme: Theme, entry: Setting) -> None:
        super().__init__(entry)
        self._theme = theme
        self.field = FolderField(theme, "")
        self.field.setMinimumWidth(theme.px(FOLDER_WIDTH))
        self.field.edit.setAccessibleName(title_of(entry))
        self.field.edit.setPlaceholderText(zero_of(entry))
        self.field.edit.editingFinished.connect(self._take)
        self.field.choose_wanted.connect(self._choose)
        self._problem = plain_label("", "problem", wraps=True)
        self._problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        layout.addWidget(self._problem)
        self.setFocusProxy(self.field)

    def show_value(self, value: Value) -> None:
        self.field.set_folder(str(value))
        self.field.edit.setModified(False)
        self.show_problem("")

    def show_problem(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _take(self) -> None:
        if self.field.edit.isModified():
            self._want(self.field.folder())

    def _choose(self) -> None:
        dialog = QFileDialog(self, title_of(self.entry), self.field.folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._want)
        dialog.open()

    def _want(self, folder: str) -> None:
        if folder and not self.field.is_absolute() and folder == self.field.folder():
            self.show_problem(must_text(self.entry))
            return
        self.field.edit.setModified(False)
        self.show_problem("")
        self.wanted.emit(folder)


class FileEditor(FieldEditor):
    """A file, or where the setting takes one an address of the web: typed, or chosen in a dialog."""

    def __init__(self, theme: Theme, entry: Setting) -> None:
        super().__init__(theme, entry)
        self.edit.setMinimumWidth(theme.px(FOLDER_WIDTH))
        # An address that would be shown from right to left cannot be read.
        self.edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.choose = QPushButton(say("Choose a file\u2026"))
        self.choose.setProperty("link", "true")
        self.choose.setAutoDefault(False)
        self.choose.setAccessibleName(say("{setting}: choose a file", setting=title_of(entry)))
        self.choose.clicked.connect(self._choose)
        self.line.insertWidget(self.line.indexOf(self.edit) + 1, self.choose)

    def _choose(self) -> None:
        dialog = QFileDialog(self, title_of(self.entry))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.edit.setText(path)
        self.edit.setModified(True)
        self._take()

    def _typed(self) -> str:
        text = super()._typed().strip()
        return str(Path.home()) + text[1:] if text.startswith(("~/", "~\\")) else text


def make_editor(theme: Theme, entry: Setting) -> Editor:
    """The editor that fits the type of the setting."""
    if isinstance(entry.default, bool):
        return TickEditor(theme, entry)
    if choices_of(entry):
        return ChoiceEditor(theme, entry)
    if entry.form is Form.FOLDER:
        return FolderEditor(theme, entry)
    if entry.form in (Form.FILE, Form.SOURCE):
        return FileEditor(theme, entry)
    return FieldEditor(theme, entry)


def _may_be(entry: Setting, value: Value) -> bool:
    try:
        check_value(entry, value)
    except SettingsError:
        return False
    return True
