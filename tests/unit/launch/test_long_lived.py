"""What is set aside from the collector, and how it is let go of."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from shoal.launch.long_lived import LongLived, uncollected

FOREVER = 1e9


class Knot:
    """Only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_exists_is_set_aside_until_the_end() -> None:
    with LongLived(felt_seconds=FOREVER):
        assert gc.get_freeze_count() > 1000
    assert gc.get_freeze_count() == 0


def test_what_came_later_is_collected_as_ever() -> None:
    with LongLived(felt_seconds=FOREVER):
        knot = weakref.ref(Knot())
        gc.collect()
        assert knot() is None


def test_what_survives_a_long_collection_is_set_aside() -> None:
    with LongLived(felt_seconds=0.0):
        gc.unfreeze()
        gc.collect()
        assert gc.get_freeze_count() > 1000


def test_what_was_set_aside_is_let_go_of_when_that_is_short() -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    with LongLived(felt_seconds=FOREVER, few_objects=10**9) as long_lived:
        del knot
        gc.collect()
        assert gone() is not None
        assert long_lived.let_go(is_seen=True)
        assert gone() is None
        assert gc.get_freeze_count() > 1000


def test_it_waits_while_the_window_is_seen_where_it_would_be_felt() -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    with LongLived(felt_seconds=FOREVER, few_objects=0) as long_lived:
        del knot
        assert not long_lived.let_go(is_seen=True)
        assert gone() is not None
        assert long_lived.let_go(is_seen=False)
        assert gone() is None


def test_while_modules_load_nothing_is_collected() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
