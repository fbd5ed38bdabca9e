#!/usr/bin/env bash
# Publishes the last commit twice, from two folders, and compares what came out, byte by byte: eng/reproduce.sh
# Needs room for two checkouts and some minutes. Exit status 0: both are the same.
set -euo pipefail
here="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
export MSBUILDDISABLENODEREUSE=1
commit="$(git -C "$here" rev-parse HEAD)"
date="$(TZ=UTC LC_ALL=C git -C "$here" log -1 --format=%cd --date=format-local:'%a, %d %b %Y %H:%M:%S GMT')"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

publish() {
    mkdir -p "$1/source"
    git -C "$here" archive "$commit" | tar -x -C "$1/source"
    "$1/source/eng/publish.sh" "$1/out" "$commit" "$date"
    (cd "$1/out" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) >"$1/hashes"
}

publish "$work/one"
publish "$work/and/another"
if ! diff "$work/one/hashes" "$work/and/another/hashes"; then
    echo "The two differ in the files above." >&2
    exit 1
fi
echo "$(wc -l <"$work/one/hashes") files, the same both times: $(sha256sum "$work/one/hashes" | cut -d' ' -f1)"
