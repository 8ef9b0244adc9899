#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds musl once: musl.sh CPU GCC; prints the folder that holds include/ and lib/.
#
# The source is Debian's source package at a pinned version and digest. In the unpacked tree every
# system call is redirected to one function, __os_syscall(), which servers/lib/os provides. The result
# lives in ${FUTURA_CACHE:-${XDG_CACHE_HOME:-~/.cache}/futura}, in a folder named after everything
# that decides its content: compiler, this file, and the replaced files.
set -eu
cpu=$1 gcc=$2
version=1.2.3
orig=musl_${version}.orig.tar.gz
orig_sha256=7d5b0b6062521e4627e099e4c9dc8248d32a30285e959b7eecaa780cf8cfd4a4
here=$(cd "$(dirname "$0")" && pwd)
cache=${FUTURA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/futura}
rules=$(cat "$here/musl.sh" "$here/musl_os_syscall.h" "$here/musl_"*"_$cpu.S" \
    "$here/musl_vfprintf_integer.awk" | sha256sum | cut -c1-12)
compiler=$("$gcc" -dumpfullversion)
dest=$cache/musl-$version-$cpu-gcc$compiler-$rules

say() { echo "musl: $*" >&2; }
die() { say "$*"; exit 1; }

if [ -f "$dest/.complete" ]; then
    echo "$dest"
    exit 0
fi
mkdir -p "$cache" || die "cannot create the cache folder $cache; set FUTURA_CACHE to a writable one"
exec 9> "$cache/musl.lock"
flock 9
if [ -f "$dest/.complete" ]; then # another build made it while this one waited
    echo "$dest"
    exit 0
fi

tarball=$(sh "$here/debian-source.sh" musl "$version-1" "$orig" "$orig_sha256")

work=$cache/work-musl-$cpu
rm -rf "$work"
mkdir -p "$work"
tar -xzf "$tarball" -C "$work" --strip-components=1 --no-same-owner
cp "$here/musl_os_syscall.h" "$work/arch/$cpu/syscall_arch.h"
# memset.S uses vector registers, which servers have none of; the other files here are assembly with
# raw system calls. For all of them musl has portable C, but for syscall_cp, which is replaced.
(
    cd "$work/src"
    rm -f "string/$cpu"/memset.[sS] "thread/$cpu/clone.s" "thread/$cpu/__unmapself.s" \
        "process/$cpu/vfork.s" "signal/$cpu/restore.s" "thread/$cpu/syscall_cp.s"
    cp "$here/musl_syscall_cp_$cpu.S" "thread/$cpu/syscall_cp.S"
    if [ "$cpu" = x86_64 ]; then # a system call of Linux's where aarch64 has a register
        rm "thread/$cpu/__set_thread_area.s"
        cp "$here/musl_set_thread_area_$cpu.S" "thread/$cpu/__set_thread_area.S"
    fi
    ! grep -rlwE 'svc|syscall$' --include='*.[sS]' . | grep "/$cpu/" >&2 || die "raw system calls are left in the files above"
)

# Objects without floating point are compiled without vector registers, so that servers, whose
# threads own no vector state, can call them. What needs floating point says so by failing to
# compile that way (the maths, printf's and scanf's cores): only programs may call that. For servers there is a second
# core of printf without it.
cat > "$work/cc" << EOF
#!/bin/sh
case " \$* " in *" -c "*) ;; *) exec $gcc "\$@" ;; esac
$gcc "\$@" -mgeneral-regs-only 2> /dev/null || exec $gcc "\$@"
EOF
chmod +x "$work/cc"
flags="-O2 -g0 -fno-pie -ffunction-sections -fdata-sections -fno-stack-protector"
[ "$cpu" != aarch64 ] || flags="$flags -mno-outline-atomics"

say "building musl $version for $cpu (once, about a minute); log: $cache/musl-$cpu.log"
prefix=
[ "$cpu" = "$(uname -m)" ] || prefix=$(echo "$gcc" | sed 's/gcc$//')
(
    cd "$work"
    ./configure --target="$cpu" --prefix="$work/out" --syslibdir="$work/out/lib" --disable-shared \
        --disable-wrapper CC="$work/cc" CFLAGS="$flags" CROSS_COMPILE="$prefix"
    make -j2 AR="${prefix}ar" RANLIB="${prefix}ranlib"
    # lib/libc_integer.a: printf's core without floating point, linked before libc.a by servers.
    awk -f "$here/musl_vfprintf_integer.awk" src/stdio/vfprintf.c > src/stdio/vfprintf_integer.c
    make obj/src/stdio/vfprintf_integer.o CC="$work/cc"
    "${prefix}ar" rcD lib/libc_integer.a obj/src/stdio/vfprintf_integer.o
    make install AR="${prefix}ar" RANLIB="${prefix}ranlib"
) > "$cache/musl-$cpu.log" 2>&1 || {
    tail -n 20 "$cache/musl-$cpu.log" >&2
    die "the build failed; whole log: $cache/musl-$cpu.log"
}
cp "$work/lib/libc_integer.a" "$work/out/lib/"
cp "$work/COPYRIGHT" "$work/out/COPYRIGHT"
rm -rf "$dest"
mv "$work/out" "$dest"
: > "$dest/.complete"
rm -rf "$work"
echo "$dest"
