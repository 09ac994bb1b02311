"""Fetching a torrent file: bounded, redirects followed but never from public to private."""

from __future__ import annotations

import gzip
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from shoal.api.errors import UserError
from shoal.engine.transport.http_client import MAX_REDIRECTS
from shoal.launch.fetch import fetch_torrent


async def body(request: web.Request) -> web.Response:
    return web.Response(body=b"x" * int(request.match_info["size"]))


async def hop(request: web.Request) -> web.Response:
    left = int(request.match_info["left"])
    raise web.HTTPFound(f"/hop/{left - 1}" if left else "/body/3")


async def away(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.query["to"])


async def refused(request: web.Request) -> web.Response:
    raise web.HTTPForbidden


async def packed(request: web.Request) -> web.Response:
    body = gzip.compress(b"x" * int(request.match_info["size"]))
    return web.Response(body=body, headers={"Content-Encoding": "gzip"})


async def named(request: web.Request) -> web.Response:
    return web.Response(text=request.match_info["name"])


@pytest.fixture
async def server() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/body/{size}", body)
    app.router.add_get("/hop/{left}", hop)
    app.router.add_get("/away", away)
    app.router.add_get("/refused", refused)
    app.router.add_get("/packed/{size}", packed)
    app.router.add_get("/named/{name}", named)
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
    assert await fetch_torrent(f"{server}/hop/{MAX_REDIRECTS - 1}", 100) == b"xxx"
    error = await refusal(f"{server}/hop/{MAX_REDIRECTS}")
    assert error.code == "source-fetch"
    assert "redirected" in str(error.reason.params["detail"])


async def test_answers_that_are_no_file_are_refused_with_their_reason(server: str) -> None:
    assert (await refusal(f"{server}/refused")).reason.params["status"] == 403
    assert "403" in str((await refusal(f"{server}/refused")).reason.params["detail"])
    assert "404" in str((await refusal(f"{server}/nothing")).reason.params["detail"])
    for target in ("file:///etc/passwd", "ftp://x.example/", "http://"):
        assert (await refusal(f"{server}/away?to={target}")).code == "source-fetch"


async def test_nobody_there_is_a_sentence_not_a_trace() -> None:
    for address, text in (
        ("http://127.0.0.1:1/a", "the server could not be reached: connection refused"),
        ("http://name.invalid/a", "the server's name is unknown"),
        ("http://[::1", "it is no usable http address"),
        ("http://" + "a" * 9000, "the address is no usable http or https URL"),
    ):
        error = await refusal(address)
        assert (error.code, error.reason.params["detail"]) == ("source-fetch", text)


async def test_silent_server_costs_a_bounded_time() -> None:
    # Connected to by the system, accepted by nobody.
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(UserError) as refused:
        await fetch_torrent(f"http://127.0.0.1:{silent.getsockname()[1]}/", 100, total_seconds=0.2)
    assert refused.value.reason.params["detail"] == "the server did not answer in time"
    assert refused.value.reason.params["cause"] == "timeout"


async def test_compressed_body_is_inflated_up_to_its_bound(server: str) -> None:
    assert await fetch_torrent(f"{server}/packed/1000", 1000) == b"x" * 1000
    assert (await refusal(f"{server}/packed/1001", 1000)).code == "source-too-large"


async def test_typed_address_need_not_be_encoded(server: str) -> None:
    assert await fetch_torrent(f"{server}/named/a ü.torrent", 100) == "a ü.torrent".encode()
