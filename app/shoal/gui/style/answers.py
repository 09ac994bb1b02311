"""The raw text behind an explanation, with its source and its time: a line for each answer, to be copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QDateTime

from shoal.api.snapshots import SourceAnswer
from shoal.gui.style.moments import clock_text, day_text
from shoal.gui.style.wording import clean, say

LONGEST_ANSWER = 1000
"""Characters of one answer: it is shown whole, but a stranger could send a book."""


def answers_text(params: Mapping[str, str | int | float], answers: Sequence[SourceAnswer]) -> str:
    """What the disk said where `params` name a path, else what each tracker said; empty when nobody said anything."""
    if "path" in params or "folder" in params:
        path = str(params.get("path", "") or params.get("folder", ""))
        return _line(params.get("at"), path, str(params.get("detail", "") or params.get("code", "")))
    return "\n".join(_line(answer.at, answer.source, answer.text or say("answered")) for answer in answers)


def _line(at: str | int | float | None, source: str, text: str) -> str:
    source, text = clean(source, LONGEST_ANSWER), clean(text, LONGEST_ANSWER)
    said = say("{source}: {text}", source=source, text=text) if text else source
    if not isinstance(at, int | float):
        return said if text else ""
    then = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
    time = say("{date}, {time}", date=day_text(then.date()), time=clock_text(then.time(), seconds=True))
    return say("{time} \u00b7 {said}", time=time, said=said)
