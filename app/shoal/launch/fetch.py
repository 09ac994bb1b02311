"""Get a .torrent file from an http(s) address that someone typed: bounded in size, time and redirects.

The engine's own HTTP client does it, with its rules: TLS is verified, and a redirect never leads from a wider network
into a narrower one. An address that the person named may be a private one.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from yarl import URL

from shoal.api.errors import UserError
from shoal.engine.transport.http_client import TOTAL_SECONDS, AiohttpClient, HttpError
from shoal.runtime.network import AsyncioNetwork


async def fetch_torrent(
    address: str, most_bytes: int, local_host: str | None = None, *, total_seconds: float = TOTAL_SECONDS
) -> bytes:
    """The body at `address`, at most `most_bytes` after decompression; `local_host` is the local address to use.

    Raises `UserError`: `source-fetch` with the reason in words (`detail`), and as an `HttpError`'s kind (`cause`) or as
    the `status` that was no file; `source-too-large`.
    """
    client = AiohttpClient(AsyncioNetwork(asyncio.get_running_loop()), local_host=local_host)
    try:
        # A person may type what an address cannot hold as it is: blanks, letters beyond ASCII.
        encoded = str(URL(address))
        reply = await client.get(encoded, total_timeout=total_seconds, max_bytes=most_bytes)
    except HttpError as error:
        if error.kind == "too-large":
            raise UserError("source-too-large", source=address, limit=most_bytes // 1_000_000) from error
        detail = error.text[:1].lower() + error.text[1:]
        raise UserError("source-fetch", source=address, detail=detail, cause=error.kind) from error
    except ValueError as error:
        raise UserError(
            "source-fetch", source=address, detail="it is no usable http address", cause="bad-url"
        ) from error
    finally:
        await client.close()
    if reply.status != HTTPStatus.OK:
        detail = f"the server answered {_status_text(reply.status)}"
        raise UserError("source-fetch", source=address, detail=detail, status=reply.status)
    return reply.body


def _status_text(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
