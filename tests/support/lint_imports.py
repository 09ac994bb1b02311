"""Running import-linter over a source root, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

COMMAND = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def broken_contracts(source_root: Path, configuration: Path) -> tuple[list[str], str]:
    """The names of the contracts of `configuration` that the package below `source_root` breaks, and all output."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache", "--config", str(configuration)],
        cwd=source_root,
        env=os.environ | {"PYTHONPATH": str(source_root), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    assert "Contracts: " in output, output
    broken = re.findall(r"^(.+?) BROKEN", output, re.MULTILINE)
    assert bool(broken) == (done.returncode != 0), output
    return broken, output
