#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# manifest.sh BOARD.sys OUT.sys: the board's manifest, but programs of the shell may kill components.
set -eu
sed -E '/^component shell /,/}/s/^    restart always/    uses kill: futura.capmgr\/1.Info from capmgr.info;\n    restart always/' "$1" > "$2"
grep -q 'uses kill' "$2"
