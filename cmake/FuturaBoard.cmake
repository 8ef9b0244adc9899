# SPDX-License-Identifier: Apache-2.0
# The cross world: musl programs, the boot archive, and the host tools that make them.
include_guard(GLOBAL)

# --- host tools: a nested build of the host world with the machine's own compiler -------------
include(ExternalProject)
set(FUTURA_TOOLS_DIR ${CMAKE_BINARY_DIR}/host-tools)
ExternalProject_Add(host-tools
    SOURCE_DIR ${CMAKE_SOURCE_DIR}
    BINARY_DIR ${FUTURA_TOOLS_DIR}
    CMAKE_ARGS -DFUTURA_BOARD= -DFUTURA_TOOLS_ONLY=ON -DCMAKE_BUILD_TYPE=Release
    BUILD_COMMAND ${CMAKE_COMMAND} --build <BINARY_DIR> --target futura_host_tools
    BUILD_ALWAYS TRUE
    INSTALL_COMMAND ""
    BUILD_BYPRODUCTS ${FUTURA_TOOLS_DIR}/bin/fic ${FUTURA_TOOLS_DIR}/bin/mkboot)

# --- musl ------------------------------------------------------------------------------------
# Built once into a cache outside the build folder; the stamp names version and build rules.
execute_process(
    COMMAND sh ${FUTURA_CMAKE_DIR}/musl.sh ${CMAKE_SYSTEM_PROCESSOR} ${FUTURA_CROSS_GCC}
    OUTPUT_VARIABLE FUTURA_MUSL OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "musl could not be built; the message above says why (status ${status})")
endif()
execute_process(COMMAND ${FUTURA_CROSS_GCC} -print-libgcc-file-name
    OUTPUT_VARIABLE FUTURA_LIBGCC OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND ${FUTURA_CROSS_GCC} -print-file-name=include
    OUTPUT_VARIABLE gcc_include OUTPUT_STRIP_TRAILING_WHITESPACE)

# Compile side of the C library: headers only, for libraries.
add_library(futura_libc_headers INTERFACE)
if(FUTURA_COMPILER STREQUAL "clang")
    target_compile_options(futura_libc_headers INTERFACE
        "SHELL:-nostdlibinc -isystem ${FUTURA_MUSL}/include")
else()
    target_compile_options(futura_libc_headers INTERFACE
        "SHELL:-nostdinc -isystem ${FUTURA_MUSL}/include -isystem ${gcc_include}")
endif()

# Link side: crt files and archives. servers/lib/os defines futura_os, which provides
# __os_syscall(); it is linked whole, so that what it overrides wins over musl's own objects.
add_library(futura_static INTERFACE)
target_link_options(futura_static INTERFACE -static -nostdlib $<$<C_COMPILER_ID:GNU>:-no-pie>
    -Wl,-Ttext-segment=0x400000 -Wl,--gc-sections -Wl,-z,max-page-size=4096
    -Wl,-z,noexecstack -Wl,-z,norelro -Wl,--build-id=none)
add_library(futura_libc INTERFACE)
target_link_libraries(futura_libc INTERFACE futura_libc_headers futura_static)

set(CMAKE_C_LINK_LIBRARY_USING_WHOLE_ARCHIVE_SUPPORTED TRUE)
set(CMAKE_C_LINK_LIBRARY_USING_WHOLE_ARCHIVE "LINKER:--whole-archive" "<LINK_ITEM>"
    "LINKER:--no-whole-archive")

# The archive as a target that every library depends on, so that the linker sees it behind each of them.
add_library(futura_libc_archive STATIC IMPORTED GLOBAL)
set_target_properties(futura_libc_archive PROPERTIES IMPORTED_LOCATION ${FUTURA_MUSL}/lib/libc.a
    INTERFACE_LINK_LIBRARIES ${FUTURA_LIBGCC})

# Called at the end of configuration, when it is known whether futura_os exists.
function(futura_libc_link target)
    target_link_libraries(${target} PRIVATE
        ${FUTURA_MUSL}/lib/crt1.o ${FUTURA_MUSL}/lib/crti.o)
    if(TARGET futura_os)
        target_link_libraries(${target} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,futura_os>)
    endif()
    target_link_libraries(${target} PRIVATE futura_libc
        -Wl,--start-group ${FUTURA_MUSL}/lib/libc.a ${FUTURA_LIBGCC} -Wl,--end-group
        ${FUTURA_MUSL}/lib/crtn.o)
endfunction()
