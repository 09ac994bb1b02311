"""Piece and block arithmetic, with the short last piece and the short last block."""

from __future__ import annotations

import pytest

from shoal.metainfo.pieces import BLOCK_LENGTH, PieceGeometry


def test_even_torrent() -> None:
    geometry = PieceGeometry(4 * BLOCK_LENGTH, 2 * BLOCK_LENGTH)
    assert (geometry.piece_count, geometry.last_piece) == (2, 1)
    assert [geometry.piece_size(piece) for piece in range(2)] == [2 * BLOCK_LENGTH] * 2
    assert [geometry.block_count(piece) for piece in range(2)] == [2, 2]
    assert geometry.piece_offset(1) == 2 * BLOCK_LENGTH


def test_short_last_piece_and_block() -> None:
    geometry = PieceGeometry(2 * BLOCK_LENGTH + BLOCK_LENGTH + 1, 2 * BLOCK_LENGTH)
    assert geometry.last_piece_size == BLOCK_LENGTH + 1
    assert geometry.block_count(1) == 2
    assert [geometry.block_size(1, block) for block in range(2)] == [BLOCK_LENGTH, 1]


def test_piece_that_is_no_multiple_of_a_block() -> None:
    geometry = PieceGeometry(100, 30)
    assert geometry.piece_count == 4
    assert [geometry.piece_size(piece) for piece in range(4)] == [30, 30, 30, 10]
    assert geometry.block_size(0, 0) == 30
    assert PieceGeometry(100_000, 20_000).block_size(0, 1) == 20_000 - BLOCK_LENGTH


@pytest.mark.parametrize("piece", [-1, 2])
def test_piece_out_of_range(piece: int) -> None:
    geometry = PieceGeometry(2, 1)
    with pytest.raises(IndexError):
        geometry.piece_size(piece)
    with pytest.raises(IndexError):
        geometry.block_count(piece)


@pytest.mark.parametrize("block", [-1, 1])
def test_block_out_of_range(block: int) -> None:
    with pytest.raises(IndexError):
        PieceGeometry(BLOCK_LENGTH, BLOCK_LENGTH).block_size(0, block)


@pytest.mark.parametrize(("total", "piece_length"), [(0, 1), (1, 0), (-1, 1)])
def test_nothing_has_no_pieces(total: int, piece_length: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        PieceGeometry(total, piece_length)
