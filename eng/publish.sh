#!/usr/bin/env bash
# Publishes the program so that the same sources give the same bytes, wherever they lie: eng/publish.sh OUT [COMMIT DATE]
# Without Git beside the sources, say of which commit they are and when it was made, as 'Wed, 25 Nov 2026 12:00:00 GMT'.
set -euo pipefail
here="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
out="$(realpath -m "${1:?where to?}")"
commit="${2:-$(git -C "$here" rev-parse HEAD)}"
date="${3:-$(TZ=UTC LC_ALL=C git -C "$here" log -1 --format=%cd --date=format-local:'%a, %d %b %Y %H:%M:%S GMT')}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

cd "$here"
dotnet publish src/Host -c Release -o "$out" --nologo -v quiet \
    -p:ContinuousIntegrationBuild=true -p:SourceRevisionId="$commit" -p:UseSharedCompilation=false
# Browsers are told when a file was last changed, which is when it was built; here it is when its sources were.
sed -i 's/\("Name":"Last-Modified","Value":"\)[^"]*/\1'"$date"'/g' "$out/muster.staticwebassets.endpoints.json"
