#!/usr/bin/env bash
# Writes what the program is made of, as a CycloneDX bill of materials: eng/sbom.sh [FILE], default muster.cdx.json.
# Packages of tests and of the build alone are not in it.
set -euo pipefail
here="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
file="$(realpath -m "${1:-muster.cdx.json}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

cd "$here"
version="$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)"
dotnet tool restore >/dev/null
dotnet restore src/Host --locked-mode -v quiet --nologo
dotnet dotnet-CycloneDX src/Host/Host.csproj --output "$(dirname "$file")" --filename "$(basename "$file")" --output-format Json \
    --exclude-dev --disable-package-restore --set-name muster --set-version "$version" --set-type Application >/dev/null
echo "$file"
