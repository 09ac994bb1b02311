"""The palette keeps the contrast that text and graphics need."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from shoal.gui.style.stylesheet import style_sheet
from shoal.gui.style.tokens import CONTRAST_PAIRS, DARK, DECORATION, LIGHT, TEXT_CONTRAST, Tokens, contrast


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), CONTRAST_PAIRS, ids=str)
def test_pair_has_its_contrast(tokens: Tokens, front: str, back: str, least: float) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, back)) >= least


def test_every_colour_is_measured_or_tells_nothing_alone() -> None:
    measured = {token for front, back, _ in CONTRAST_PAIRS for token in (front, back)}
    assert {entry.name for entry in fields(Tokens)} - {"is_dark"} == measured | DECORATION
    assert not measured & DECORATION


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_every_ground_of_the_style_sheet(tokens: Tokens) -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]+)\}", style_sheet(tokens, 1.0))
    seen = 0
    for selector, body in rules:
        words = dict(re.findall(r"(?:^|;)\s*([a-z-]+):\s*(#[0-9A-Fa-f]{6})", body))
        # What cannot be used now may be faint (WCAG 2, 1.4.3).
        if ":disabled" in selector or not {"color", "background"} <= words.keys():
            continue
        seen += 1
        assert contrast(words["color"], words["background"]) >= TEXT_CONTRAST, selector
    assert seen >= 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_is_six_digits(tokens: Tokens) -> None:
    for entry in fields(tokens):
        if entry.name != "is_dark":
            value = getattr(tokens, entry.name)
            assert value[0] == "#"
            assert len(value) == 7
            int(value[1:], 16)
