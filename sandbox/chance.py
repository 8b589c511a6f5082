"""Chance that comes out the same every time."""

from __future__ import annotations

from zlib import crc32

_ALL = 0xFFFFFFFF


def share(key: bytes, seed: int) -> float:
    """A number from 0 up to 1 that `key` and `seed` alone decide."""
    mixed = crc32(key, seed)
    # CRC is linear: keys that differ in a digit would land side by side without this.
    mixed = (mixed ^ (mixed >> 16)) * 0x45D9F3B & _ALL
    mixed = (mixed ^ (mixed >> 16)) * 0x45D9F3B & _ALL
    return (mixed ^ (mixed >> 16)) / 4294967296.0
