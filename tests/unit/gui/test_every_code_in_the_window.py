"""Whatever code the window can meet, it has words of its own for it."""

from __future__ import annotations

import pytest
from tests.support.reason_codes import all_codes

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert
from shoal.gui.style.catalogue import explain
from shoal.gui.style.explanations import notice_text, user_error_text

COMMANDS_ALONE = (
    *("cli", "headless.py", "arguments.py", "demo.py", "demo_swarm.py", "interfaces.py", "hidden_state.py"),
    "shared_tree.py",
)
"""Parts of the program that no window meets."""

NEVER_AN_EXPLANATION = {"finding", "missing"}
"""`finding` is a state and nothing to mend; `missing` reaches a row as `folder-gone` or `files-changed`."""


@pytest.mark.parametrize("code", sorted(all_codes(*COMMANDS_ALONE) - NEVER_AN_EXPLANATION))
def test_code_has_words_in_the_window(code: str) -> None:
    nameless = explain(Reason("never-heard-of"))
    is_explained = explain(Reason(code)).title != nameless.title
    is_refusal = nameless.title not in user_error_text(Reason(code))
    is_notice = f"\u201c{code}" not in (notice_text(Alert(code, None, {}, "warning")) or f"\u201c{code}")
    assert is_explained or is_refusal or is_notice
