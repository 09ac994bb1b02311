"""Every message of the window's sources, and every place where words get past the translators.

Read from the syntax tree, not from running code: a sentence counts whether a test meets it or not. What is read is what
`shoal.gui.style.wording` documents: `say`, `say_count`, `phrase`, `phrase_count`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMMENT = "# Translators:"
"""On the line above a sentence: what translators should know about it."""
TEMPLATES = {"say": (0,), "phrase": (0,), "say_count": (1, 2), "phrase_count": (0, 1)}
"""Where the templates stand among a call's arguments."""
SCHEMA = {"setting": ((1, 2), ("zero",)), "Choice": ((1,), ()), "named": ((1,), ())}
"""Templates in the schema of settings, where `phrase` is out of reach: by their places, and by their names."""
SPEAKING = frozenset({"say", "say_count", "say_phrase", "say_count_phrase", "say_mapped"})
"""What makes a sentence in the language of that moment."""
_SHOWING = """
QAction QCheckBox QGroupBox QLabel QLineEdit QMenu QPushButton QRadioButton QToolButton addAction addItem addItems
addMenu addRow addTab drawText insertItem insertTab setAccessibleDescription setAccessibleName setCancelButtonText
setHeaderLabels setInformativeText setItemText setLabelText setPlaceholderText setPlainText setPrefix setStatusTip
setSubTitle setSuffix setTabText setText setTitle setToolTip setWhatsThis setWindowTitle set_whole showMessage
show_words
"""
SHOWING = frozenset(_SHOWING.split())
"""Calls whose words a person sees."""
QUIET = frozenset({"debug", "info", "warning", "error", "exception", "setProperty", "setObjectName", "setStyleSheet"})
"""Calls whose words nobody sees, or none but who reads the log."""
NOT_SHOWN = "# not shown"
"""At the end of a line whose strings only look like sentences."""
WITHOUT_WORDS = frozenset({"stylesheet.py", "kinds.py", "runnable.py", "fonts.py", "refusals.py"})
"""Files of names, endings and the words of others."""
_MARK_UP = re.compile(r"<[^>]*>|[\w-]+: [^;]*;?|%[a-z]")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_SEVERAL_WORDS = re.compile(r"[^\W\d_]{2,}[,;:.!?]? [\w{]")


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be translated; `many` is empty for a message without a number."""

    one: str
    many: str
    about: str
    path: str
    line: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Words that no translation can reach, with what would mend it; `words` are empty where they are not to blame."""

    path: str
    line: int
    text: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Extract:
    """What one or more files hold, in the order of the files and lines."""

    messages: tuple[Message, ...]
    faults: tuple[Fault, ...]


def extract_schema(folder: Path, root: Path) -> Extract:
    """The words that the schema of settings in `folder` has for people."""
    messages: list[Message] = []
    for path in sorted(folder.glob("*.py")):
        file = _File(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())
        file.read_schema()
        messages += file.messages
    return Extract(tuple(messages), ())


def extract_folder(folder: Path, root: Path) -> Extract:
    """All of the sources below `folder`; paths are told from `root`."""
    messages: list[Message] = []
    faults: list[Fault] = []
    for path in sorted(folder.rglob("*.py")):
        # The one file that speaks of templates without having any.
        if path.name != "wording.py":
            found = extract(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())
            messages += found.messages
            faults += found.faults
    return Extract(tuple(messages), tuple(faults))


def extract(source: str, path: str) -> Extract:
    """The messages and faults of one file's text."""
    file = _File(source, path)
    file.read()
    return Extract(tuple(file.messages), tuple(sorted(file.faults, key=lambda fault: fault.line)))


