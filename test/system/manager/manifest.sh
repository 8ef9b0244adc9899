#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# manifest.sh BOARD.sys OUT.sys: the board's manifest and the components deaf and prober.
set -eu
cat "$1" - > "$2" << 'END'

component deaf { binary "servers/deaf"; priority 8; memory 1MiB; threads 1;
    offers timer: futura.timer/1.Timer max 8;
    restart never; }

component prober { binary "servers/prober"; priority 8; memory 14MiB; threads 1;
    uses deaf: futura.timer/1.Timer from deaf.timer slots 2;
    uses root: futura.fs/1.Directory from vfs.root slots 2;
    uses timer: futura.timer/1.Timer from timer.timer slots 2;
    restart never; }
END
