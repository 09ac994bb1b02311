"""Why a torrent file did not come from a web address, in plain words, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from shoal.api.errors import Reason
from shoal.gui.style.wording import quoted, say


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """`title` also stands for it in a list; trying again helps where it `may_pass`."""

    title: str
    text: str
    may_pass: bool = True


def fetch_failure(reason: Reason, host: str) -> FetchFailure:
    """Words on `source-fetch` or `source-too-large`; `host` is safe to show."""
    if reason.code == "source-too-large":
        text = say(
            "What {host} sends is larger than any torrent file that Shoal opens. It may be the download itself.",
            host=host,
        )
        return FetchFailure(say("Too large for a torrent file"), text, may_pass=False)
    status = reason.params.get("status")
    if isinstance(status, int):
        return _refusal(status, host)
    match reason.params.get("cause"):
        case "timeout":
            text = say("{host} did not answer in time. It may be busy, or out of reach.", host=host)
            return FetchFailure(say("No answer in time"), text)
        case "unknown-host":
            text = say(
                "No server is called {host}. Look for a typing mistake, and whether this computer is online.", host=host
            )
            return FetchFailure(say("Name not found"), text)
        case "unreachable" | "reset":
            text = say("{host} took no connection, or closed it early ({detail}).", host=host, detail=_detail(reason))
            return FetchFailure(say("No connection"), text)
        case "tls":
            text = say(
                "{host} cannot prove who it is ({detail}). Look whether the date of this computer is right; if it is, "
                "do not trust this address.",
                host=host,
                detail=_detail(reason),
            )
            return FetchFailure(say("Certificate not valid"), text)
        case "bad-url":
            text = say("This is no address that can be asked. Look for a typing mistake.")
            return FetchFailure(say("Not a usable address"), text, may_pass=False)
    text = say("{host} gave no usable answer: {detail}.", host=host, detail=_detail(reason))
    return FetchFailure(say("No usable answer"), text)


def _refusal(status: int, host: str) -> FetchFailure:
    match status:
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            text = say(
                "{host} has nothing at this address ({status}). The link may be old or mistyped.",
                host=host,
                status=status,
            )
            return FetchFailure(say("Not found"), text)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            text = say(
                "{host} gives it only to those who are signed in or allowed ({status}). Download it with your browser, "
                "then open the file here.",
                host=host,
                status=status,
            )
            return FetchFailure(say("Not allowed"), text)
        case HTTPStatus.TOO_MANY_REQUESTS:
            text = say("{host} was asked too often ({status}). Wait a while, then try again.", host=host, status=status)
            return FetchFailure(say("Asked too often"), text)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        text = say("{host} has trouble of its own ({status}). That often passes.", host=host, status=status)
        return FetchFailure(say("The server failed"), text)
    text = say("{host} answered with something else than a file ({status}).", host=host, status=status)
    return FetchFailure(say("No usable answer"), text)


def _detail(reason: Reason) -> str:
    return quoted(str(reason.params.get("detail", ""))) or say("no reason given")
