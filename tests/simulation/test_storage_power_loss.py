"""Power goes at any call: pieces that were saved as verified are there at the next start, torn writes or not."""

from __future__ import annotations

import errno
import random

import pytest
from tests.simulation.test_storage_faults import MORE, SOME, Story, count_calls, make_story_scene
from tests.support.faulty_files import PowerLossFiles
from tests.unit.engine.storage.storage_scene import NORMAL

from shoal.engine.storage.errors import StorageError

ALL = (NORMAL,) * 7


@pytest.mark.parametrize(("is_torn", "keeps_metadata"), [(False, False), (False, True), (True, True)])
def test_what_was_synced_before_it_was_claimed_survives_a_power_loss(is_torn: bool, keeps_metadata: bool) -> None:
    rng = random.Random(20_26)
    for number in range(1, count_calls() + 1):
        memory = PowerLossFiles()
        story = Story(number, errno.EIO, memory)
        saved: set[int] = set()
        try:
            for step in story.steps():
                step()
                if step == story.disk.sync:
                    saved = set(story.claimed)
        except StorageError:
            pass
        # The new priorities may have been saved, or may not.
        for priorities in (story.priorities, MORE if story.priorities == SOME else ALL):
            after = memory.crash(rng if is_torn else None, keeps_metadata=keeps_metadata)
            disk = make_story_scene(after).disk(priorities)
            disk.prepare()
            for index in saved:
                assert story.scene.read_piece(disk, index) == story.scene.piece(index), (number, priorities, index)
