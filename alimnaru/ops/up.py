"""`alimnaru up`: database, web, workers and sandbox in one command; Ctrl-C stops all of it."""

from __future__ import annotations

import json
import signal
import sys
import threading

from alimnaru.home import home
from alimnaru.ops.demo import MIX
from alimnaru.ops.example_people_screen import have_examples, say_how_to_sign_in
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack


def run(port: int | None, as_json: bool) -> int:
    """Run an office until SIGINT or SIGTERM."""
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    out = console(quiet=as_json)
    where = home()
    out.print("알림나루를 켜고 있습니다…")
    # Residents as they are: some have no KakaoTalk, some phones are off.
    sandbox = ["--journal", str(where / "sandbox.journal"), "--mix", json.dumps(MIX)]
    with Stack(where, web_port=port, sandbox_args=sandbox) as stack:
        have_examples()
        addresses = {
            "web": f"http://127.0.0.1:{stack.web_port}",
            "phones": stack.sandbox.phones if stack.sandbox else None,
            "home": str(where),
        }
        if as_json:
            sys.stdout.write(json.dumps(addresses) + "\n")
            sys.stdout.flush()
        out.print(f"  콘솔    {addresses['web']}")
        out.print(
            f"  전화기  {addresses['phones']}  (모의 통신사: 실제로는 아무에게도 가지 않습니다)"
        )
        out.print(f"  자료    {addresses['home']}")
        say_how_to_sign_in(out)
        out.print("끝내려면 Ctrl-C를 누르십시오.")
        stack.watch_until(done)
        out.print("모두 끄고 있습니다…")
    return 0
