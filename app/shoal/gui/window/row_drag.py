"""Rows on their way by mouse: what they carry out of the table, their picture, and the line where they would land."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRect, QRectF, Qt, QUrl
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap

from shoal.api.snapshots import TorrentRow
from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say_count

MIME_TYPE = "application/x-shoal-transfers"
"""Ids of transfers, one a line."""
CARD_WIDTH, CARD_HEIGHT = 260, 32
LINE, DOT = 2, 7


def mime_of(rows: Sequence[TorrentRow]) -> QMimeData:
    """The ids of `rows`; for finished ones the addresses of their files as well, for the file manager to copy."""
    mime = QMimeData()
    mime.setData(MIME_TYPE, "\n".join(row.torrent_id for row in rows).encode())
    finished = [QUrl.fromLocalFile(row.content_path) for row in rows if row.is_complete and row.content_path]
    if finished:
        mime.setUrls(finished)
    return mime


def ids_of(mime: QMimeData) -> list[str]:
    """The ids in `mime`, none when it carries no transfers."""
    if not mime.hasFormat(MIME_TYPE):
        return []
    text = bytes(mime.data(MIME_TYPE).data()).decode("ascii", "replace")
    return [line for line in text.split("\n") if line]


def card(theme: Theme, rows: Sequence[TorrentRow], ratio: float) -> QPixmap:
    """What hangs at the pointer: the name, or how many."""
    px = theme.px
    words = clean(rows[0].name) if len(rows) == 1 else say_count(len(rows), "{n} transfer", "{n} transfers")
    metrics = QFontMetrics(theme.fonts[Role.STRONG])
    text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, px(CARD_WIDTH) - px(24))
    width, height = metrics.horizontalAdvance(text) + px(24), px(CARD_HEIGHT)
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("acc"), 1))
    painter.setBrush(theme.colour("surf"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), px(8), px(8))
    painter.setFont(theme.fonts[Role.STRONG])
    painter.setPen(theme.colour("ink"))
    painter.drawText(QRect(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap


def draw_landing(painter: QPainter, theme: Theme, y: int, width: int) -> None:
    """The line at `y` above which rows would land, across `width` pixels."""
    line, dot = theme.px(LINE), theme.px(DOT)
    y = max(y, dot // 2 + 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(dot, y - line // 2, width - dot, line), theme.colour("acc"))
    painter.setPen(QPen(theme.colour("acc"), line))
    painter.setBrush(theme.colour("surf"))
    painter.drawEllipse(QRectF(1, y - dot / 2, dot, dot))
