#!/bin/sh
# run-tests.sh [AVA ARGUMENT...] : runs the tests and ends with the line `N passed, N failed, N skipped`.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
rm -f .test-summary
# The status of ava goes down the stream too: a pipe keeps only that of its last command.
{ npx --no-install ava --tap "$@" </dev/null; echo "# exit status $?"; } | node --import tsx setup/tap-summary.ts .test-summary
