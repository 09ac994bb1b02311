"""Other BitTorrent programs that tests exchange data with, as Debian packages them."""

from __future__ import annotations

import os
import shutil

import pytest

from bootstrap.debian_packages import TEST_PROGRAMS, install_command


def require_client(program: str) -> str:
    """The path of `program` (a key of `TEST_PROGRAMS`).

    Where it is not installed the calling test is skipped, naming the package; with SHOAL_REQUIRE_INTEROP or CI
    set it fails instead, so that no test goes missing there unseen.
    """
    package = TEST_PROGRAMS[program]
    path = shutil.which(program)
    if path is not None:
        return path
    reason = f"{program} is not installed: {install_command([package])}"
    if os.environ.get("SHOAL_REQUIRE_INTEROP") or os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
