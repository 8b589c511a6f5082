"""Placeholder while the piece is built."""


def apply_rule(batch: int) -> None:
    raise NotImplementedError
