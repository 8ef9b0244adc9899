#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Generates the C stubs of one interface file: fic-stubs.sh FIC FILE.fi INTERFACE_DIR OUT_DIR
# Images go to OUT_DIR/images/LIB/, so that those of two libraries never mix.
set -eu
fic=$1 file=$2 interfaces=$3 out=$4
lib=$(basename "$file" .fi)
rm -rf "$out/images/$lib"
mkdir -p "$out/images/$lib"
"$fic" compile -I "$interfaces" -o "$out/images/$lib" "$file"
"$fic" gen-c -o "$out" "$out/images/$lib"/*.cbor
