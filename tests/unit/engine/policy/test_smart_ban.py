from shoal.engine.policy.smart_ban import MAX_PIECES, MAX_RECORDS, MAX_SUSPECTS_PER_BLOCK, SmartBan

GOOD = [b"good-0", b"good-1", b"good-2"]


def test_a_bad_piece_from_one_peer_alone_is_its_fault_at_once() -> None:
    assert SmartBan().piece_failed(4, [(0, b"x", "mallory"), (1, b"y", "mallory")]) == {"mallory"}


def test_comparison_with_the_good_piece_finds_the_guilty_and_spares_the_honest() -> None:
    bans = SmartBan()
    assert bans.piece_failed(7, [(0, GOOD[0], "alice"), (1, b"bad", "mallory"), (2, GOOD[2], "bob")]) == frozenset()
    assert bans.has_suspects(7)
    assert bans.piece_passed(7, GOOD) == {"mallory"}
    assert not bans.has_suspects(7)
    assert bans.piece_passed(7, GOOD) == frozenset()


def test_several_failures_of_one_piece_are_all_remembered() -> None:
    bans = SmartBan()
    bans.piece_failed(1, [(0, b"bad", "m1"), (1, GOOD[1], "alice")])
    bans.piece_failed(1, [(0, GOOD[0], "bob"), (1, b"bad", "m2")])
    assert bans.piece_passed(1, GOOD) == {"m1", "m2"}


def test_a_peer_with_one_good_and_one_bad_block_is_guilty() -> None:
    bans = SmartBan()
    bans.piece_failed(1, [(0, GOOD[0], "m"), (1, b"bad", "m"), (2, GOOD[2], "a")])
    assert bans.piece_passed(1, GOOD) == {"m"}


def test_pieces_are_kept_apart_and_unknown_blocks_ignored() -> None:
    bans = SmartBan()
    bans.piece_failed(1, [(0, b"bad", "m"), (99, b"bad", "x"), (-1, b"bad", "y")])
    bans.piece_failed(2, [(0, b"other", "n"), (1, GOOD[1], "a")])
    assert bans.piece_passed(1, GOOD) == {"m"}
    assert bans.has_suspects(2)


def test_memory_for_pieces_is_bounded_and_the_oldest_goes_first() -> None:
    bans = SmartBan()
    for index in range(MAX_PIECES + 1):
        bans.piece_failed(index, [(0, b"bad", "m"), (1, GOOD[1], "a")])
    assert not bans.has_suspects(0)
    assert bans.has_suspects(1)
    assert bans.has_suspects(MAX_PIECES)
    assert bans.record_count == 2 * MAX_PIECES


def test_memory_for_blocks_is_bounded_in_one_piece_and_in_all() -> None:
    bans = SmartBan()
    for turn in range(MAX_SUSPECTS_PER_BLOCK + 5):
        bans.piece_failed(0, [(0, bytes([turn]), f"m{turn}"), (1, GOOD[1], "a")])
    assert bans.record_count == MAX_SUSPECTS_PER_BLOCK + 1
    wide = [(block, b"bad", f"m{block % 2}") for block in range(MAX_RECORDS // 2 + 1)]
    bans.piece_failed(1, wide)
    bans.piece_failed(2, wide)
    assert bans.record_count <= MAX_RECORDS
    assert bans.has_suspects(2)


def test_a_piece_beyond_all_bounds_is_not_remembered() -> None:
    bans = SmartBan()
    bans.piece_failed(1, [(block, b"bad", f"m{block % 2}") for block in range(MAX_RECORDS + 1)])
    assert bans.record_count == 0


def test_forget_drops_one_piece() -> None:
    bans = SmartBan()
    bans.piece_failed(1, [(0, b"bad", "m"), (1, GOOD[1], "a")])
    bans.forget(1)
    bans.forget(1)
    assert bans.record_count == 0
    assert bans.piece_passed(1, GOOD) == frozenset()
