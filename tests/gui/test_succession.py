"""Something is selected after a removal, and what is brought back is selected again."""

from __future__ import annotations

import pytest
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.commands import RemoveTorrent, RestoreTorrent
from shoal.gui.application import Application

IDS = [letter * 40 for letter in "abcd"]
A, B, C, D = IDS


@pytest.fixture
def four(run: WindowRun) -> WindowRun:
    run.client = FakeClient({key: row(key, name=key[0], queue_position=at) for at, key in enumerate(IDS, 1)})
    return run


@pytest.mark.parametrize(
    ("removed", "then"), [([B], C), ([D], C), ([A, B], C), ([A, C], D), ([B, D], C), ([A, B, C], D)]
)
def test_a_neighbour_is_selected_when_all_that_was_selected_is_removed(
    four: WindowRun, removed: list[str], then: str
) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids(removed)
        for key in removed:
            await four.client.execute(RemoveTorrent(key))
        await until(lambda: window.model.total == len(IDS) - len(removed))
        assert window.list.selected_ids() == [then]

    four.play(story)


def test_what_stays_selected_is_left_as_it_is(four: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([B, C])
        await four.client.execute(RemoveTorrent(B))
        await until(lambda: window.model.total == 3)
        assert window.list.selected_ids() == [C]
        window.list.clearSelection()
        await four.client.execute(RemoveTorrent(C))
        await until(lambda: window.model.total == 2)
        assert window.list.selected_ids() == []

    four.play(story)


def test_what_undo_brings_back_is_selected(four: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, rows = application.window, [four.client.rows[A], four.client.rows[C]]
        window.list.select_ids([A, C])
        for key in (A, C):
            await four.client.execute(RemoveTorrent(key))
        await until(lambda: window.list.selected_ids() == [D])
        window.commands.removed(rows)
        window.undoing.undo()
        await until(lambda: four.client.commands[-2:] == [RestoreTorrent(A), RestoreTorrent(C)])
        four.client.push(rows[0])
        await until(lambda: window.list.selected_ids() == [A])
        four.client.push(rows[1])
        await until(lambda: len(window.list.selected_ids()) == 2)
        assert window.list.selected_ids() == [A, C]

    four.play(story)
