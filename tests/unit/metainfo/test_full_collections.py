from __future__ import annotations

import gc

import pytest

from shoal.metainfo import full_collections


def test_only_full_collections_are_put_off_and_come_back() -> None:
    before = gc.get_threshold()
    with full_collections.postponed():
        assert gc.get_threshold()[:2] == before[:2]
        assert gc.get_threshold()[2] > 10**6
    assert gc.get_threshold() == before


def test_they_come_back_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError), full_collections.postponed():
        raise KeyError
    assert gc.get_threshold() == before


def test_two_readers_at_once_leave_the_ordinary_thresholds() -> None:
    before = gc.get_threshold()
    first, second = full_collections.postponed(), full_collections.postponed()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
