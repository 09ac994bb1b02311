"""Tokens of `get_peers`: proof that who announces was reached at the address it announces from (BEP 5). Pure."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

SECRET_SECONDS = 300.0
"""A secret makes tokens for so long; those of the secret before it are taken as well, so they live 5 to 10 minutes."""
TOKEN_BYTES = 6
_SECRET_BYTES = 16


class Tokens:
    """Makes and checks tokens, which are bound to an address, an info-hash and the time."""

    def __init__(self, rng: random.Random, now: float) -> None:
        self._rng = rng
        self._secrets = (rng.randbytes(_SECRET_BYTES), rng.randbytes(_SECRET_BYTES))
        """This one's and the last."""
        self._changes_at = now + SECRET_SECONDS

    def make(self, host: str, info_hash: bytes, now: float) -> bytes:
        """The token that `host` may announce `info_hash` with."""
        self._turn(now)
        return _token(self._secrets[0], host, info_hash)

    def is_good(self, token: bytes, host: str, info_hash: bytes, now: float) -> bool:
        """Whether we gave it to `host` for `info_hash`, and not too long ago."""
        self._turn(now)
        return any(hmac.compare_digest(token, _token(secret, host, info_hash)) for secret in self._secrets)

    def _turn(self, now: float) -> None:
        if now < self._changes_at:
            return
        is_long_ago = now >= self._changes_at + SECRET_SECONDS
        last = self._rng.randbytes(_SECRET_BYTES) if is_long_ago else self._secrets[0]
        self._secrets = (self._rng.randbytes(_SECRET_BYTES), last)
        self._changes_at = now + SECRET_SECONDS


def _token(secret: bytes, host: str, info_hash: bytes) -> bytes:
    return hashlib.blake2b(host.encode() + b"\0" + info_hash, key=secret, digest_size=TOKEN_BYTES).digest()
