"""Where an installation keeps its database, keys and logs."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_dir

#: A folder of this name where a command is run is the installation that is meant, as with git.
LOCAL = ".alimnaru"


def home() -> Path:
    """`ALIMNARU_HOME`, else a `.alimnaru` in the current folder (`make` puts it into the checkout),
    else a folder of the user's; root's PostgreSQL runs as another user, who must be able to reach
    it, so root keeps it under /var/lib."""
    raw = os.environ.get("ALIMNARU_HOME", "").strip()
    if raw:
        return Path(raw).expanduser().resolve()
    local = Path.cwd() / LOCAL
    if local.is_dir():
        return local
    return Path("/var/lib/alimnaru") if os.geteuid() == 0 else Path(user_data_dir("alimnaru"))
