"""Print the OpenAPI document: `python -m alimnaru.api.describe > docs/reference/openapi.json`."""

from __future__ import annotations

import json
import os
import sys

from alimnaru.rules.api_problems import STATUS
from alimnaru.wording.api import FAULTS, PROBLEMS


def document() -> str:
    """The document as it is checked in. Needs Django set up; no database."""
    from alimnaru.api.app import api  # noqa: PLC0415 - Django first

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def codes() -> str:
    """The table of problems that `docs/reference/api.md` shows."""
    rows = [f"| `{c}` | {STATUS[c]} | {title} {do} |" for c, (title, do) in PROBLEMS.items()]
    return "\n".join(["| code | status | 뜻과 할 일 |", "|---|---|---|", *rows])


def faults() -> str:
    """The table of faults of a call, as above."""
    rows = [f"| `{code}` | {text} |" for code, text in FAULTS.items()]
    return "\n".join(["| code | 뜻 |", "|---|---|", *rows])


def main() -> None:
    """Write it to standard output."""
    import django  # noqa: PLC0415 - only as a command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alimnaru.settings")
    django.setup()
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
