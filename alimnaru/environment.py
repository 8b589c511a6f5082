"""What the environment holds as typed values: an odd one stops the process and says its name.

Every reader raises `ImproperlyConfigured`, whose text holds no secret.
"""

from __future__ import annotations

import base64
import os
import secrets
import shlex
import subprocess

from django.core.exceptions import ImproperlyConfigured

from alimnaru.home import home


def text(name: str, default: str = "") -> str:
    """A value without the space around it."""
    return os.environ.get(name, default).strip()


def number(name: str, default: float, *, low: float, high: float) -> float:
    """A number within its bounds."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {raw!r}") from None
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} must lie between {low:g} and {high:g}, not {value:g}")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Yes or no."""
    raw = text(name).lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    if raw:
        raise ImproperlyConfigured(f"{name} must be true or false, not {raw!r}")
    return default


def decoded(name: str, raw: str) -> bytes:
    """The 32 bytes of a key in base64; `name` is where it stood."""
    try:
        found = base64.b64decode(raw, validate=True)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not base64") from None
    if len(found) != 32:
        raise ImproperlyConfigured(f"{name} must hold 32 bytes, not {len(found)}")
    return found


def _told(command: str) -> str:
    """What a program of the office's says: the way to a key in an HSM or a KMS."""
    try:
        # Its words are split as a shell would, and no shell reads them.
        said = subprocess.run(  # noqa: S603
            shlex.split(command), capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        # Neither its output nor its arguments: both may hold the key.
        raise ImproperlyConfigured(f"ALIMNARU_KEY_COMMAND failed: {type(error).__name__}") from None
    return said.stdout.strip()


def key(name: str, filename: str, command: str = "") -> bytes:
    """A 32-byte key from the environment, else from a command, else from a 0600 file made at
    first start."""
    raw = text(name) or (_told(command) if command else "")
    if raw:
        return decoded(name, raw)
    path = home() / filename
    try:
        # O_EXCL: two first starts at once must not each believe in a key of their own.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise ImproperlyConfigured(f"{path} is readable by others: chmod 600 it") from None
        return base64.b64decode(path.read_bytes())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return key(name, filename)
    made = secrets.token_bytes(32)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(made))
    return made
