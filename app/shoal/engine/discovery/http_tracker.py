"""Announce and scrape over HTTP and HTTPS (BEP 3, 48): URL, request, status, body, typed errors."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.engine.discovery.both_families import SECOND_FAMILY_SECONDS, first_and_what_else_comes, merged
from shoal.engine.discovery.errors import TrackerError
from shoal.engine.discovery.tracker_reply import TrackerReply, bad_url, refusal, trouble
from shoal.engine.transport.http_client import HttpClient, HttpError, HttpReply
from shoal.protocol.announce import AnnounceFailure, AnnounceRequest, ScrapeEntry
from shoal.protocol.errors import ProtocolError
from shoal.protocol.tracker_http import (
    MAX_REPLY_BYTES,
    announce_url,
    decode_announce,
    decode_scrape,
    scrape_url,
)

_OK = 200


async def announce(http: HttpClient, tracker_url: str, request: AnnounceRequest) -> TrackerReply:
    """Announce once over each family that the tracker has. Bounded by the client's 30 s; raises `TrackerError`."""
    try:
        url = announce_url(tracker_url, request)
    except ProtocolError as error:
        raise bad_url(f"The tracker's address cannot be used: {error}") from error
    versions = await http.versions(url)
    if len(versions) < 2:
        return await _announce_over(http, url, None)
    asked = [_announce_over(http, url, version) for version in versions]
    return merged(await first_and_what_else_comes(asked, SECOND_FAMILY_SECONDS))


async def _announce_over(http: HttpClient, url: str, version: int | None) -> TrackerReply:
    reply = await _get(http, url, version)
    try:
        decoded = decode_announce(reply.body)
    except ProtocolError as error:
        raise _unreadable(reply) from error
    if isinstance(decoded, AnnounceFailure):
        raise refusal(decoded)
    if reply.status != _OK:
        raise _unreadable(reply)
    return TrackerReply(decoded, reply.source_host)


async def scrape(http: HttpClient, tracker_url: str, info_hashes: Sequence[bytes]) -> tuple[ScrapeEntry, ...]:
    """Ask for the counts of swarms; raises `TrackerError`, also when the tracker's URL allows no scrape."""
    try:
        url = scrape_url(tracker_url, info_hashes)
    except ProtocolError as error:
        raise bad_url(f"The tracker's address cannot be used: {error}") from error
    if url is None:
        raise bad_url("This tracker's address cannot be scraped")
    reply = await _get(http, url)
    try:
        decoded = decode_scrape(reply.body)
    except ProtocolError as error:
        raise _unreadable(reply) from error
    if isinstance(decoded, AnnounceFailure):
        raise refusal(decoded)
    return decoded


async def _get(http: HttpClient, url: str, version: int | None = None) -> HttpReply:
    try:
        return await http.get(url, max_bytes=MAX_REPLY_BYTES, tracker=True, version=version)
    except HttpError as error:
        # Even a refused address or a failed certificate may be put right, so only a malformed URL is for ever.
        raise (bad_url(error.text) if error.kind == "bad-url" else trouble(error.kind, error.text)) from error


def _unreadable(reply: HttpReply) -> TrackerError:
    """The status says more than the body's defect when it is not 200: error pages are not bencoded."""
    if reply.status != _OK:
        return trouble("http-status", f"The tracker answered with HTTP status {reply.status}")
    if reply.body.lstrip()[:1] == b"<":
        return trouble("bad-reply", "The tracker answered with a web page")
    return trouble("bad-reply", "The tracker's answer could not be read")
