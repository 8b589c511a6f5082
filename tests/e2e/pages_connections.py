"""Looks at keys of other programs, webhooks and connected systems."""

from __future__ import annotations

from tests.e2e.acts import fill, first, opened, press
from tests.e2e.look import EMPTY, ERROR, FULL, Look, of

CONNECTIONS = (
    Look("connections", "manager"),
    Look("connections", "system", note="over", query="?over=1", states=(FULL, EMPTY)),
    Look("key-new", "manager", states=(FULL,)),
    Look("key-new", "manager", states=(ERROR,), act=press("키 발급", "form")),
    Look("key", "manager", args=of("key", "pk"), states=(FULL, ERROR)),
    Look("key", "manager", note="waits", args=of("key_waits", "pk"), states=(FULL,)),
    Look("key", "system", note="own", args=of("key_waits", "pk"), states=(FULL,)),
    Look("key", "manager", note="over", args=of("key_over", "pk"), states=(FULL,)),
    Look(
        "key",
        "manager",
        note="shown",
        start="key-new",
        states=(FULL,),
        act=first(fill("이름", "공연 예매", "키 발급")),
    ),
    Look(
        "key",
        "manager",
        note="wider",
        args=of("key", "pk"),
        states=(ERROR,),
        act=opened("바꾸기", fill("하루 한도(메시지 수)", "200000", "한도와 허용 주소 저장")),
    ),
    Look("webhooks", "manager"),
    Look("webhook-new", "manager", states=(FULL,)),
    Look("webhook-new", "manager", states=(ERROR,), act=press("웹훅 등록", "form")),
    Look("webhook", "manager", args=of("webhook", "pk"), states=(FULL, ERROR)),
    Look(
        "webhook",
        "manager",
        note="failed",
        args=of("webhook", "pk"),
        query="?state=failed",
        states=(FULL,),
    ),
    Look("systems", "manager"),
    Look("system", "manager", args=of("source_agent", "pk"), states=(FULL, ERROR)),
    Look("system", "manager", note="table", args=of("source_table", "pk"), states=(FULL,)),
    Look("system", "manager", note="folder", args=of("source_folder", "pk"), states=(FULL,)),
)
