import itertools

import pytest

from shoal.api.snapshots import TorrentState
from shoal.engine.torrent.lifecycle import RUNNING, TRANSITIONS, Lifecycle

ALLOWED = {(state, after) for state, following in TRANSITIONS.items() for after in following}


def at(state: TorrentState) -> Lifecycle:
    lifecycle = Lifecycle()
    lifecycle.state = state
    return lifecycle


def test_a_torrent_begins_stopped() -> None:
    assert Lifecycle().state is TorrentState.STOPPED
    assert set(TRANSITIONS) == set(TorrentState)


@pytest.mark.parametrize(("state", "after"), list(itertools.product(TorrentState, TorrentState)))
def test_only_steps_of_the_table_are_taken(state: TorrentState, after: TorrentState) -> None:
    lifecycle = at(state)
    if state is after or (state, after) in ALLOWED:
        lifecycle.to(after)
        assert lifecycle.state is after
    else:
        with pytest.raises(ValueError, match=f"{state.value} to {after.value}"):
            lifecycle.to(after)
        assert lifecycle.state is state


def test_it_runs_with_peers_only_while_downloading_or_seeding() -> None:
    assert (
        {state for state in TorrentState if at(state).is_running}
        == {
            TorrentState.DOWNLOADING,
            TorrentState.SEEDING,
        }
        == set(RUNNING)
    )


def test_nothing_joins_the_swarm_without_its_files_made_ready() -> None:
    into = {before for before, after in ALLOWED if after in RUNNING}
    assert into == {TorrentState.ALLOCATING, *RUNNING}


@pytest.mark.parametrize("state", TorrentState)
def test_every_state_leads_back_to_stopped(state: TorrentState) -> None:
    reached, before = {state}, set[TorrentState]()
    while reached != before:
        before = set(reached)
        reached |= {after for step in before for after in TRANSITIONS[step]}
    assert TorrentState.STOPPED in reached
