"""Jobs that are acts of people, done beside their request (`flow.tasks` has the stages' own)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from alimnaru.flow.jobs import JobName
from alimnaru.office import month_work as works


@app.task(name=f"alimnaru.{JobName.MONTH_WORK}")
def month_work(key: int) -> None:
    works.run(key)
