# SPDX-License-Identifier: Apache-2.0
# The build's vocabulary. Every folder's CMakeLists.txt says what it contains with these functions
# and nothing else; how things are compiled and linked is decided here.
#
#   futura_library(NAME sources... [LIBS libs...] [INCLUDE dirs...] [FLOAT])
#   futura_unit_test(NAME sources... [LIBS libs...])
#   futura_fuzz_target(NAME sources... [LIBS libs...])
#   futura_host_tool(NAME sources... [LIBS libs...])
#   futura_interfaces(TARGET lib1.fi lib2.fi ...)
#   futura_program(NAME PATH path/in/image sources... [LIBS libs...] [BARE] [IMAGES variants...])
#   futura_server(NAME sources... [LIBS libs...] [FLOAT] [IMAGES variants...])
#   futura_image_file(PATH path/in/image SOURCE file [MODE 0644] [IMAGES variants...])
#   futura_image_link(PATH path/in/image TARGET text)
#   futura_image_variant(NAME)
#
# What names IMAGES is in those variants of the boot archive alone, not in what is shipped.
#
# FUTURA_BOARD empty: the host world. FUTURA_BOARD set: the cross world of that board.
include_guard(GLOBAL)

set(FUTURA_BOARD "" CACHE STRING "Board to build for; empty for the host world")
option(FUTURA_TOOLS_ONLY "Host world: build the host tools alone (used by board builds)" OFF)
option(FUTURA_SANITIZE "Host world: AddressSanitizer and UndefinedBehaviorSanitizer" ON)
set(FUTURA_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

if(FUTURA_BOARD STREQUAL "")
    set(FUTURA_HOST TRUE)
else()
    set(FUTURA_HOST FALSE)
    if(NOT CMAKE_CROSSCOMPILING)
        message(FATAL_ERROR "FUTURA_BOARD=${FUTURA_BOARD} needs a toolchain file; use: cmake --preset ${FUTURA_BOARD}")
    endif()
endif()

# Boards with a manifest have a whole system, and the images of its tests.
set(FUTURA_SYSTEM FALSE)
if(NOT FUTURA_HOST AND EXISTS ${CMAKE_SOURCE_DIR}/platform/${FUTURA_BOARD}/${FUTURA_BOARD}.sys)
    set(FUTURA_SYSTEM TRUE)
endif()

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Debug CACHE STRING "" FORCE)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # inline assembly and musl need gnu11
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_DEBUG "-O1")
# Paths of the build machine stay out of every object, so that two builds of one commit are equal.
if(FUTURA_TOOLS_ONLY)
    set(debug_info -g0 -O0) # they run once a build: compiling them is most of their cost
elseif(CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(debug_info -g)
else()
    set(debug_info -g1) # functions and lines; ./futura debug builds with everything
endif()
add_compile_options(${debug_info} -pipe -Wall -Wextra -Werror -fno-common
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}/=)
set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcsD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "<CMAKE_AR> qsD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "")
include_directories(${CMAKE_SOURCE_DIR}/abi/include)
if(FUTURA_HOST)
    add_compile_definitions(FIPC_TABLE) # there are no system calls: see abi/fipc/include/fipc/sys.h
endif()

include(FuturaHost)
if(NOT FUTURA_HOST)
    include(FuturaBoard)
endif()
include(FuturaImage)
include(FuturaInterfaces)

# Adds a room and whatever below it has a CMakeLists.txt that no folder above has added itself, so
# that a new server is found without an edit anywhere else. Absent folders are skipped.
function(futura_room name)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${name})
    set(added)
    if(EXISTS ${folder}/CMakeLists.txt)
        add_subdirectory(${name})
        get_property(added DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    endif()
    file(GLOB children RELATIVE ${folder} CONFIGURE_DEPENDS ${folder}/*)
    foreach(child ${children})
        if(IS_DIRECTORY ${folder}/${child} AND NOT ${folder}/${child} IN_LIST added
           AND NOT child MATCHES "^(include|files|corpus|crashes|goldens|history)$")
            futura_room(${name}/${child})
        endif()
    endforeach()
endfunction()

# Splits ARGN into sources and the options that all target functions share:
# FT_SOURCES, FT_LIBS, FT_INCLUDE, FT_PATH, FT_FLOAT, FT_BARE, FT_IMAGES in the caller.
macro(futura_parse)
    cmake_parse_arguments(FT "FLOAT;BARE" "PATH" "LIBS;INCLUDE;IMAGES" ${ARGN})
    set(FT_SOURCES ${FT_UNPARSED_ARGUMENTS})
endmacro()

# An OS-neutral static library, in both worlds. `include/` of the current folder is public.
# FLOAT: may use floating point on the target (its users' threads then need vector state).
function(futura_library name)
    futura_parse(${ARGN})
    add_library(${name} STATIC ${FT_SOURCES})
    if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include)
        target_include_directories(${name} PUBLIC include)
    endif()
    target_include_directories(${name} PUBLIC ${FT_INCLUDE})
    target_link_libraries(${name} PUBLIC ${FT_LIBS})
    if(FUTURA_HOST)
        futura_sanitize(${name})
    else()
        futura_target_flags(${name} ${FT_FLOAT})
        target_link_libraries(${name} PUBLIC futura_libc_headers $<LINK_ONLY:futura_libc_archive>)
    endif()
endfunction()

# Called last by the root: targets that need to know all others.
function(futura_finish)
    futura_host_tool(mkboot ${FUTURA_CMAKE_DIR}/tools/mkboot.c)
    futura_finish_host()
    if(NOT FUTURA_HOST)
        futura_finish_board()
    endif()
endfunction()
