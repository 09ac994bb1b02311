"""The sentences on a line and on what is shared over it. Pure."""

from __future__ import annotations

from shoal.gui.style.line_speed import mbit_text
from shoal.gui.style.numbers import decimal, read_decimal
from shoal.gui.style.units import rate_text, size_text
from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.wizard.draft import METERED_ASK_BYTES, MOBILE, Draft, ask_above, is_measured, sharing
from shoal.settings.interface_settings import MOST_KBIT
from shoal.settings.profiles import QUIET, seen_kbit

KINDS: tuple[tuple[str, str, Template, Template], ...] = (
    ("fibre", "line-fibre", phrase("Fibre or cable"), phrase("home broadband")),
    ("dsl", "line-dsl", phrase("DSL"), phrase("over the telephone line")),
    (MOBILE, "line-mobile", phrase("Mobile or metered"), phrase("phone, stick, paid per GB")),
    ("shared", "line-shared", phrase("Shared network"), phrase("university, office, hotel")),
)
"""Code, icon, name and what it means."""


def read_mbit(text: str) -> int | None:
    """kbit/s that somebody typed in Mbit/s; 0 for nothing, None for what is no speed."""
    if not text.strip():
        return 0
    try:
        kbit = read_decimal(text.strip()) * 1_000
    except ValueError:
        return None
    return round(kbit) if 1 <= kbit <= MOST_KBIT else None


def result_title(draft: Draft, before: Draft) -> str:
    """How fast Shoal will share."""
    limit = sharing(draft, before).up_limit
    if not limit:
        return say("Shoal will share as fast as your line allows")
    return say("Shoal will share at up to {rate}", rate=rate_text(limit))


def result_text(draft: Draft, before: Draft) -> str:
    """What that is, and what else follows from the line."""
    found = sharing(draft, before)
    if found.share is None and found.up_limit:
        text = say("That is the limit as you have set it yourself.")
    elif found.share is None:
        text = say("Type the speed of your upload, and a part of it stays free for browsing and calls.")
    elif is_measured(draft):
        text = _measured_text(draft)
    else:
        percent = decimal(found.share * 100, 0)
        text = say("That is {percent} % of your upload; the rest stays free for browsing and calls.", percent=percent)
    if draft.line_kind == MOBILE and found.profile.key == QUIET:
        size = size_text(ask_above(draft, before) or METERED_ASK_BYTES)
        quiet = say(
            "Because it is metered: the profile Quiet, and a question before more than {size} is downloaded.", size=size
        )
        text = say("{first} {second}", first=text, second=quiet)
    return text


def _measured_text(draft: Draft) -> str:
    """What transfers have shown of the line, and what comes next."""
    up, down = seen_kbit(draft.seen_up), seen_kbit(draft.seen_down)
    later = say("It gives more as transfers fill that, and offers you the speed of your line when they have shown it.")
    if up and down:
        seen = say(
            "Your transfers have reached {down} Mbit/s down and {up} Mbit/s up so far; Shoal begins with that.",
            down=mbit_text(down),
            up=mbit_text(up),
        )
    elif down:
        seen = say(
            "Your transfers have reached {down} Mbit/s down so far. Of your upload nothing is known yet; Shoal begins "
            "at 1 Mbit/s.",
            down=mbit_text(down),
        )
    elif up:
        seen = say("Your transfers have reached {up} Mbit/s up so far; Shoal begins with that.", up=mbit_text(up))
    else:
        seen = say("Nothing is known of your line yet, and no outside server is asked. Shoal begins at 1 Mbit/s up.")
    return say("{first} {second}", first=seen, second=later)


def line_name(kind: str) -> str:
    """What the kind of line is called; "" for none."""
    return next((say_phrase(name) for code, _, name, _ in KINDS if code == kind), "")
