#!/usr/bin/env bash
# Installs Debian's MariaDB for the tests that read another system's tables, where that can be done
# without asking anybody. Where it cannot, those tests read SQLite files instead and say so.
#
# `mariadb-server-core` is the program alone: no service, no account and no database of the machine's
# come with it, as they would with `mariadb-server`.
set -euo pipefail

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		echo "No MariaDB here, and no right to install it: tests will read SQLite files instead." >&2
		echo "Install it (apt-get install mariadb-server-core) to run them as they are meant." >&2
		exit 0
	fi
	as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
	echo "No MariaDB here, and no apt-get: tests will read SQLite files instead." >&2
	exit 0
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	mariadb-server-core mariadb-client-core >/dev/null
