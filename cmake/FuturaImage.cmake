# SPDX-License-Identifier: Apache-2.0
# Programs of the target and the boot archive. In the host world these functions do nothing.
include_guard(GLOBAL)

# --- compile flags -----------------------------------------------------------------------------
# Servers run without vector state, so their code must not touch vector registers, not even for
# copies. `float` TRUE: the code's threads own vector state.
function(futura_target_flags target float)
    target_compile_options(${target} PRIVATE -fno-pie -fno-stack-protector
        -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables)
    if(NOT float)
        target_compile_options(${target} PRIVATE -mgeneral-regs-only)
    endif()
endfunction()

# --- programs ------------------------------------------------------------------------------------
# A line of the board's boot archive or, where variants are named behind it, of theirs, and what it is made of.
function(futura_image_entry line made_of)
    if(NOT ARGN)
        set_property(GLOBAL APPEND PROPERTY FUTURA_IMAGE_ENTRIES ${line})
        set_property(GLOBAL APPEND PROPERTY FUTURA_IMAGE_DEPENDS ${made_of})
    endif()
    foreach(variant ${ARGN})
        set_property(GLOBAL APPEND PROPERTY FUTURA_IMAGE_ENTRIES_${variant} ${line})
        set_property(GLOBAL APPEND PROPERTY FUTURA_IMAGE_DEPENDS_${variant} ${made_of})
        set_property(GLOBAL APPEND PROPERTY FUTURA_IMAGE_NAMED ${variant})
    endforeach()
endfunction()

function(futura_add_program name path float)
    add_executable(${name} ${FT_SOURCES})
    if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include)
        target_include_directories(${name} PRIVATE include)
    endif()
    target_include_directories(${name} PRIVATE ${FT_INCLUDE})
    # Servers own no vector state: printf's core without floating point comes before musl's own.
    if(NOT float AND NOT FT_BARE)
        target_link_libraries(${name} PRIVATE
            -Wl,--whole-archive ${FUTURA_MUSL}/lib/libc_integer.a -Wl,--no-whole-archive)
    endif()
    target_link_libraries(${name} PRIVATE ${FT_LIBS})
    futura_target_flags(${name} ${float})
    if(FT_BARE)
        target_compile_options(${name} PRIVATE -ffreestanding)
        target_link_libraries(${name} PRIVATE futura_static ${FUTURA_LIBGCC})
    else()
        set_property(GLOBAL APPEND PROPERTY FUTURA_PROGRAMS ${name})
    endif()
    if(NOT float AND CMAKE_OBJDUMP)
        add_custom_command(TARGET ${name} POST_BUILD
            COMMAND sh ${FUTURA_CMAKE_DIR}/check-vectors.sh ${CMAKE_OBJDUMP} $<TARGET_FILE:${name}>
            VERBATIM)
    endif()
    # The image gets a stripped copy; the build folder keeps the symbols for ./futura debug.
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} --strip-all $<TARGET_FILE:${name}>
                ${CMAKE_BINARY_DIR}/image/${name}.elf
        BYPRODUCTS ${CMAKE_BINARY_DIR}/image/${name}.elf VERBATIM)
    futura_image_entry("file ${path} 0755 ${CMAKE_BINARY_DIR}/image/${name}.elf" ${name} ${FT_IMAGES})
endfunction()

# A static musl program at PATH in the boot archive. Programs own vector state. BARE: brings its own
# _start, links neither the C library nor the system glue, and owns no vector state (capmgr).
function(futura_program name)
    if(FUTURA_HOST)
        return()
    endif()
    futura_parse(${ARGN})
    if(NOT FT_PATH)
        message(FATAL_ERROR "futura_program(${name}): PATH is missing")
    endif()
    set(float TRUE)
    if(FT_BARE)
        set(float FALSE)
    endif()
    futura_add_program(${name} ${FT_PATH} ${float})
endfunction()

# A server or, below servers/drivers, a driver.
function(futura_server name)
    if(FUTURA_HOST)
        return()
    endif()
    futura_parse(${ARGN})
    set(folder servers)
    if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/servers/drivers(/|$)")
        set(folder drivers)
    endif()
    futura_add_program(${name} ${folder}/${name} ${FT_FLOAT})
endfunction()

function(futura_image_file)
    if(FUTURA_HOST)
        return()
    endif()
    cmake_parse_arguments(FI "" "PATH;SOURCE;MODE" "IMAGES" ${ARGN})
    if(NOT FI_MODE)
        set(FI_MODE 0644)
    endif()
    get_filename_component(source ${FI_SOURCE} ABSOLUTE)
    futura_image_entry("file ${FI_PATH} ${FI_MODE} ${source}" ${source} ${FI_IMAGES})
endfunction()

function(futura_image_link)
    if(FUTURA_HOST)
        return()
    endif()
    cmake_parse_arguments(FI "" "PATH;TARGET" "" ${ARGN})
    futura_image_entry("link ${FI_PATH} 0777 ${FI_TARGET}" "")
endfunction()

