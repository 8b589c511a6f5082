"""Makes an office ready in its own process: `python -m tests.stories.setting_up CREDENTIALS PORT`.

CREDENTIALS is what the sandbox printed about itself. Prints `{"key"}`: a sandbox key of the API.
"""

from __future__ import annotations

import json
import sys

from alimnaru.ops.boot import boot


def main(credentials: str, web_port: str) -> None:
    boot(migrate=True)
    from alimnaru.ops.bench_api import _key
    from alimnaru.ops.sandbox_account import open_account

    open_account(json.loads(credentials), web_port=int(web_port))
    sys.stdout.write(json.dumps({"key": _key()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
