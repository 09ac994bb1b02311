"""The palette keeps the contrast that text and graphics need."""

from __future__ import annotations

from dataclasses import fields

import pytest

from shoal.gui.style.tokens import CONTRAST_PAIRS, DARK, LIGHT, Tokens, contrast


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), CONTRAST_PAIRS, ids=str)
def test_pair_has_its_contrast(tokens: Tokens, front: str, back: str, least: float) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, back)) >= least


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
