"""Infobank Bizgo (비즈고): the OMNI communication API."""
