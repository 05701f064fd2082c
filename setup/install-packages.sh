#!/bin/sh
# install-packages.sh GROUP... : installs the Debian packages of the groups that are missing. Nothing is asked
# of apt when none is.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if ! command -v dpkg-query >/dev/null; then
    echo "tare: set-up knows Debian and Ubuntu; this host has no dpkg" >&2
    echo "next: install what $here/packages.txt lists, then run: make setup PACKAGES=skip" >&2
    exit 1
fi

wanted=''
for group in "$@"; do
    wanted="$wanted $(awk -v group="$group" '$1 == group { print $2 }' "$here/packages.txt")"
done

missing=''
for package in $wanted; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

# Ubuntu's chromium is a stub that fetches a snap, which needs snapd; any Chromium or Chrome on PATH will do.
if [ "$(. /etc/os-release && echo "$ID")" = ubuntu ]; then
    case $missing in *' chromium'*)
        missing=$(echo "$missing" | sed 's/ chromium//')
        { command -v google-chrome || command -v chromium || command -v chromium-browser; } >/dev/null ||
            echo 'set-up: no Chromium on PATH: the browser tests will be skipped; install one with: snap install chromium' >&2
        [ -n "$missing" ] || exit 0 ;;
    esac
fi

as_root=''
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "tare: these packages are missing, and this user can neither install them nor use sudo:$missing" >&2
        echo "next: as root, run: apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root='sudo'
fi

echo "set-up: installing Debian packages:$missing"
started=$(date +%s)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
       $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends $missing; } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo 'tare: apt-get could not install them; its last words are above' >&2
    echo "next: mend it, or by hand: apt-get update && apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "set-up: installed in $(($(date +%s) - started)) s"
