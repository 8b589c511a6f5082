"""Naver Cloud SENS: Alimtalk v2 and SMS v2 behind an API gateway."""
