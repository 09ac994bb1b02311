"""Fetching a torrent file: bounded, redirects followed but never from public to private."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from shoal.api.errors import UserError
from shoal.launch import fetch
from shoal.launch.fetch import MOST_REDIRECTS, _GuardedResolver, fetch_torrent


async def body(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * int(request.match_info["size"]))


async def hop(request: web.Request) -> web.Response:
    left = int(request.match_info["left"])
    raise web.HTTPFound(f"/hop/{left - 1}" if left else "/body/3")


async def away(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.query["to"])


async def refused(request: web.Request) -> web.Response:
    raise web.HTTPForbidden


@pytest.fixture
async def server() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/body/{size}", body)
    app.router.add_get("/hop/{left}", hop)
    app.router.add_get("/away", away)
    app.router.add_get("/refused", refused)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def refusal(address: str, most_bytes: int = 100) -> UserError:
    with pytest.raises(UserError) as refused:
        await fetch_torrent(address, most_bytes)
    return refused.value


async def test_body_is_taken_up_to_its_bound(server: str) -> None:
    assert await fetch_torrent(f"{server}/body/100", 100) == b"x" * 100
    assert (await refusal(f"{server}/body/101")).code == "source-too-large"


async def test_named_local_address_is_used(server: str) -> None:
    assert await fetch_torrent(f"{server}/body/1", 100, "127.0.0.1") == b"x"


async def test_redirects_are_followed_up_to_their_bound(server: str) -> None:
    assert await fetch_torrent(f"{server}/hop/{MOST_REDIRECTS - 1}", 100) == b"xxx"
    error = await refusal(f"{server}/hop/{MOST_REDIRECTS}")
    assert error.code == "source-fetch"
    assert "redirects" in str(error.reason.params["detail"])


async def test_answers_that_are_no_file_are_refused_with_their_reason(server: str) -> None:
    assert "403" in str((await refusal(f"{server}/refused")).reason.params["detail"])
    assert "404" in str((await refusal(f"{server}/nothing")).reason.params["detail"])
    for target in ("file:///etc/passwd", "ftp://x.example/", "http://"):
        assert (await refusal(f"{server}/away?to={target}")).code == "source-fetch"


async def test_nobody_there_is_a_sentence_not_a_trace() -> None:
    for address in ("http://127.0.0.1:1/a", "http://name.invalid/a", "http://[::1", "http://" + "a" * 9000):
        assert (await refusal(address)).code == "source-fetch"


async def test_silent_server_costs_a_bounded_time(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "WHOLE_SECONDS", 0.0)
    error = await refusal(f"{server}/body/1")
    assert error.reason.params["detail"] == "no answer in time"


async def test_way_from_public_to_private_is_refused() -> None:
    guard = _GuardedResolver()
    guard.judge("93.184.216.34")
    guard.judge("2606:2800:220:1::1")
    for private in ("127.0.0.1", "10.0.0.1", "::1", "fe80::1%eth0", "192.168.1.1"):
        with pytest.raises(OSError, match="private network"):
            guard.judge(private)


async def test_way_that_begins_private_may_go_anywhere() -> None:
    guard = _GuardedResolver()
    guard.judge("192.168.1.1")
    guard.judge("93.184.216.34")
    guard.judge("127.0.0.1")
