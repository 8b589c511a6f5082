"""The web process where a new version takes over without a refused connection.

`ALIMNARU_CODE` is a link to the checkout of the version that runs (/srv/alimnaru/current). Point it
to the next one and send SIGHUP: the master keeps its port, new workers read the new code, and the
old ones answer what they have begun. See docs/how-to/upgrade.md.

Not part of the package on purpose: what the master has imported its workers would never read anew.
"""

import os
import sys

bind = os.environ.get("ALIMNARU_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 75
graceful_timeout = 30
loglevel = "warning"
wsgi_app = "alimnaru.wsgi:application"


def post_fork(server, worker):
    """Read the code where the link leads now, and to the end: it may lead elsewhere in a moment."""
    code = os.environ.get("ALIMNARU_CODE", "")
    if code:
        sys.path.insert(0, os.path.realpath(code))
