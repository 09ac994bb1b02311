"""Whatever the state, the picker offers only what may be asked for, and the best of it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import RANDOM_FIRST_PIECES, Picker
from shoal.metainfo.priorities import FilePriority

COUNT = 48
SETS = st.integers(0, (1 << COUNT) - 1)
LEVELS = [FilePriority.LOW, FilePriority.NORMAL, FilePriority.HIGH]


@given(
    peers=st.lists(SETS, max_size=6),
    levels=st.lists(st.sampled_from([FilePriority.SKIP, *LEVELS]), min_size=COUNT, max_size=COUNT),
    have=SETS,
    being_fetched=SETS,
    edges=st.one_of(st.just(0), SETS),
    sequential=st.booleans(),
    peer=SETS,
    seed=st.integers(0, 1000),
)
def test_the_pick_is_allowed_and_best(
    *,
    peers: list[int],
    levels: list[FilePriority],
    have: int,
    being_fetched: int,
    edges: int,
    sequential: bool,
    peer: int,
    seed: int,
) -> None:
    availability = Availability(COUNT)
    for bits in [*peers, peer]:
        availability.add(bits)
    picker = Picker(availability)
    picker.have, picker.open = have, being_fetched
    masks = {level: sum(1 << i for i, at in enumerate(levels) if at is level) for level in FilePriority}
    picker.set_wanted(masks, edges=edges, sequential=sequential)

    allowed = [
        index
        for index in range(COUNT)
        if levels[index] and peer >> index & 1 and not have >> index & 1 and not being_fetched >> index & 1
    ]
    picked = picker.next_piece(peer, random.Random(seed))

    if not allowed:
        assert picked is None
        return
    highest = max(levels[index] for index in allowed)
    best = [index for index in allowed if levels[index] == highest]
    best = [index for index in best if edges >> index & 1] or best
    if sequential:
        assert picked == best[0]
    elif have.bit_count() < RANDOM_FIRST_PIECES:
        assert picked in best
    else:
        fewest = min(availability.count(index) for index in best)
        assert picked in [index for index in best if availability.count(index) == fewest]
