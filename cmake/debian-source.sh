#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches one file of a Debian source package: debian-source.sh PACKAGE VERSION FILE SHA256
# Prints the file's path in the cache; fetches nothing if it is there already.
#
# Uses the mirrors that this machine's apt already uses, as deb-src lines of a private apt state, so
# that neither root nor a change of the machine's configuration is needed.
set -eu
package=$1 version=$2 file=$3 sha256=$4
cache=${FUTURA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/futura}
target=$cache/src/$file

say() { echo "$package: $*" >&2; }
die() { say "$*"; exit 1; }

# From one-line and deb822 sources, the Debian suites of this release, as deb-src lines.
sources_print() {
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null | awk -v name="$codename" '
        $1 == "deb" {
            line = $0
            options = ""
            if (match(line, /\[[^]]*\]/)) {
                options = substr(line, RSTART, RLENGTH) " "
                sub(/\[[^]]*\] */, "", line)
            }
            n = split(line, w, " ")
            if (w[3] == name || index(w[3], name "-") == 1)
                for (i = 4; i <= n; i++) if (w[i] == "main") print "deb-src " options w[2] " " w[3] " main"
        }'
    for sources in /etc/apt/sources.list.d/*.sources; do
        [ -f "$sources" ] || continue
        awk -v name="$codename" '
            function stanza(    i, j, nu, ns, u, s, options) {
                options = key ~ /^\// ? "[signed-by=" key "] " : ""
                nu = split(uris, u, " ")
                ns = split(suites, s, " ")
                if (types ~ /deb/ && enabled != "no" && (" " components " ") ~ / main /)
                    for (i = 1; i <= nu; i++) for (j = 1; j <= ns; j++)
                        if (s[j] == name || index(s[j], name "-") == 1)
                            print "deb-src " options u[i] " " s[j] " main"
                types = uris = suites = components = key = enabled = ""
            }
            /^#/ { next }
            /^[ \t]*$/ { stanza(); next }
            {
                value = $0
                sub(/^[^:]*:[ \t]*/, "", value)
            }
            /^Types:/ { types = value }
            /^URIs:/ { uris = value }
            /^Suites:/ { suites = value }
            /^Components:/ { components = value }
            /^Signed-By:/ { key = value }
            /^Enabled:/ { enabled = value }
            END { stanza() }' "$sources"
    done
}

fetch() {
    apt=$cache/apt-src
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/sources.d" "$cache/src"
    sources_print | sort -u > "$apt/sources.list"
    [ -s "$apt/sources.list" ] || die "apt's configuration names no Debian mirror of this release"
    set -- -q -o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" \
        -o Dir::State::status=/var/lib/dpkg/status -o Dir::Etc::sourcelist="$apt/sources.list" \
        -o Dir::Etc::sourceparts="$apt/sources.d" -o APT::Sandbox::User=
    say "fetching the source package, version $version"
    apt-get "$@" update > "$apt/log" 2>&1 || {
        grep -E '^(E|W|Err)' "$apt/log" >&2 || :
        die "apt-get update failed: is the network up? log: $apt/log"
    }
    (cd "$cache/src" && apt-get "$@" source --download-only --only-source "$package=$version") >> "$apt/log" 2>&1 || {
        tail -n 5 "$apt/log" >&2
        die "the source package of version $version cannot be fetched; log: $apt/log"
    }
    rm -rf "$apt/state" "$apt/cache"
}

[ -f "$target" ] || fetch
echo "$sha256  $target" | sha256sum --check --status ||
    die "$target has the wrong SHA-256 (expected $sha256); delete it and try again"
echo "$target"
