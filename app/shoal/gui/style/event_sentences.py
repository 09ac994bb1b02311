"""What happened to a transfer, each event of its history as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shoal.api.details import TorrentEvent
from shoal.api.errors import Reason
from shoal.gui.style.catalogue import explain
from shoal.gui.style.causes import DISK_CAUSES
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.numbers import whole
from shoal.gui.style.shown_path import shown_path
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import isolated, quoted, say, say_count, say_phrase

Params = Mapping[str, str | int | float]


def event_sentence(event: TorrentEvent) -> str:
    """The sentence for `event`; trouble with disk and files says what the explanation of it says."""
    sentence = _SENTENCES.get(event.code)
    if sentence is not None:
        return sentence(event.params)
    return user_error_text(Reason(event.code, event.params))


def _text(params: Params, name: str) -> str:
    return isolated(str(params.get(name, ""))) or say("not known")


def _folder(params: Params) -> str:
    return shown_path(str(params.get("folder", ""))) or say("not known")


def _number(params: Params, name: str) -> int:
    value = params.get(name, 0)
    return 0 if isinstance(value, str) else int(value)


def _checked(params: Params) -> str:
    good, total = _number(params, "good"), _number(params, "total")
    if good == total:
        return say_count(total, "Its one piece was checked and is good.", "All {n} pieces were checked and are good.")
    return say_count(
        total,
        "Its one piece was checked and is not good.",
        "{good} of {n} pieces were checked and found good.",
        good=whole(good),
    )


def _limits(params: Params) -> str:
    down, up = _number(params, "down"), _number(params, "up")
    if down and up:
        return say("Limited to {down} down and {up} up.", down=rate_text(down), up=rate_text(up))
    if down:
        return say("Limited to {down} down; up without a limit.", down=rate_text(down))
    if up:
        return say("Limited to {up} up; down without a limit.", up=rate_text(up))
    return say("No limit any more.")


def _refused(params: Params) -> str:
    host, said = _text(params, "host"), quoted(str(params.get("text", "")))
    if not said:
        return say("The tracker {host} refused.", host=host)
    return say("The tracker {host} said \u201c{text}\u201d and refused.", host=host, text=said)


def _failed(params: Params) -> str:
    host, why = _text(params, "host"), quoted(str(params.get("text", "")))
    if not why:
        return say("The tracker {host} could not be asked.", host=host)
    return say("The tracker {host} could not be asked ({text}).", host=host, text=why)


def _move_failed(params: Params) -> str:
    folder, cause = _folder(params), DISK_CAUSES.get(str(params.get("why", "")))
    if cause is None:
        return say("Its files could not be moved to {folder}.", folder=folder)
    return say("Its files could not be moved to {folder}: {cause}.", folder=folder, cause=say_phrase(cause))


_SENTENCES: dict[str, Callable[[Params], str]] = {
    "added": lambda params: say("Added to the list."),
    "file-list": lambda params: say("Its file list came from a peer."),
    "false-metadata": lambda params: say("{host} sent a false file list and was banned.", host=_text(params, "host")),
    "bad-metadata": lambda params: say("Its file list came, and cannot be used."),
    "started": lambda params: say("Started."),
    "stopped": lambda params: say("Stopped."),
    "shared-enough": lambda params: say("Its sharing goal was reached: ratio {ratio}.", ratio=_text(params, "ratio")),
    "finished": lambda params: say("Finished: everything that was chosen is here."),
    "checked": _checked,
    "file-finished": lambda params: say("{path} is complete.", path=_text(params, "path")),
    "piece-damaged": lambda params: say(
        "Piece {piece} was damaged and is fetched again.", piece=whole(_number(params, "piece"))
    ),
    "peer-banned": lambda params: say("{host} was banned: it sent damaged data.", host=_text(params, "host")),
    "peer-banned-by-hand": lambda params: say("{host} was banned by you.", host=_text(params, "host")),
    "peers-filtered": lambda params: say_count(
        _number(params, "count"),
        "{n} peer was let go: its address is in the IP filter list.",
        "{n} peers were let go: their addresses are in the IP filter list.",
    ),
    "tracker-refused": _refused,
    "tracker-failed": _failed,
    "tracker-works": lambda params: say("The tracker {host} answers again.", host=_text(params, "host")),
    "trackers-added": lambda params: say_count(
        _number(params, "count"), "One tracker was added.", "{n} trackers were added."
    ),
    "trackers-removed": lambda params: say_count(
        _number(params, "count"), "One tracker was removed.", "{n} trackers were removed."
    ),
    "limits-changed": _limits,
    "priorities-changed": lambda params: say_count(
        _number(params, "count"), "The priority of one file was changed.", "The priorities of {n} files were changed."
    ),
    "renamed": lambda params: say("It is called {name} in the list now.", name=_text(params, "name")),
    "file-renamed": lambda params: say(
        "{path} was renamed to {name}.", path=_text(params, "path"), name=_text(params, "name")
    ),
    "moved": lambda params: say("Its files were moved to {folder}.", folder=_folder(params)),
    "move-failed": _move_failed,
    "folder-changed": lambda params: say("Its files are looked for in {folder}.", folder=_folder(params)),
    "mended": lambda params: say(
        "It goes on; this is over: {title}.", title=explain(Reason(str(params.get("was", "")))).title
    ),
}
