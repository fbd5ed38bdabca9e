#!/usr/bin/env bash
# Builds everything and runs every test; ends with 'N passed, N failed, N skipped'.
# With MUSTER_TESTS_REQUIRE_ALL=1 a test that finds its tool missing fails instead of being skipped.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

results="$PWD/TestResults"

install_programs() {
    local missing=()
    command -v psql >/dev/null || missing+=(postgresql)
    command -v chromium >/dev/null || missing+=(chromium)
    [[ ${#missing[@]} -eq 0 ]] && return
    if [[ "$(id -u)" -eq 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    else
        echo "Not installed, and not installable here: ${missing[*]}. Tests that need them are skipped." >&2
    fi
}

install_node_packages() {
    local manifest
    command -v npm >/dev/null || return
    while IFS= read -r manifest; do
        local folder
        folder="$(dirname "$manifest")"
        [[ -d "$folder/node_modules" ]] || (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
    done < <(find tests -name package.json -not -path '*/node_modules/*' -not -path '*/bin/*' -not -path '*/obj/*')
}

# Adds up one counter of all result files.
count() {
    grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'
}

install_programs
install_node_packages
rm -rf "$results"
status=0
dotnet build Muster.slnx -c Release --nologo -v minimal -clp:Summary || status=1

if [[ $status -eq 0 ]]; then
    for project in tests/Unit tests/Conformance tests/EndToEnd; do
        dotnet test --project "$project" -c Release --no-build \
            --report-xunit-trx --report-xunit-trx-filename "$(basename "$project").trx" --results-directory "$results" || status=1
        # A run that ended without its results counts as failed, not as nothing.
        [[ -s "$results/$(basename "$project").trx" ]] || { echo "$project left no results" >&2; status=1; }
    done
fi

passed="$(count passed)"
failed="$(count failed)"
skipped="$(($(count total) - passed - failed))"
if [[ "$skipped" -gt 0 ]]; then
    echo "Skipped:"
    grep -ho '<UnitTestResult [^>]*outcome="NotExecuted"[^>]*' "$results"/*.trx | grep -o 'testName="[^"]*"' | cut -d'"' -f2 | sed 's/^/  /'
fi

if [[ $status -ne 0 && "$failed" -eq 0 ]]; then
    echo "The build or a test run failed; see above." >&2
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
