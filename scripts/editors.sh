#!/usr/bin/env bash
# Runs test/editors: endpoint files and documents in the language services of real editors, with the settings that
# `penstock schema --install` writes. Needs Node.js 20 and npm; where apt-get can install them, it does.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v npm >/dev/null || {
	echo 'editors: npm is missing, installing nodejs and npm' >&2
	sudo=""
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get -qq update && $sudo apt-get -qq install -y nodejs npm >&2
}
here=.cache/editors
rm -rf "$here/project"
mkdir -p "$here/project"
cp test/editors/package.json test/editors/*.mjs "$here/"
(cd "$here" && npm install --no-audit --no-fund --no-package-lock --silent)
node "$here/check.mjs" schema specs/*.endpoint.json

go build -o "$here/penstock" ./cmd/penstock
(cd "$here/project" && ../penstock schema --install >/dev/null)
official=$(find generator -name asyncapi-3.1.0.json.gz)
node "$here/documents.mjs" "$here/project" "$official" specs/*.yaml cmd/penstock/internal/project/template/specs/*.tmpl
