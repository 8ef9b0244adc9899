#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# manifest.sh BOARD.sys OUT.sys: the board's manifest with endless restarts and the component chaos.
set -eu
sed -E '/^component (uart|timer|console|ramfs|devfs|procfs|vfs|loader) /s/threads 1;/threads 1; restart always max 4000 in 10s backoff 0ms;/' "$1" > "$2"
cat >> "$2" << 'END'

component chaos { binary "servers/chaos"; priority 8; memory 1MiB; threads 1;
    uses kill: futura.capmgr/1.Info from capmgr.info;
    uses fs: futura.fs/1.Directory from vfs.root;
    restart never; }
END
