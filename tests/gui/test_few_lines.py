"""Text that has to be short is cut between words, and its tooltip has the whole."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from shoal.gui.details.verdict_card import VerdictPlate
from shoal.gui.style.fonts import Role
from shoal.gui.style.sentences import Tone
from shoal.gui.style.theme import Theme
from shoal.gui.style.verdict import Verdict
from shoal.gui.widgets.few_lines import MOST_LINES, FewLines
from shoal.gui.widgets.text_measures import TextMeasures

SENTENCE = "Nobody else is here right now; looking again in 4 minutes, and then less often than before that."


@pytest.mark.parametrize("width", range(150, 320, 23))
def test_a_sentence_is_cut_after_a_whole_word(theme: Theme, width: int) -> None:
    measures = TextMeasures(theme.fonts[Role.SECONDARY])
    shown = measures.elided(SENTENCE, width, at_words=True)
    kept = shown.removesuffix("\u2026")
    assert shown != kept
    assert SENTENCE.startswith(kept)
    assert SENTENCE[len(kept)] in " ;,"
    assert measures.width(shown) <= width


def test_one_long_word_is_cut_where_it_must_be(theme: Theme) -> None:
    measures = TextMeasures(theme.fonts[Role.SECONDARY])
    assert len(measures.elided("a " + "b" * 90, 200, at_words=True)) > 10


def test_more_than_two_lines_end_in_an_ellipsis_and_the_tooltip_has_the_whole(theme: Theme, qtbot: object) -> None:
    label = FewLines(theme)
    qtbot.addWidget(label)  # type: ignore[attr-defined]
    label.resize(200, 60)
    label.set_whole(SENTENCE)
    label.show()
    assert len(label.text().splitlines()) == MOST_LINES
    assert label.text().endswith("\u2026")
    assert SENTENCE in label.toolTip()
    assert label.accessibleName() == SENTENCE
    label.resize(900, 60)
    assert (label.text(), label.toolTip()) == (SENTENCE, "")


def test_a_problem_takes_little_of_the_room_of_the_facts(theme: Theme, qtbot: object) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)  # type: ignore[attr-defined]
    plate = VerdictPlate(theme, parent)
    plate.resize(theme.px(290), theme.px(300))
    plate.show_verdict(Verdict("Nobody is here", SENTENCE, Tone.WARN, "triangle", (), (), "", ()))
    parent.show()
    assert not plate.button.isHidden()
    assert plate.heightForWidth(plate.width()) <= theme.px(90)
