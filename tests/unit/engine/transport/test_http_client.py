import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shoal.engine.transport import http_client
from shoal.engine.transport.http_client import USER_AGENT, AiohttpClient, HttpError
from shoal.protocol.ip_scope import Scope, scope_of
from shoal.runtime.network import AsyncioNetwork
from shoal.runtime.world import Address

SELF_SIGNED = Path(__file__).parents[3] / "data" / "self-signed-localhost.pem"


class NamedNetwork(AsyncioNetwork):
    """Real sockets, names from a table."""

    def __init__(self) -> None:
        super().__init__(asyncio.get_running_loop())
        self.names: dict[str, list[str]] = {}
        self.looked_up: list[str] = []

    async def resolve(self, host: str, port: int) -> list[Address]:
        self.looked_up.append(host)
        if host in self.names:
            return [Address(found, port) for found in self.names[host]]
        return await super().resolve(host, port)


class Server:
    """Answers every connection with fixed bytes, or with what a function writes."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._servers = AsyncExitStack()

    async def serve(
        self, reply: bytes | Callable[[asyncio.StreamWriter], Awaitable[None]], tls: ssl.SSLContext | None = None
    ) -> str:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                if isinstance(reply, bytes):
                    writer.write(reply)
                    await writer.drain()
                else:
                    await reply(writer)
            except (OSError, asyncio.IncompleteReadError):
                return
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
        self._servers.callback(server.close)
        return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        await self._servers.aclose()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    one = Server()
    yield one
    await one.close()


@pytest.fixture
async def network() -> NamedNetwork:
    return NamedNetwork()


@pytest.fixture
async def client(network: NamedNetwork) -> AsyncIterator[AiohttpClient]:
    one = AiohttpClient(network)
    yield one
    await one.close()


def ok(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def failure(awaitable: Awaitable[object]) -> HttpError:
    with pytest.raises(HttpError) as caught:
        await awaitable
    return caught.value


async def test_reply_with_status_body_and_source(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(ok(b"hello"))
    reply = await client.get(f"http://{place}/announce?info_hash=%25%00%fF&x=a+b")
    assert (reply.status, reply.body, reply.source_host) == (200, b"hello", "127.0.0.1")
    request = server.requests[0].decode()
    assert request.startswith("GET /announce?info_hash=%25%00%fF&x=a+b HTTP/1.1\r\n")
    assert f"User-Agent: {USER_AGENT}\r\n" in request


async def test_another_local_address_is_used_at_once_and_ends_what_is_under_way(
    server: Server, client: AiohttpClient
) -> None:
    came_from: list[str] = []
    has_come = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        came_from.append(writer.get_extra_info("peername")[0])
        has_come.set()
        if len(came_from) == 1:
            await asyncio.sleep(3600)
        writer.write(ok(b"hello"))
        await writer.drain()

    place = await server.serve(answer)
    waiting = asyncio.ensure_future(failure(client.get(f"http://{place}/announce")))
    await has_come.wait()
    await client.leave_from("127.0.0.2")
    await waiting
    assert (await client.get(f"http://{place}/announce")).body == b"hello"
    assert came_from == ["127.0.0.1", "127.0.0.2"]


async def test_any_status_is_a_reply(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(b"HTTP/1.1 404 Gone\r\nContent-Length: 3\r\n\r\nnot")
    reply = await client.get(f"http://{place}/x")
    assert (reply.status, reply.body) == (404, b"not")


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
async def test_compressed_body(server: Server, client: AiohttpClient, encoding: str) -> None:
    body = zlib.compress(b"news" * 99) if encoding == "deflate" else gzip.compress(b"news" * 99, mtime=0)
    place = await server.serve(ok(body, f"Content-Encoding: {encoding}"))
    assert (await client.get(f"http://{place}/")).body == b"news" * 99


async def test_body_at_the_bound_and_one_past(server: Server, client: AiohttpClient) -> None:
    for wrap, header in ((lambda body: body, "X: y"), (gzip.compress, "Content-Encoding: gzip")):
        place = await server.serve(ok(wrap(b"a" * 1_000), header))
        assert len((await client.get(f"http://{place}/", max_bytes=1_000)).body) == 1_000
        assert (await failure(client.get(f"http://{place}/", max_bytes=999))).kind == "too-large"


async def test_gzip_bomb_is_dropped_after_the_bound(server: Server, client: AiohttpClient) -> None:
    bomb = gzip.compress(bytes(64 << 20), 9)
    assert len(bomb) < 100_000
    place = await server.serve(ok(bomb, "Content-Encoding: gzip"))
    assert (await failure(client.get(f"http://{place}/"))).kind == "too-large"


async def test_endless_body_is_dropped_after_the_bound(server: Server, client: AiohttpClient) -> None:
    written = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            written += 65_536

    place = await server.serve(endless)
    assert (await failure(client.get(f"http://{place}/"))).kind == "too-large"
    assert written < 32 << 20


@pytest.mark.parametrize(
    "reply",
    [
        ok(b"not gzip at all", "Content-Encoding: gzip"),
        ok(gzip.compress(b"cut off here", mtime=0)[:-6], "Content-Encoding: gzip"),
        ok(b"x", "Content-Encoding: br"),
        b"\x00\x01\x02 this is no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_malformed_replies(server: Server, client: AiohttpClient, reply: bytes) -> None:
    place = await server.serve(reply)
    assert (await failure(client.get(f"http://{place}/"))).kind == "bad-reply"


async def test_server_that_hangs_up_without_a_word(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(b"")
    assert (await failure(client.get(f"http://{place}/"))).kind == "reset"


async def test_server_that_never_answers_is_left_after_the_time(server: Server, client: AiohttpClient) -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    place = await server.serve(silent)
    assert (await failure(client.get(f"http://{place}/", total_timeout=0.2))).kind == "timeout"


async def test_nobody_listens(client: AiohttpClient) -> None:
    probe = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = probe.sockets[0].getsockname()[1]
    probe.close()
    await probe.wait_closed()
    error = await failure(client.get(f"http://127.0.0.1:{port}/"))
    assert error.kind == "unreachable"
    assert "refused" in error.text


async def test_certificate_that_nobody_vouches_for_is_refused(server: Server, client: AiohttpClient) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(SELF_SIGNED)
    place = await server.serve(ok(b"hello"), tls=context)
    error = await failure(client.get(f"https://{place}/announce"))
    assert error.kind == "tls"
    assert "self" in error.text
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    ["ftp://h/x", "file:///etc/passwd", "http://", "/x", "http://h:0/", "http://[::1/x", "http://h/" + "a" * 9_000],
)
async def test_addresses_that_are_no_http(client: AiohttpClient, url: str) -> None:
    assert (await failure(client.get(url))).kind == "bad-url"


async def test_unknown_name(client: AiohttpClient, network: NamedNetwork) -> None:
    network.names["nowhere.test"] = []
    assert (await failure(client.get("http://nowhere.test/"))).kind == "refused-address"
    assert (await failure(client.get("http://bad..name/"))).kind in ("unknown-host", "bad-url")


async def test_names_come_from_the_world_and_are_looked_up_once(
    server: Server, client: AiohttpClient, network: NamedNetwork
) -> None:
    place = await server.serve(ok(b"hello"))
    network.names["tracker.test"] = ["127.0.0.1"]
    url = f"http://tracker.test:{place.split(':')[1]}/announce"
    assert (await client.get(url, tracker=True)).body == b"hello"
    assert network.looked_up == ["tracker.test"]
    assert b"Host: tracker.test" in server.requests[0]


async def test_redirects_are_followed_up_to_the_bound(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(ok(b"end"))
    for _ in range(5):
        place = await server.serve(redirect(f"http://{place}/announce"))
    reply = await client.get(f"http://{place}/announce")
    assert reply.body == b"end"
    assert reply.final_url != f"http://{place}/announce"
    place = await server.serve(redirect(f"http://{place}/announce"))
    assert (await failure(client.get(f"http://{place}/announce"))).kind == "redirect"


async def test_relative_redirect_keeps_percent_encoding(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(redirect("/other?info_hash=%25%FF"))
    assert (await failure(client.get(f"http://{place}/"))).kind == "redirect"
    assert server.requests[1].startswith(b"GET /other?info_hash=%25%FF HTTP/1.1")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://h/", "", "http://h:99999/", "javascript:alert(1)"])
async def test_redirect_to_anything_but_http(server: Server, client: AiohttpClient, target: str) -> None:
    place = await server.serve(redirect(target))
    assert (await failure(client.get(f"http://{place}/announce"))).kind == "redirect"


async def test_redirect_from_public_to_private_is_refused_by_number_and_after_lookup(
    server: Server, client: AiohttpClient, network: NamedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "scope_of", lambda host: Scope.GLOBAL if host == "127.0.0.1" else scope_of(host))
    network.names["looks-public.test"] = ["8.8.8.8", "10.0.0.1"]
    for target in ("http://10.0.0.1/announce", "http://[::1]/announce", "http://looks-public.test/announce"):
        place = await server.serve(redirect(target))
        error = await failure(client.get(f"http://{place}/announce", tracker=True))
        assert error.kind == "refused-address"
        assert "redirect" in error.text


@pytest.mark.parametrize("path", ["/announce", "/announce.php?passkey=1", "/x/y/announce", "/scrape", "/scrape.php"])
async def test_private_tracker_is_asked_at_tracker_paths(server: Server, client: AiohttpClient, path: str) -> None:
    place = await server.serve(ok(b"hello"))
    assert (await client.get(f"http://{place}{path}", tracker=True)).body == b"hello"


@pytest.mark.parametrize("path", ["/", "", "/admin", "/announce/delete", "/x?announce", "/%61nnounce"])
async def test_private_tracker_is_not_asked_elsewhere(server: Server, client: AiohttpClient, path: str) -> None:
    place = await server.serve(ok(b"hello"))
    assert (await failure(client.get(f"http://{place}{path}", tracker=True))).kind == "refused-address"
    assert server.requests == []


async def test_private_tracker_cannot_redirect_to_another_path(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(ok(b"secret"))
    place = await server.serve(redirect(f"http://{place}/admin"))
    assert (await failure(client.get(f"http://{place}/announce", tracker=True))).kind == "refused-address"


@pytest.mark.parametrize("host", ["0.0.0.0", "224.0.0.1", "255.255.255.255", "[::]", "[ff02::1]"])
async def test_addresses_that_are_nobody(client: AiohttpClient, host: str) -> None:
    assert (await failure(client.get(f"http://{host}/announce"))).kind == "refused-address"


async def test_error_texts_bear_no_pass_keys(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(b"junk\r\n\r\n")
    error = await failure(client.get(f"http://{place}/announce?passkey=sesame"))
    assert "sesame" not in str(error)
    assert "sesame" not in error.text


async def test_what_is_newer_can_be_asked_for(server: Server, client: AiohttpClient) -> None:
    place = await server.serve(ok(b"list", 'ETag: "one"', "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"))
    reply = await client.get(f"http://{place}/list", headers={"If-None-Match": '"zero"'})
    assert (reply.etag, reply.modified) == ('"one"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert b'If-None-Match: "zero"\r\n' in server.requests[0]


async def test_addresses_that_are_refused_are_not_asked(server: Server, network: NamedNetwork) -> None:
    place = await server.serve(ok(b"hello"))
    client = AiohttpClient(network, refuses=lambda host: host == "127.0.0.1")
    error = await failure(client.get(f"http://{place}/announce"))
    assert error.kind == "refused-address"
    assert server.requests == []
    await client.close()
