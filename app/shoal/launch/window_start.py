"""`shoal [SOURCE...]`: hands the sources to the window of this profile, or becomes the process that has it.

Qt is loaded only by who opens a window.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from shoal.api.errors import Reason
from shoal.cli.messages import ExitCode, exit_code, sentence
from shoal.launch.display import NO_DISPLAY, can_open_window, has_display
from shoal.launch.instance.election import Instance, elect
from shoal.launch.instance.meeting_place import meeting_place
from shoal.launch.instance.request import BadRequestError, OpenRequest, request_of
from shoal.launch.instance.sending import NoAnswerError, RefusedError
from shoal.launch.logging import set_up_logging
from shoal.launch.long_lived import uncollected
from shoal.settings import locations

log = logging.getLogger(__name__)


def start_window(sources: Sequence[str], profile: str | None, *, is_hidden: bool = False, verbose: int = 0) -> int:
    """Open `sources` in the window of `profile` (a folder; None is the person's own), which may be there already.

    With `is_hidden` a window that is made for it stays in the tray, and one that is there stays where it is.
    """
    set_up_logging(verbose)
    request = request_of(sources, _folder(), is_hidden=is_hidden)
    try:
        instance, is_done = _elected(request, profile)
    except NoAnswerError as error:
        log.info("the running window is silent: %s", error)
        return _refuse(Reason("window-silent"))
    except (RefusedError, BadRequestError) as error:
        return _refuse(Reason("window-refused", {"detail": str(error)}))
    if is_done:
        return int(ExitCode.DONE)
    try:
        if not can_open_window(os.environ):
            print(NO_DISPLAY, file=sys.stderr)
            return int(ExitCode.NO)
        refusal = _refused_folder(profile)
        if refusal is not None:
            return _refuse(refusal)
        with uncollected():
            from shoal.launch.desktop import run_desktop  # noqa: PLC0415

        return run_desktop(
            list(request.sources),
            profile,
            instance=instance,
            is_hidden=is_hidden,
            offers_assistant=True,
            verbose=verbose,
        )
    finally:
        if instance is not None:
            instance.lock.release()


def _folder() -> str:
    """The folder in which the words were typed; it may have been deleted meanwhile."""
    try:
        return os.getcwd()
    except OSError:
        return os.path.abspath(os.sep)


def _elected(request: OpenRequest, profile: str | None) -> tuple[Instance | None, bool]:
    """The one window, when this process is to open it; and whether another one has taken the request."""
    try:
        place = meeting_place(locations.profile(profile).state_folder)
        instance = elect(place, request, make_ready=_load_window)
    except (NoAnswerError, RefusedError):
        raise
    except OSError as error:
        # The engine's own lock still keeps a second one off the list of transfers.
        log.warning("other starts of Shoal will not find this one: %s", error)
        return None, False
    return instance, instance is None


def _load_window() -> None:
    """Load what opens the window while another one of this profile is ending."""
    log.info("waiting for the Shoal that is just starting or ending")
    if can_open_window(os.environ):
        with uncollected():
            pass


def _refuse(reason: Reason) -> int:
    print(f"shoal: {sentence(reason)}", file=sys.stderr)
    if not _has_terminal() and has_display(os.environ):
        # Double-clicked: a person waits for something to happen on the screen.
        from shoal.launch.lone_message import show_refusal  # noqa: PLC0415

        show_refusal(reason)
    return int(exit_code(reason))


def _has_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _refused_folder(profile: str | None) -> Reason | None:
    """Why the named `profile` cannot be kept; None when it can. Of a person's own one the window tells."""
    if profile is None:
        return None
    try:
        locations.create_folders(locations.profile(profile))
    except OSError as error:
        return Reason("folder-refused", {"folder": profile, "detail": error.strerror or str(error)})
    return None
