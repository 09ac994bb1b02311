import math
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from shoal.engine.discovery import http_tracker
from shoal.engine.discovery.errors import TrackerError, TrackerErrorKind
from shoal.engine.transport.http_client import HttpError, HttpReply
from shoal.protocol.announce import AnnounceEvent, AnnounceRequest, ScrapeEntry

HASH = bytes(range(20))
REQUEST = AnnounceRequest(HASH, b"-SH0100-" + b"x" * 12, 6881, 1, 2, 3, AnnounceEvent.STARTED)
URL = "http://tracker.test/announce"


class OneReply:
    """`HttpClient` with one answer for everything."""

    def __init__(self, answer: HttpReply | HttpError) -> None:
        self.answer = answer
        self.url = ""
        self.was_tracker = False

    async def get(
        self,
        url: str,
        *,
        total_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        max_bytes: int = 1 << 20,
        max_redirects: int = 5,
        tracker: bool = False,
        version: int | None = None,
    ) -> HttpReply:
        self.url = url
        self.was_tracker = tracker
        if isinstance(self.answer, HttpError):
            raise self.answer
        return self.answer

    async def versions(self, url: str) -> tuple[int, ...]:
        return (4,)


def reply(body: bytes, status: int = 200) -> OneReply:
    return OneReply(HttpReply(status, body, URL, "9.9.9.9"))


async def trouble(awaitable: Awaitable[object]) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        await awaitable
    return caught.value


async def test_announce_asks_the_tracker_and_reads_its_reply() -> None:
    http = reply(b"d8:completei3e10:incompletei4e8:intervali900e5:peers6:\x01\x02\x03\x04\x1a\xe1e")
    answer = await http_tracker.announce(http, URL, REQUEST)
    assert answer.source_host == "9.9.9.9"
    assert answer.reply.interval == 900
    assert answer.reply.peers == (("1.2.3.4", 6881),)
    assert (answer.reply.seeds, answer.reply.leeches) == (3, 4)
    assert http.was_tracker
    assert http.url.startswith(f"{URL}?info_hash=%00%01%02")
    assert "event=started" in http.url


async def test_failure_reason_comes_in_full_with_the_wish_for_a_retry() -> None:
    error = await trouble(
        http_tracker.announce(reply(b"d14:failure reason12:go away now!8:retry in5:nevere"), URL, REQUEST)
    )
    assert (error.code, error.text, error.retry_in) == ("failure", "go away now!", math.inf)
    error = await trouble(http_tracker.announce(reply(b"d14:failure reason0:8:retry ini5ee"), URL, REQUEST))
    assert error.text
    assert error.retry_in == 300


async def test_failure_under_an_error_status_is_read_too() -> None:
    error = await trouble(http_tracker.announce(reply(b"d14:failure reason6:bannede", 403), URL, REQUEST))
    assert (error.code, error.text) == ("failure", "banned")


@pytest.mark.parametrize(
    ("body", "status", "code", "word"),
    [
        (b"<html>hello", 200, "bad-reply", "web page"),
        (b"", 200, "bad-reply", "could not be read"),
        (b"i5e", 200, "bad-reply", "could not be read"),
        (b"d5:peers5:12345e", 200, "bad-reply", "could not be read"),
        (b"<html>gone", 502, "http-status", "502"),
        (b"d8:intervali900ee", 404, "http-status", "404"),
    ],
)
async def test_unreadable_answers(body: bytes, status: int, code: str, word: str) -> None:
    error = await trouble(http_tracker.announce(reply(body, status), URL, REQUEST))
    assert error.kind is TrackerErrorKind.TRANSIENT
    assert error.code == code
    assert word in error.text


async def test_unusable_address_is_permanent_and_other_trouble_is_not() -> None:
    error = await trouble(http_tracker.announce(reply(b""), "http://", REQUEST))
    assert (error.kind, error.code) == (TrackerErrorKind.PERMANENT, "bad-url")
    error = await trouble(http_tracker.announce(OneReply(HttpError("bad-url", "x")), URL, REQUEST))
    assert error.kind is TrackerErrorKind.PERMANENT
    error = await trouble(http_tracker.announce(OneReply(HttpError("tls", "untrusted")), URL, REQUEST))
    assert (error.kind, error.code, error.text) == (TrackerErrorKind.TRANSIENT, "tls", "untrusted")


async def test_scrape() -> None:
    body = b"d5:filesd20:" + HASH + b"d8:completei1e10:downloadedi2e10:incompletei3eeee"
    http = reply(body)
    assert await http_tracker.scrape(http, URL, [HASH]) == (ScrapeEntry(HASH, 1, 2, 3),)
    assert http.url.startswith("http://tracker.test/scrape?info_hash=%00%01")


async def test_scrape_troubles() -> None:
    assert (await trouble(http_tracker.scrape(reply(b""), "http://tracker.test/x", [HASH]))).code == "bad-url"
    assert (await trouble(http_tracker.scrape(reply(b""), "http://", [HASH]))).code == "bad-url"
    assert (await trouble(http_tracker.scrape(reply(b"de"), URL, [HASH]))).code == "bad-reply"
    assert (await trouble(http_tracker.scrape(reply(b"d14:failure reason2:noe"), URL, [HASH]))).text == "no"


class BothFamilies:
    """A server that can be asked over IPv4 and IPv6, and answers by `answers`."""

    def __init__(self, answers: dict[int, HttpReply | HttpError]) -> None:
        self.answers = answers
        self.asked: dict[int | None, str] = {}

    async def get(
        self,
        url: str,
        *,
        total_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        max_bytes: int = 1 << 20,
        max_redirects: int = 5,
        tracker: bool = False,
        version: int | None = None,
    ) -> HttpReply:
        self.asked[version] = url
        answer = self.answers[version or 4]
        if isinstance(answer, HttpError):
            raise answer
        return answer

    async def versions(self, url: str) -> tuple[int, ...]:
        return (4, 6)


async def test_a_tracker_with_both_families_hears_of_us_over_both_with_one_key() -> None:
    four = HttpReply(200, b"d8:completei3e8:intervali900e5:peers6:\x09\x09\x09\x09\x1a\xe1e", URL, "9.9.9.9")
    six = HttpReply(
        200,
        b"d8:completei5e8:intervali1800e6:peers618:\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x01\x1a\xe1e",
        URL,
        "2001:db8::9",
    )
    http = BothFamilies({4: four, 6: six})
    answer = await http_tracker.announce(http, URL, replace(REQUEST, key=7))
    assert set(http.asked) == {4, 6}
    assert http.asked[4] == http.asked[6]
    assert "key=00000007" in http.asked[4]
    assert answer.reply.peers == (("9.9.9.9", 6881), ("2001:db8::1", 6881))
    assert (answer.reply.seeds, answer.reply.interval) == (5, 1800)


async def test_one_family_that_fails_does_not_matter() -> None:
    four = HttpReply(200, b"d8:intervali900e5:peers0:e", URL, "9.9.9.9")
    http = BothFamilies({4: four, 6: HttpError("unreachable", "no way")})
    assert (await http_tracker.announce(http, URL, REQUEST)).reply.interval == 900
    http.answers[4] = HttpError("timeout", "nothing")
    assert (await trouble(http_tracker.announce(http, URL, REQUEST))).code == "timeout"
