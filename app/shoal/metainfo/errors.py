"""The one error of this layer: a torrent file or magnet link that cannot be taken, and which kind of wrong it is."""

from __future__ import annotations

from enum import Enum

from shoal.protocol.errors import ShoalError


class Refusal(Enum):
    """Why a source was refused; front ends turn the value into their own words."""

    EMPTY = "empty"
    CUT_SHORT = "cut-short"
    NOT_BENCODE = "not-bencode"
    WEB_PAGE = "is-web-page"
    NOT_A_TORRENT = "not-a-torrent"
    MISSING = "missing"
    BAD_VALUE = "bad-value"
    CONTRADICTION = "contradiction"
    TOO_BIG = "too-big"
    BAD_MAGNET = "bad-magnet"


class MetainfoError(ShoalError):
    """Metainfo that is refused. `code` is a `Refusal` value; the text is one sentence: what is wrong, and where."""

    def __init__(self, refusal: Refusal, text: str) -> None:
        super().__init__(text)
        self.refusal = refusal
        self.code: str = refusal.value
