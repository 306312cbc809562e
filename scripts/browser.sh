#!/usr/bin/env bash
# Runs test/browser: the gateway of `make run` in Chromium, and docs/authentication.md. Needs Node.js 20, npm and Chromium; where apt-get can
# install them, it does. CHROMIUM names another browser binary.
set -euo pipefail
cd "$(dirname "$0")/.."

need() {
	command -v "$1" >/dev/null && return
	echo "browser: $1 is missing, installing $2" >&2
	local sudo=""
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y $2 >&2
}
need npm "nodejs npm"
[ -n "${CHROMIUM:-}" ] || need chromium chromium
mkdir -p .cache/browser
cp test/browser/package.json test/browser/*.mjs .cache/browser/
(cd .cache/browser && npm install --no-audit --no-fund --no-package-lock --silent)
go run ./test/readme -start 'make run' -ready 'Ready' test/browser/README.md
PENSTOCK_TEST_BROWSER="$PWD/.cache/browser" go test -count=1 -timeout 300s ./test/browser
