# SPDX-License-Identifier: Apache-2.0
# Toolchain for x86-64 boards: the build machine's own compiler, used freestanding.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(FUTURA_COMPILER gcc CACHE STRING "Compiler of the board world: gcc or clang")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FUTURA_COMPILER)

set(FUTURA_CROSS_GCC gcc)
if(FUTURA_COMPILER STREQUAL "clang")
    set(CMAKE_C_COMPILER clang)
    set(CMAKE_ASM_COMPILER clang)
else()
    set(CMAKE_C_COMPILER ${FUTURA_CROSS_GCC})
    set(CMAKE_ASM_COMPILER ${FUTURA_CROSS_GCC})
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
