"""Why a tracker could not be asked or would not answer."""

from __future__ import annotations

from enum import Enum

from shoal.protocol.errors import ShoalError


class TrackerErrorKind(Enum):
    """Whether asking again can help."""

    TRANSIENT = "transient"
    PERMANENT = "permanent"


class TrackerError(ShoalError):
    """A tracker in trouble. `code` is stable, `text` the full message: ours, or the tracker's own plain text.

    Codes: `bad-url`, `refused-address`, `unknown-host`, `unreachable`, `reset`, `timeout`, `tls`, `http-status`,
    `bad-reply`, `too-large`, `redirect`, `failure` (the tracker said no). `retry_in` in seconds as the tracker wishes
    (BEP 31), `math.inf` = never, None = it did not say.
    """

    def __init__(self, kind: TrackerErrorKind, code: str, text: str, *, retry_in: float | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.kind = kind
        self.code = code
        self.text = text
        self.retry_in = retry_in