class _File:
    """One syntax tree, each node with the one around it."""

    def __init__(self, source: str, path: str) -> None:
        self._path = path
        self._lines = source.split("\n")
        tree = ast.parse(source)
        self._around = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        found = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
        self._nodes = sorted(found, key=lambda node: (node.lineno, node.col_offset))
        self._templates: set[ast.AST] = set()
        self.messages: list[Message] = []
        self.faults: list[Fault] = []

    def read(self) -> None:
        """Fill `messages` and `faults`."""
        for node in self._nodes:
            if isinstance(node, ast.Call):
                self._read_call(node)
        for node in self._nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in self._templates:
                self._judge(node, node.value)

    def read_schema(self) -> None:
        """Fill `messages` from a schema of settings."""
        for call in self._nodes:
            if isinstance(call, ast.Call) and _name(call) in SCHEMA:
                places, names = SCHEMA[_name(call)]
                found = [call.args[at] for at in places if at < len(call.args)]
                found += [keyword.value for keyword in call.keywords if keyword.arg in names]
                for node in found:
                    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
                        self.messages.append(Message(node.value, "", "", self._path, node.lineno))

    def _read_call(self, call: ast.Call) -> None:
        name = _name(call) if isinstance(call.func, ast.Name) else ""
        if name in SPEAKING and self._runs_when_loaded(call):
            self._fault(call, f"{name}() runs when the module is loaded: phrase() here, say_phrase() when it is shown")
        if name not in TEMPLATES:
            return
        about = ""
        for keyword in call.keywords:
            if keyword.arg == "about" and isinstance(keyword.value, ast.Constant):
                about = str(keyword.value.value)
                self._templates.add(keyword.value)
        found = [list(_choices(call.args[at])) for at in TEMPLATES[name] if at < len(call.args)]
        texts = [
            [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
            for nodes in found
        ]
        if [len(nodes) for nodes in found] != [len(each) for each in texts] or len({len(each) for each in texts}) != 1:
            self._fault(call, f"{name}() needs its words written right there; words in a table go through phrase()")
            return
        self._templates.update(node for nodes in found for node in nodes)
        for together in zip(*texts, strict=True):
            many = together[1] if len(together) > 1 else ""
            comment = self._comment_above(call)
            self.messages.append(Message(together[0], many, about, self._path, call.lineno, comment))

    def _judge(self, node: ast.Constant, text: str) -> None:
        """A string that is no template: does anybody see it?"""
        words = _MARK_UP.sub("", text)
        if not _LETTERS.search(words) or self._is_marked(node):
            return
        inner: ast.AST = node
        is_direct = True
        while (outer := self._around.get(inner)) is not None:
            match outer:
                case ast.Expr() | ast.Raise() | ast.Assert() | ast.Compare() | ast.Subscript() | ast.FormattedValue():
                    return
                case ast.AnnAssign() if inner is outer.annotation:
                    return
                case ast.Call():
                    name = _name(outer)
                    if name in QUIET or inner is outer.func:
                        return
                    if is_direct and name in SHOWING:
                        self._fault(outer, f"{name}() shows {text!r}, which nobody can translate: use say()", text)
                        return
                    if is_direct and (name in TEMPLATES or name in SPEAKING):
                        self._fault(outer, f"{name}() gets {text!r} for a place: words there need say() too", text)
                        return
                    is_direct = False
                case ast.stmt():
                    break
            inner = outer
        if _SEVERAL_WORDS.search(words):
            self._fault(node, f"{text!r} looks like words for people: use say() or phrase()", text)

    def _runs_when_loaded(self, node: ast.AST) -> bool:
        inner = node
        while (outer := self._around.get(inner)) is not None:
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and inner in outer.body:
                return False
            if isinstance(outer, ast.Lambda) and inner is outer.body:
                return False
            inner = outer
        return True

    def _is_marked(self, node: ast.expr) -> bool:
        is_file = self._path.rpartition("/")[2] in WITHOUT_WORDS
        return is_file or self._lines[(node.end_lineno or node.lineno) - 1].endswith(NOT_SHOWN)

    def _comment_above(self, call: ast.Call) -> str:
        line = self._lines[call.lineno - 2].strip() if call.lineno > 1 else ""
        return line.removeprefix(COMMENT).strip() if line.startswith(COMMENT) else ""

    def _fault(self, node: ast.expr, text: str, words: str = "") -> None:
        self.faults.append(Fault(self._path, node.lineno, text, words))


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """The one expression, or both sides of `a if x else b`."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    else:
        yield node
