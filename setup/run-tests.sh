#!/bin/sh
# run-tests.sh [AVA ARGUMENT...] : runs the tests and ends with the line `N passed, N failed, N skipped`.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
rm -f .test-summary
npx --no-install ava --tap "$@" </dev/null | node --import tsx setup/tap-summary.ts .test-summary
