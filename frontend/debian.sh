#!/usr/bin/env bash
# Installs Debian packages where that can be done without asking anybody. Where it cannot, it says
# what will be missing, and succeeds: what needs them is skipped or refused with a sentence.
#
#   debian.sh "what is missing without them" package...
set -euo pipefail

missing=$1
shift
as_root=()
if ! command -v apt-get >/dev/null; then
	echo "No apt-get here: $missing. Install by hand what Debian calls: $*" >&2
	exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		echo "No right to install here: $missing. To have it: apt-get install $*" >&2
		exit 0
	fi
	as_root=(sudo -n)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	"$@" >/dev/null
