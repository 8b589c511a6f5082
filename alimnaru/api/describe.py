"""Print the OpenAPI document: `python -m alimnaru.api.describe > docs/reference/openapi.json`."""

from __future__ import annotations

import json
import os
import sys


def document() -> str:
    """The document as it is checked in. Needs Django set up; no database."""
    from alimnaru.api.app import api  # noqa: PLC0415 - Django first

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write it to standard output."""
    import django  # noqa: PLC0415 - only as a command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alimnaru.settings")
    django.setup()
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
