"""Which version this is. A module of its own: reading it takes milliseconds that no help needs."""

from importlib.metadata import version

VERSION = version("alimnaru")
