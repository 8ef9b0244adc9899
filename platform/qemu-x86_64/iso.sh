#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# iso.sh NUCLEUS ARCHIVE OUT.iso [OPTIONS]: a disc that starts Futura through GRUB, by BIOS and by UEFI, from CD or from a
# stick. OPTIONS are boot options. The bytes depend on nothing but the arguments' contents and GRUB's own files.
set -eu
nucleus=$1 archive=$2 out=$3 options=${4:-}
grub=${FUTURA_GRUB:-/usr/lib/grub}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Times and numbers that the tools would take from the clock: libisofs and mtools know the first, xorriso needs the rest.
export SOURCE_DATE_EPOCH=0 TZ=UTC0 LC_ALL=C MTOOLS_SKIP_CHECK=1

mkdir -p "$work/disc/boot/grub"
cp "$nucleus" "$work/disc/boot/futura.elf"
cp "$archive" "$work/disc/boot/boot.cpio"
cat > "$work/disc/boot/grub/grub.cfg" << END
# A key stops the clock; e edits the entry, whose first line takes boot options.
set timeout=1
menuentry "Futura" {
    multiboot2 /boot/futura.elf $options
    module2 /boot/boot.cpio
}
END
# What GRUB does before it has found the disc: it says on both consoles what goes wrong.
cat > "$work/first.cfg" << 'END'
serial --unit=0 --speed=115200
terminal_input --append serial
terminal_output --append serial
search --no-floppy --set=root --file /boot/futura.elf
set prefix=($root)/boot/grub
configfile $prefix/grub.cfg
END

modules="configfile normal search search_fs_file iso9660 multiboot2 serial terminal minicmd part_gpt part_msdos fat"
grub-mkimage -d "$grub/i386-pc" -O i386-pc-eltorito -p /boot/grub -c "$work/first.cfg" -o "$work/disc/boot/grub/bios.img" \
    $modules biosdisk
grub-mkimage -d "$grub/x86_64-efi" -O x86_64-efi -p /boot/grub -c "$work/first.cfg" -o "$work/bootx64.efi" $modules
efi=$work/disc/boot/grub/efi.img
blocks=$((($(wc -c < "$work/bootx64.efi") + 65536) / 1024 / 32 * 32 + 64))
dd if=/dev/zero of="$efi" bs=1024 count="$blocks" 2> "$work/log"
mformat -i "$efi" -T $((blocks * 2)) -h 2 -s 32 -N 46555455 -v FUTURA ::
mmd -i "$efi" ::/EFI ::/EFI/BOOT
mcopy -i "$efi" "$work/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI

find "$work/disc" -exec touch -d @0 {} +
xorriso -as mkisofs -quiet -o "$out" -V FUTURA -R -J -uid 0 -gid 0 --modification-date=1970010100000000 \
    -b boot/grub/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info \
    --grub2-mbr "$grub/i386-pc/boot_hybrid.img" \
    -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -append_partition 2 0xef "$efi" \
    "$work/disc" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
