#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# manifest.sh BOARD.sys OUT.sys: the board's manifest, and two components more: one to be attacked from, one that watches.
# No program of either needs more than it says here.
set -eu
cat "$1" - > "$2" << 'END'

component guest { binary "servers/guest"; priority 10; memory 2MiB; threads 1;
    uses fs: futura.fs/1.Directory from vfs.root;
    uses timer: futura.timer/1.Timer from timer.timer;
    restart always max 200 in 10s backoff 0ms; }

component witness { binary "servers/witness"; priority 10; memory 1MiB; threads 1;
    uses fs: futura.fs/1.Directory from vfs.root;
    uses timer: futura.timer/1.Timer from timer.timer;
    restart always max 5 in 10s backoff 100ms; }
END
