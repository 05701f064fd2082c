#!/bin/sh
# npm-packages.sh : installs the npm packages of the lock file, unless they are there.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
PATH="$root/.tools/bin:$PATH"
stamp=node_modules/.tare-installed
wanted=$(cat package-lock.json package.json | sha256sum | cut -d' ' -f1)-$(node -p 'process.versions.modules')
[ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && exit 0

# canvas is built from source where its prebuilt cannot be fetched, and needs the headers of Node: those at
# hand, so that nothing else has to be fetched.
for prefix in "$root/.tools/node" "$(node -p 'path.dirname(path.dirname(process.execPath))')" /usr; do
    if [ -f "$prefix/include/node/node_api.h" ]; then npm_config_nodedir=$prefix; export npm_config_nodedir; break; fi
done
echo 'set-up: installing npm packages (half a minute; canvas may be compiled)'
started=$(date +%s)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! npm ci --no-audit --no-fund </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo 'tare: npm could not install the packages; its last words are above' >&2
    echo 'next: mend it, then try again; by hand: npm ci' >&2
    exit 1
fi
# So that `npx tare` finds it in the checkout.
ln -sf ../../cli/tare node_modules/.bin/tare
echo "$wanted" >"$stamp"
echo "set-up: installed in $(($(date +%s) - started)) s"
