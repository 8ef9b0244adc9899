#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Generates the C stubs of one interface file: fic-stubs.sh FIC FILE.fi INTERFACE_DIR OUT_DIR
# They must be able to replace what INTERFACE_DIR/history says was released.
# Images go to OUT_DIR/images/LIB/, so that those of two libraries never mix.
set -eu
fic=$1 file=$2 interfaces=$3 out=$4
lib=$(basename "$file" .fi)
images=$out/images/$lib
rm -rf "$images"
mkdir -p "$images"
"$fic" compile -I "$interfaces" -o "$images" "$file"
set --
for image in "$images"/*.cbor; do
    case $image in *.doc.cbor) ;; *) set -- "$@" "$image" ;; esac
done
exec "$fic" gen-c -H "$interfaces/history" -o "$out" "$@"
