#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./futura demo confine: boots the image confine and runs its script; status 1 when a step was not as it must be.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/futura" run --image confine -c 'fsh /demo/confine.fsh'
