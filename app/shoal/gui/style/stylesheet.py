"""The one style sheet, generated from the token table; delegates read the same tokens."""

from __future__ import annotations

from string import Template

from shoal.gui.style.tokens import Tokens

_SHEET = Template(
    """
QMainWindow, QDialog, QMessageBox { background: $win; }
QWidget { color: $ink; }
QToolTip { background: $surf; color: $ink; border: 1px solid $ctl; padding: ${p4}px ${p8}px; }

QMenuBar { background: $side; padding: 0 ${p4}px; border: none; }
QMenuBar::item { background: transparent; padding: ${p8}px ${p12}px; border-radius: ${p8}px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $soft; }
QMenu { background: $surf; border: 1px solid $ctl; padding: ${p4}px; }
QMenu::item { padding: ${p6}px ${p24}px ${p6}px ${p28}px; border-radius: ${p4}px; }
QMenu::item:selected { background: $sel; }
QMenu::item:disabled { color: $ink3; }
QMenu::separator { height: 1px; background: $line; margin: ${p4}px ${p8}px; }

QToolBar {
  background: $win; border: none; border-bottom: 1px solid $line;
  padding: ${p9}px ${p14}px; spacing: ${p4}px;
}
QToolBar::separator { width: 1px; background: $line; margin: ${p6}px ${p12}px; }
QToolButton {
  background: transparent; border: 2px solid transparent; border-radius: ${p8}px;
  min-height: ${p32}px; padding: 0 ${p10}px; font-weight: 500;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $soft; }
QToolButton:focus { border-color: $acc; }
QToolButton:disabled { color: $ink3; }
QToolButton[inside="true"] { border: none; min-height: 0; padding: 0; }
QToolButton[field="true"] { min-height: 0; padding: 0; }

QPushButton {
  background: $surf; border: 1px solid $ctl; border-radius: ${p8}px;
  min-height: ${p36}px; padding: 0 ${p18}px; font-weight: 500;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $soft; }
QPushButton:focus { border: 2px solid $acc; padding: 0 ${p17}px; min-height: ${p34}px; }
QPushButton:disabled { color: $ink3; border-color: $line; }
QPushButton[primary="true"] { background: $acc; color: $onacc; border: 1px solid $acc; font-weight: 600; }
QPushButton[primary="true"]:hover { border-color: $ink; }
QPushButton[primary="true"]:focus { border: 2px solid $ink; }
QPushButton[primary="true"]:disabled { background: $track; color: $ink3; border-color: $track; }
QPushButton[split] { min-height: ${p34}px; }
QPushButton[split]:focus { min-height: ${p32}px; }
QPushButton[split="start"] {
  border-top-right-radius: 0; border-bottom-right-radius: 0; padding: 0 ${p12}px 0 ${p16}px;
}
QPushButton[split="start"]:focus { padding: 0 ${p11}px 0 ${p15}px; }
QPushButton[split="end"] { border-top-left-radius: 0; border-bottom-left-radius: 0; padding: 0 ${p6}px; }
QPushButton[split="end"]:focus { padding: 0 ${p5}px; }
QPushButton[split="start"][mirrored="true"] {
  border-radius: 0; border-top-right-radius: ${p8}px; border-bottom-right-radius: ${p8}px;
}
QPushButton[split="end"][mirrored="true"] {
  border-radius: 0; border-top-left-radius: ${p8}px; border-bottom-left-radius: ${p8}px;
}
QPushButton[bare="true"], QPushButton[bare="true"]:focus { padding: 0 ${p9}px; }
QPushButton[tall="true"] { min-height: ${p38}px; }
QPushButton[tall="true"]:focus { min-height: ${p36}px; }
QPushButton[link="true"] {
  background: transparent; border: 2px solid transparent; color: $acc; font-weight: 600;
  min-height: ${p24}px; padding: 0 ${p4}px;
}
QPushButton[link="true"]:focus { border-color: $acc; }
QPushButton[chip="true"] {
  min-height: ${p24}px; border-radius: ${p12}px; padding: 0 ${p12}px;
  border-color: $line; font-size: ${f12}px;
}
QPushButton[chip="true"]:hover { border-color: $ctl; }
QPushButton[chip="true"]:checked { background: $soft; border-color: $acc; }
QPushButton[chip="true"]:focus { border: 2px solid $acc; padding: 0 ${p11}px; min-height: ${p22}px; }
QPushButton[rate="true"] {
  background: transparent; border: 2px solid transparent; border-radius: ${p8}px;
  min-height: ${p24}px; padding: 0; font-weight: 400;
}
QPushButton[rate="true"]:hover, QPushButton[rate="true"]:pressed { background: $soft; }
QPushButton[rate="true"]:focus { border-color: $acc; }
QPushButton[profile="true"], QPushButton[profile="true"]:focus {
  background: transparent; border: 2px solid transparent; border-radius: ${p8}px; min-height: 0; padding: 0;
}
QPushButton[profile="true"]:hover { background: $soft; }
QPushButton[profile="true"]:checked { background: $sel; border: 1px solid $acc; }
QPushButton[profile="true"]:focus { border: 2px solid $acc; }

QLineEdit {
  background: $surf; border: 1px solid $ctl; border-radius: ${p8}px; min-height: ${p30}px; padding: 0 ${p8}px;
  selection-background-color: $acc; selection-color: $onacc;
}
QLineEdit[small="true"] { min-height: ${p22}px; border-radius: ${p11}px; font-size: ${f12}px; }
QLineEdit[small="true"]:focus { min-height: ${p20}px; }
QKeySequenceEdit QLineEdit { min-height: ${p26}px; }
QLineEdit:focus { border: 2px solid $acc; padding: 0 ${p7}px; min-height: ${p28}px; }
QKeySequenceEdit QLineEdit:focus { min-height: ${p24}px; }
QLineEdit[bare="true"], QLineEdit[bare="true"]:focus { border: none; padding: 0; background: transparent; }

QPlainTextEdit {
  background: $surf; border: 1px solid $ctl; border-radius: ${p8}px; padding: ${p4}px; font-size: ${f12}px;
  selection-background-color: $acc; selection-color: $onacc;
}
QPlainTextEdit:focus { border: 2px solid $acc; padding: ${p3}px; }
QListView[card="true"] {
  background: $surf; border: 1px solid $line; border-radius: ${p10}px; padding: ${p3}px; outline: 0;
}
QListView[lines="true"]:focus { border: 2px solid $acc; padding: ${p2}px; }
QListView[lines="true"]::item { min-height: ${p24}px; padding: 0 ${p8}px; color: $ink; }
QListView[lines="true"]::item:selected { background: $sel; color: $ink; }

QTableView, QTreeView {
  background: $surf; border: none; outline: 0; gridline-color: $line;
  selection-background-color: $sel; selection-color: $ink;
}
QTreeView[card="true"], QTableView[card="true"] {
  border: 1px solid $line; border-radius: ${p10}px; padding: 0 ${p3}px;
}
QHeaderView { background: $surf; border: none; }
QHeaderView::section {
  background: $surf; color: $ink2; border: none; border-bottom: 1px solid $line;
  padding: 0 ${p10}px; font-size: ${f12}px; font-weight: 500;
}
QHeaderView::section:hover { color: $ink; background: $hover; }
QTableCornerButton::section { background: $surf; border: none; }

QTreeView[files="true"] { selection-background-color: transparent; }
QTreeView[filters="true"] { background: $side; }
QFrame[sidebar="true"] { background: $side; border: none; border-right: 1px solid $line; }
QLabel[role="disk-title"] { font-weight: 600; }
QLabel[tone="warn"] { color: $warn; }

QSplitter::handle { background: $win; image: none; border-top: 1px solid $line; }
QSplitter::handle:hover { background: $soft; }
QFrame[toast="true"] { background: $surf; border: 1px solid $ctl; border-radius: ${p10}px; }
QFrame[toast="true"] QLabel { background: transparent; border: none; }
QPlainTextEdit[field="true"] { background: $surf; border: 1px solid $ctl; border-radius: ${p8}px; padding: ${p4}px; }
QPlainTextEdit[field="true"]:focus { border: 2px solid $acc; padding: ${p3}px; }
QScrollArea[sheet="true"] { background: $surf; border: 1px solid $line; border-radius: ${p10}px; }
QLabel[role="key"] { color: $ink2; font-weight: 600; }

QStatusBar { background: $side; border-top: 1px solid $line; min-height: ${p34}px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { font-size: ${f12}px; }
QStatusBar QLabel[strong="true"] { font-weight: 600; }
QStatusBar QLabel[quiet="true"] { color: $ink3; }
QFrame[divider="true"] { background: $line; border: none; }

QLabel[role="page-title"] { font-size: ${f23}px; font-weight: 600; }
QLabel[role="dialog-title"] { font-size: ${f19}px; font-weight: 600; }
QLabel[role="lead"] { color: $ink2; }
QLabel[role="section"] { font-size: ${f14}px; font-weight: 600; }
QLabel[role="secondary"] { font-size: ${f12}px; color: $ink2; }
QLabel[role="secondary-strong"] { font-size: ${f12}px; font-weight: 600; }
QLabel[role="problem"] { font-size: ${f12}px; color: $err; }
QLabel[role="empty"] { font-size: ${f14}px; color: $ink2; }
QFrame[card="true"] { background: $surf; border: 1px solid $line; border-radius: ${p10}px; }
QFrame[card="true"] QLabel { background: transparent; }
QLabel[role="card-title"] { font-size: ${f12}px; font-weight: 600; }
QLabel[role="fact"] { font-size: ${f12}px; color: $ink; font-weight: 500; }
QLabel[role="rate-down"] { font-size: ${f12}px; font-weight: 600; color: $down; }
QLabel[role="rate-up"] { font-size: ${f12}px; font-weight: 600; color: $up; }
QPushButton[chip="true"]:checked { background: $soft; border-color: $acc; font-weight: 600; }
QLabel[role="verdict"] { font-weight: 600; }
QTabBar QToolButton { background: $win; border: none; padding: 0; min-height: ${p24}px; min-width: ${p24}px; }
QTabBar::scroller { width: ${p28}px; }
QWidget[pane="true"] { background: $win; }
QWidget[surface="true"] { background: $surf; }
QFrame[field="true"] { background: $surf; border: 1px solid $ctl; border-radius: ${p8}px; }
QFrame[notice="true"] { background: $warnbg; border: none; border-top: 1px solid $line; }
QFrame[offer="true"] { background: $soft; border: none; border-top: 1px solid $line; }
QFrame[offer="true"] QLabel { color: $ink; background: transparent; }
QFrame[notice="true"] QLabel { color: $ink; background: transparent; }

QFrame[note="true"] { background: $soft; border: none; border-radius: ${p10}px; }
QFrame[note="true"] QLabel { background: transparent; }
QFrame[setting="true"] { background: transparent; border: 1px solid transparent; border-radius: ${p8}px; }
QFrame[setting="true"][hit="true"] { background: $soft; border-color: $acc; }
QFrame[setting="true"] QLabel { background: transparent; }
QLabel[role="setting-title"] { font-weight: 600; }
QLabel[role="changed"] { color: $acc; font-size: ${f11}px; }
QListView[pages="true"] { background: transparent; border: none; outline: 0; }
QListView[pages="true"]::item {
  min-height: ${p32}px; padding: 0 ${p10}px; border-radius: ${p8}px; border: 2px solid transparent; color: $ink;
}
QListView[pages="true"]::item:hover { background: $hover; }
QListView[pages="true"]::item:selected { background: $soft; color: $ink; font-weight: 600; }
QListView[pages="true"]::item:selected:focus { border-color: $acc; }

QSlider:horizontal { min-height: ${p26}px; }
QSlider::groove:horizontal { height: ${p4}px; background: $track; border-radius: ${p2}px; }
QSlider::sub-page:horizontal, QSlider[mirrored="true"]::add-page:horizontal { background: $acc; }
QSlider[mirrored="true"]::sub-page:horizontal { background: $track; }
QSlider::handle:horizontal {
  width: ${p14}px; height: ${p14}px; margin: -${p7}px 0; border-radius: ${p9}px;
  background: $surf; border: 2px solid $acc;
}
QSlider::handle:horizontal:hover { background: $soft; }
QSlider::handle:horizontal:focus { background: $acc; }

QComboBox {
  background: $surf; border: 1px solid $ctl; border-radius: ${p8}px; min-height: ${p30}px; padding: 0 ${p10}px;
}
QComboBox:focus { border: 2px solid $acc; padding: 0 ${p9}px; min-height: ${p28}px; }
QComboBox:disabled { color: $ink3; border-color: $line; }
QComboBox::drop-down { border: none; width: ${p28}px; }
QComboBox QAbstractItemView {
  background: $surf; border: 1px solid $ctl; outline: 0; padding: ${p4}px;
  selection-background-color: $sel; selection-color: $ink;
}

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: ${p12}px; margin: 0; }
QScrollBar:horizontal { height: ${p12}px; margin: 0; }
QScrollBar::handle { background: $ctl; border-radius: ${p3}px; margin: ${p3}px; }
QScrollBar::handle:vertical { min-height: ${p32}px; }
QScrollBar::handle:horizontal { min-width: ${p32}px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
)


def style_sheet(tokens: Tokens, scale: float) -> str:
    """The QSS of one theme; `$pN` and `$fN` are N pixels at 96 dpi times `scale`."""
    colours = {name: getattr(tokens, name) for name in Tokens.__slots__ if name != "is_dark"}
    measures = {f"p{n}": str(round(n * scale)) for n in range(1, 41)} | {
        f"f{n}": str(round(n * scale)) for n in (11, 12, 13, 14, 19, 23)
    }
    return _SHEET.substitute(colours | measures)
