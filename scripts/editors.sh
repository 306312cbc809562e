#!/usr/bin/env bash
# Runs test/editors: endpoint files in the language services of real editors. Needs Node.js 20 and npm;
# where apt-get can install them, it does.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v npm >/dev/null || {
	echo 'editors: npm is missing, installing nodejs and npm' >&2
	sudo=""
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get -qq update && $sudo apt-get -qq install -y nodejs npm >&2
}
mkdir -p .cache/editors
cp test/editors/package.json test/editors/check.mjs .cache/editors/
(cd .cache/editors && npm install --no-audit --no-fund --no-package-lock --silent)
node .cache/editors/check.mjs schema specs/*.endpoint.json
