# SPDX-License-Identifier: Apache-2.0
# Cross toolchain for aarch64 boards. -DFUTURA_COMPILER=clang builds with clang instead of gcc;
# libgcc.a always comes from the cross gcc, because Debian has no compiler-rt for aarch64.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(FUTURA_COMPILER gcc CACHE STRING "Compiler of the board world: gcc or clang")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FUTURA_COMPILER)

set(FUTURA_CROSS_GCC aarch64-linux-gnu-gcc)
if(FUTURA_COMPILER STREQUAL "clang")
    set(CMAKE_C_COMPILER clang)
    set(CMAKE_ASM_COMPILER clang)
    set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
    set(CMAKE_ASM_COMPILER_TARGET aarch64-linux-gnu)
else()
    set(CMAKE_C_COMPILER ${FUTURA_CROSS_GCC})
    set(CMAKE_ASM_COMPILER ${FUTURA_CROSS_GCC})
endif()
set(CMAKE_AR aarch64-linux-gnu-ar CACHE FILEPATH "")
set(CMAKE_RANLIB aarch64-linux-gnu-ranlib CACHE FILEPATH "")
set(CMAKE_OBJCOPY aarch64-linux-gnu-objcopy CACHE FILEPATH "")
set(CMAKE_OBJDUMP aarch64-linux-gnu-objdump CACHE FILEPATH "")
set(CMAKE_NM aarch64-linux-gnu-nm CACHE FILEPATH "")
set(CMAKE_SIZE aarch64-linux-gnu-size CACHE FILEPATH "")

# Outlined atomics would need a libgcc initialiser that reads the hardware capabilities.
set(CMAKE_C_FLAGS_INIT "-march=armv8-a -mno-outline-atomics")
set(CMAKE_ASM_FLAGS_INIT "-march=armv8-a")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
