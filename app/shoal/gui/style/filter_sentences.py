"""What is said of the list of addresses that are shut out. Pure functions."""

from __future__ import annotations

from PySide6.QtCore import QDateTime

from shoal.api.snapshots import Alert, IpFilterState, IpFilterStep
from shoal.gui.style.explanations import notice_text
from shoal.gui.style.moments import day_text
from shoal.gui.style.units import percent_text
from shoal.gui.style.wording import say, say_count


def filter_line(state: IpFilterState, now: float) -> str:
    """How the list is, in one line; `now` in wall-clock seconds."""
    match state.step:
        case IpFilterStep.OFF:
            return say("No IP filter list is in use.")
        case IpFilterStep.FETCHING:
            return say("The IP filter list is being fetched\u2026")
        case IpFilterStep.READING:
            return say(
                "The IP filter list is being read: {percent}", percent=percent_text(round(state.progress * 100), 100)
            )
    if not state.ranges:
        return say("No IP filter list is in force.")
    line = _in_force(state, now)
    if not state.unreadable:
        return line
    return say_count(
        state.unreadable,
        "{line}; {n} line could not be read",
        "{line}; {n} lines could not be read",
        line=line,
    )


def _in_force(state: IpFilterState, now: float) -> str:
    then, today = (QDateTime.fromSecsSinceEpoch(int(at)).date() for at in (state.updated_at, now))
    match then.daysTo(today):
        case 0:
            return say_count(state.ranges, "{n} range, updated today", "{n} ranges, updated today")
        case 1:
            return say_count(state.ranges, "{n} range, updated yesterday", "{n} ranges, updated yesterday")
    return say_count(
        state.ranges,
        "{n} range, updated on {day}",
        "{n} ranges, updated on {day}",
        day=day_text(then),
    )


def filter_problem(state: IpFilterState) -> str:
    """Why the last attempt came to nothing; "" when it did not."""
    problem = state.problem
    return "" if problem is None else notice_text(Alert(problem.code, None, problem.params)) or ""
