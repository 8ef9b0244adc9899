/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the nucleus lies. First what only boot needs, then what stays, then boot's zeroed data; both boot parts become
 * free frames. The windows are plain addresses. The loader puts the image where its physical addresses say, and enters
 * it through the note.
 */
#include "layout.h"

#define LOADED(section) ADDR(section) - IMAGE_BASE + IMAGE_PHYSICAL

OUTPUT_ARCH(i386:x86-64)
ENTRY(_start)

PHDRS
{
    note PT_NOTE FLAGS(4);
    init PT_LOAD FLAGS(5);
    init_data PT_LOAD FLAGS(6);
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}

SECTIONS
{
    . = IMAGE_BASE;
    .note : AT(LOADED(.note)) { KEEP(*(.note.Xen)) } :init :note
    .init : AT(LOADED(.init)) {
        KEEP(*(.init.multiboot)) /* in the first 32 KiB of the file */
        KEEP(*(.init.head))
        */boot[/]*(.text .text.* .rodata .rodata.*)
        *(.init.text .init.rodata)
    } :init
    . = ALIGN(4096);
    image_init_data = .;
    .init_data : AT(LOADED(.init_data)) { */boot[/]*(.data .data.*) *(.init.data) . = ALIGN(16); } :init_data
    . = ALIGN(4096);
    image_text = .;
    .text : AT(LOADED(.text)) {
        *(.shared.text)
        . = ALIGN(4096);
        image_shared_text_end = .;
        *(.text .text.*)
    } :text
    . = ALIGN(4096);
    image_rodata = .;
    .rodata : AT(LOADED(.rodata)) { *(.rodata .rodata.*) } :rodata
    . = ALIGN(4096);
    image_data = .;
    .data : AT(LOADED(.data)) {
        *(.shared.data)
        . = ALIGN(4096);
        image_shared_data_end = .;
        *(.data .data.*)
        . = ALIGN(16);
    } :data
    image_bss = .;
    .bss : AT(LOADED(.bss)) { *(EXCLUDE_FILE(*/boot[/]*) .bss EXCLUDE_FILE(*/boot[/]*) .bss.* COMMON) . = ALIGN(4096); } :data
    image_init_bss = .;
    .init_bss (NOLOAD) : AT(LOADED(.init_bss)) { *(.init.bss) */boot[/]*(.bss .bss.*) . = ALIGN(4096); } :data
    image_end = .;

    .plt : { *(.plt .iplt .got .got.plt .igot.plt .rela.*) }
    ASSERT(SIZEOF(.plt) == 0, "nothing may need relocation")

    /DISCARD/ : { *(.comment) *(.note .note.GNU-stack .note.gnu.*) *(.eh_frame .eh_frame_hdr) }
}

#include "../windows.lds.S"
