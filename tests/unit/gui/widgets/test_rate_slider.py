"""The steps of a slider for rates."""

from __future__ import annotations

import pytest

from shoal.gui.widgets.rate_slider import LEAST, MOST, STEPS, rate_at, step_of


@pytest.mark.parametrize("most", [LEAST * 10, 5_000_000, MOST])
def test_steps_rise_to_the_most_and_end_without_a_limit(most: int) -> None:
    rates = [rate_at(step, most) for step in range(STEPS)]
    assert rates == sorted(rates)
    assert (rates[0], rates[-1]) == (LEAST, most)
    assert rate_at(STEPS, most) == 0


@pytest.mark.parametrize(("rate", "step"), [(0, STEPS), (1, 0), (LEAST, 0), (MOST * 9, STEPS - 1)])
def test_every_rate_has_a_place(rate: int, step: int) -> None:
    assert step_of(rate, MOST) == step


def test_the_place_of_a_rate_is_where_it_was_moved() -> None:
    assert [step_of(rate_at(step, MOST), MOST) for step in range(0, STEPS + 1, 5)] == list(range(0, STEPS + 1, 5))
