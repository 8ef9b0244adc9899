# SPDX-License-Identifier: Apache-2.0
# Interface descriptions to C: compiles .fi files with `fic` and builds the stubs.
include_guard(GLOBAL)

set(FUTURA_INTERFACE_DIR ${CMAKE_SOURCE_DIR}/abi/interfaces)

# How the interface compiler is called: a path, and what a rule must depend on.
function(futura_fic out_path out_depends)
    if(FUTURA_HOST)
        set(${out_path} $<TARGET_FILE:fic> PARENT_SCOPE)
        set(${out_depends} fic PARENT_SCOPE)
    else()
        set(${out_path} ${FUTURA_TOOLS_DIR}/bin/fic PARENT_SCOPE)
        set(${out_depends} host-tools ${FUTURA_TOOLS_DIR}/bin/fic PARENT_SCOPE)
    endif()
endfunction()

# The build holds interfaces to what was released (FUTURA_HISTORY_DIR, see the README.md there):
# gen-c refuses a change that a released client would not survive, and this target looks at all of it,
# also for interfaces that are gone. `interfaces-release` adds the present ones.
set(FUTURA_HISTORY_DIR ${FUTURA_INTERFACE_DIR}/history)
set(FUTURA_HISTORY_STAMP ${CMAKE_BINARY_DIR}/interface-history.stamp)
function(futura_interface_history)
    futura_fic(fic fic_depends)
    file(GLOB texts CONFIGURE_DEPENDS ${FUTURA_INTERFACE_DIR}/*.fi)
    file(GLOB_RECURSE released CONFIGURE_DEPENDS ${FUTURA_HISTORY_DIR}/*)
    add_custom_command(OUTPUT ${FUTURA_HISTORY_STAMP}
        COMMAND ${fic} history -H ${FUTURA_HISTORY_DIR} -I ${FUTURA_INTERFACE_DIR} -o ${FUTURA_HISTORY_STAMP} ${texts}
        DEPENDS ${texts} ${released} ${fic_depends}
        COMMENT "Comparing interfaces with what was released" VERBATIM)
    add_custom_target(interface-history ALL DEPENDS ${FUTURA_HISTORY_STAMP})
    add_custom_target(interfaces-release
        COMMAND ${fic} release -H ${FUTURA_HISTORY_DIR} -I ${FUTURA_INTERFACE_DIR} ${texts}
        DEPENDS ${fic_depends} VERBATIM)
endfunction()

# A static library of generated stubs. A file name is looked up in the current folder, then in
# abi/interfaces. The file's stem is the last part of its library's name.
function(futura_interfaces target)
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/abi/fic/CMakeLists.txt)
        message(WARNING "${target}: this tree has no interface compiler; its users will not build")
        add_library(${target} INTERFACE)
        return()
    endif()
    futura_fic(fic fic_depends)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/${target}.gen)
    set(sources)
    file(GLOB_RECURSE released CONFIGURE_DEPENDS ${FUTURA_HISTORY_DIR}/*)
    foreach(fi ${ARGN})
        get_filename_component(lib ${fi} NAME_WE)
        set(file ${CMAKE_CURRENT_SOURCE_DIR}/${fi})
        if(NOT EXISTS ${file})
            set(file ${FUTURA_INTERFACE_DIR}/${fi})
        endif()
        set(outputs ${out}/${lib}.h ${out}/${lib}_client.c ${out}/${lib}_server.c)
        add_custom_command(OUTPUT ${outputs}
            COMMAND sh ${FUTURA_CMAKE_DIR}/fic-stubs.sh ${fic} ${file} ${FUTURA_INTERFACE_DIR} ${out}
            DEPENDS ${file} ${released} ${FUTURA_HISTORY_STAMP} ${fic_depends} ${FUTURA_CMAKE_DIR}/fic-stubs.sh
            COMMENT "Generating stubs of ${fi}" VERBATIM)
        list(APPEND sources ${outputs})
    endforeach()
    futura_library(${target} ${sources} LIBS fipc INCLUDE ${out})
    # Stubs are counted by the instruction: no frame chain; and no scheduling before registers are given
    # out, which moves the words of a reply out of the registers that they arrive in.
    if(NOT FUTURA_HOST)
        target_compile_options(${target} PRIVATE -fomit-frame-pointer
            $<$<COMPILE_LANG_AND_ID:C,GNU>:-fno-schedule-insns>)
    endif()
    set_target_properties(${target} PROPERTIES FUTURA_IMAGES ${out}/images)
endfunction()
