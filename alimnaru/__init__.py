"""Alimnaru: a public office tells its residents, once, for certain."""
