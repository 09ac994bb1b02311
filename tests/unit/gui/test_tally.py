"""What came of several sources reads as one sentence."""

from __future__ import annotations

import pytest

from shoal.gui.dialogs.tally import Tally


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(added=1_300), "1,300 added."),
        (Tally(297, 2, [("name", "why")]), "297 added, 2 were here already, 1 cannot be read: name."),
        (Tally(0, 1, [], [("a", ""), ("b", "")], 4), "0 added, 1 was here already, 4 were left out, 2 refused: a, b."),
        (Tally(unread=[(name, "") for name in "abcde"]), "0 added, 5 cannot be read: a, b, c and 2 more."),
    ],
)
def test_a_tally_is_one_sentence(tally: Tally, said: str) -> None:
    assert tally.sentence() == said


def test_details_tell_why_of_each() -> None:
    assert Tally(unread=[("a", "cut short")], refused=[("b", "no folder")]).details() == "a: cut short\nb: no folder"
