# ESP-IDF reads each component a first time in script mode, for what it
# requires; only that much of CMake is there.  SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.13)
set(CMAKE_BUILD_EARLY_EXPANSION 1)
function(idf_component_register)
  cmake_parse_arguments(c "" ""
    "SRCS;INCLUDE_DIRS;PRIV_INCLUDE_DIRS;REQUIRES;PRIV_REQUIRES" ${ARGN})
  message(STATUS "requires: ${c_REQUIRES}${c_PRIV_REQUIRES}")
endfunction()
include(${COMPONENT}/CMakeLists.txt)
