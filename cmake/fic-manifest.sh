#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles and checks a system manifest: fic-manifest.sh FIC FILE.sys INTERFACE_DIR OUT
set -eu
fic=$1 file=$2 interfaces=$3 out=$4
"$fic" manifest -I "$interfaces" -o "$out" "$file"
