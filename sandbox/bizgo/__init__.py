"""Infobank Bizgo's protocol."""
