"""What the answers come to, in sentences, each with the step that changes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.gui.style.numbers import decimal
from shoal.gui.style.units import rate_text, size_text
from shoal.gui.style.wording import isolated, say
from shoal.gui.widgets.folder_field import short_folder
from shoal.gui.wizard.desk import Circumstances
from shoal.gui.wizard.draft import MOBILE, Draft, ask_above, is_measured, sharing
from shoal.gui.wizard.line_words import line_name

LINE, CONNECTION, SAVING, BEHAVIOUR = 1, 2, 3, 4
"""Steps, 0 = the first."""


@dataclass(frozen=True, slots=True)
class Line:
    """`about` names what is changed, for the button."""

    icon: str
    text: str
    about: str
    step: int


def summary(draft: Draft, before: Draft, around: Circumstances) -> tuple[Line, ...]:
    """In the order of the steps."""
    return (
        Line("gauge", _line_text(draft, before), say("How you go online"), LINE),
        Line("globe", _port_text(draft), say("Connection"), CONNECTION),
        Line("folder", _folder_text(draft, around), say("Where to save"), SAVING),
        Line("link", _opens_text(draft, around), say("What opens in Shoal"), BEHAVIOUR),
        Line("clock", _running_text(draft, around), say("When Shoal runs"), BEHAVIOUR),
        Line("up", _sharing_text(draft), say("When sharing ends"), BEHAVIOUR),
        Line("image", _theme_text(draft), say("Theme"), BEHAVIOUR),
    )


def _line_text(draft: Draft, before: Draft) -> str:
    found, name = sharing(draft, before), line_name(draft.line_kind)
    if not found.up_limit:
        return say("Shoal shares as fast as your line allows.")
    rate = rate_text(found.up_limit)
    if draft.line_kind == MOBILE:
        size = size_text(ask_above(draft, before))
        return say("{line}: shares at up to {rate}, and asks before more than {size}.", line=name, rate=rate, size=size)
    if found.share is None or not name:
        return say("Shoal shares at up to {rate}.", rate=rate)
    if is_measured(draft):
        return say(
            "{line}: shares at up to {rate} at first, and measures your line from transfers.", line=name, rate=rate
        )
    percent = decimal(found.share * 100, 0)
    return say("{line}: shares at up to {rate}, {percent} % of your upload.", line=name, rate=rate, percent=percent)


def _port_text(draft: Draft) -> str:
    port, address = str(draft.listen_port), draft.outgoing_host
    if address and draft.listen_port:
        return say(
            "Others connect on port {port}; connections leave from {address} alone.",
            port=port,
            address=isolated(address),
        )
    if not draft.listen_port:
        return say("Others connect on a port that was chosen by chance.")
    return say("Others connect on port {port}.", port=port)


def _folder_text(draft: Draft, around: Circumstances) -> str:
    folder = isolated(short_folder(draft.downloads_folder or around.downloads_folder))
    finished, watched = isolated(short_folder(draft.finished_folder)), isolated(short_folder(draft.watch_folder))
    if draft.finished_folder and draft.watch_folder:
        return say(
            "Downloads go to {folder}, finished ones to {finished}; {watched} is watched.",
            folder=folder,
            finished=finished,
            watched=watched,
        )
    if draft.finished_folder:
        return say("Downloads go to {folder}, finished ones to {finished}.", folder=folder, finished=finished)
    if draft.watch_folder:
        return say("Downloads go to {folder}; {watched} is watched for torrent files.", folder=folder, watched=watched)
    return say("Downloads go to {folder}.", folder=folder)


def _opens_text(draft: Draft, around: Circumstances) -> str:
    if not around.openers.can_change and around.openers.sentences:
        return around.openers.sentences[-1]
    if draft.opens_torrents:
        return say("Torrent files open in Shoal.")
    return (
        say("Torrent files open as before.")
        if not around.openers.are_ours
        else say("Torrent files no longer open in Shoal.")
    )


def _running_text(draft: Draft, around: Circumstances) -> str:
    stays = draft.close_to_tray and around.has_tray
    match draft.start_at_login, stays:
        case True, True:
            return say("Starts with the computer, and goes on in the tray when its window is closed.")
        case True, False:
            return say("Starts with the computer, and ends with its window.")
        case False, True:
            return say("Starts when you start it, and goes on in the tray when its window is closed.")
        case _:
            return say("Starts when you start it, and ends with its window.")


def _sharing_text(draft: Draft) -> str:
    if not draft.share_ratio:
        return say("A finished download is shared until you stop it.")
    places = 1 if round(draft.share_ratio, 1) == draft.share_ratio else 2
    return say("A finished download is shared until its ratio is {ratio}.", ratio=decimal(draft.share_ratio, places))


def _theme_text(draft: Draft) -> str:
    match draft.theme:
        case "light":
            return say("The window is light.")
        case "dark":
            return say("The window is dark.")
        case _:
            return say("The window is light or dark, as the system has it.")