# --- boot archive --------------------------------------------------------------------------------
# Everything below rootfs/files goes into the image under its own path.
function(futura_image_rootfs)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/rootfs/files
        ${CMAKE_SOURCE_DIR}/rootfs/files/*)
    foreach(file ${files})
        futura_image_file(PATH ${file} SOURCE ${CMAKE_SOURCE_DIR}/rootfs/files/${file})
    endforeach()
endfunction()

# A manifest, compiled and checked by fic.
function(futura_manifest source out)
    futura_fic(fic fic_depends)
    file(GLOB interfaces CONFIGURE_DEPENDS ${FUTURA_INTERFACE_DIR}/*.fi)
    add_custom_command(OUTPUT ${out}
        COMMAND sh ${FUTURA_CMAKE_DIR}/fic-manifest.sh ${fic} ${source} ${FUTURA_INTERFACE_DIR} ${out}
        DEPENDS ${source} ${interfaces} ${FUTURA_HISTORY_STAMP} ${fic_depends} ${FUTURA_CMAKE_DIR}/fic-manifest.sh
        COMMENT "Compiling the manifest ${out}" VERBATIM)
endfunction()

# TARGET: ARCHIVE.cpio of what FUTURA_IMAGE_ENTRIES lists for the board and, SUFFIX not empty, for a variant; MANIFEST is
# the compiled manifest in it.
function(futura_archive target archive suffix manifest)
    set(entries)
    set(depends ${manifest})
    if(manifest)
        set(entries "file system.cbor 0444 ${manifest}")
    endif()
    foreach(property FUTURA_IMAGE_ENTRIES FUTURA_IMAGE_ENTRIES${suffix})
        get_property(more GLOBAL PROPERTY ${property})
        list(APPEND entries ${more})
    endforeach()
    foreach(property FUTURA_IMAGE_DEPENDS FUTURA_IMAGE_DEPENDS${suffix})
        get_property(more GLOBAL PROPERTY ${property})
        list(APPEND depends ${more})
    endforeach()
    list(REMOVE_DUPLICATES entries)
    list(SORT entries)
    list(JOIN entries "\n" text)
    set(list ${CMAKE_BINARY_DIR}/image/${archive}.list)
    file(GENERATE OUTPUT ${list} CONTENT "${text}\n")
    add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${archive}.cpio
        COMMAND ${FUTURA_TOOLS_DIR}/bin/mkboot ${list} ${CMAKE_BINARY_DIR}/${archive}.cpio
        DEPENDS ${depends} ${list} host-tools ${FUTURA_TOOLS_DIR}/bin/mkboot
        COMMENT "Writing ${archive}.cpio" VERBATIM)
    add_custom_target(${target} ALL DEPENDS ${CMAKE_BINARY_DIR}/${archive}.cpio)
endfunction()

# NAME.cpio: the board's image and what names this variant among its IMAGES. Where the folder has a `manifest.sh BOARD.sys
# OUT.sys`, that makes the variant's manifest of the board's own. For tests and the demonstration.
function(futura_image_variant name)
    set_property(GLOBAL APPEND PROPERTY FUTURA_IMAGE_VARIANTS ${name})
    set_property(GLOBAL PROPERTY FUTURA_IMAGE_FOLDER_${name} ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()

function(futura_finish_variant name board manifest)
    get_property(folder GLOBAL PROPERTY FUTURA_IMAGE_FOLDER_${name})
    set(make ${folder}/manifest.sh)
    if(EXISTS ${make})
        set(source ${CMAKE_BINARY_DIR}/image/${name}.sys)
        add_custom_command(OUTPUT ${source} COMMAND sh ${make} ${board} ${source} DEPENDS ${make} ${board} VERBATIM)
        set(manifest ${CMAKE_BINARY_DIR}/image/${name}.cbor)
        futura_manifest(${source} ${manifest})
    endif()
    futura_archive(${name}-image ${name} _${name} ${manifest})
endfunction()

# Every variant that a program names must be one, or the program would be in no image at all.
function(futura_check_images variants)
    get_property(properties GLOBAL PROPERTY FUTURA_IMAGE_NAMED)
    foreach(name ${properties})
        if(NOT name IN_LIST variants)
            message(FATAL_ERROR "IMAGES names ${name}, which no futura_image_variant makes")
        endif()
    endforeach()
endfunction()

function(futura_finish_board)
    get_property(programs GLOBAL PROPERTY FUTURA_PROGRAMS)
    foreach(program ${programs})
        futura_libc_link(${program})
    endforeach()
    futura_image_rootfs()
    set(board ${CMAKE_SOURCE_DIR}/platform/${FUTURA_BOARD}/${FUTURA_BOARD}.sys)
    set(manifest)
    if(FUTURA_SYSTEM)
        set(manifest ${CMAKE_BINARY_DIR}/image/system.cbor)
        futura_manifest(${board} ${manifest})
    endif()
    futura_archive(image boot "" "${manifest}")
    get_property(variants GLOBAL PROPERTY FUTURA_IMAGE_VARIANTS)
    futura_check_images("${variants}")
    foreach(variant ${variants})
        futura_finish_variant(${variant} ${board} ${manifest})
    endforeach()
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/nucleus/CMakeLists.txt)
        message(STATUS "${FUTURA_BOARD}: no nucleus in this tree; only libraries and programs are built")
    elseif(NOT FUTURA_SYSTEM)
        message(STATUS "${FUTURA_BOARD}: this board cannot boot yet; only what exists is built (see README.md)")
    endif()
endfunction()
