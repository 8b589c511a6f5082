#!/usr/bin/env bash
# Installs Debian's Chromium and a Korean font for the browser tests, where that can be done without
# asking anybody. Where it cannot, those tests are skipped and say so.
set -euo pipefail

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		echo "No Chromium here, and no right to install it: browser tests will be skipped." >&2
		echo "Install it (apt-get install chromium fonts-noto-cjk), or set CHROMIUM to its path." >&2
		exit 0
	fi
	as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
	echo "No Chromium here, and no apt-get: set CHROMIUM to a browser's path to run browser tests." >&2
	exit 0
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	chromium fonts-noto-cjk >/dev/null
