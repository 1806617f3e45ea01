# substratee_library(core/scale PROFILE T DEPENDS core/base)
#
# One folder = one library, with the unit tests that stand beside the code (x_test.cpp).
#   PROFILE T   trusted: no exceptions, no RTTI; may depend on profile T only
#   PROFILE H   host
#   DEPENDS     folders whose headers appear in this folder's headers
#   LIBRARIES   third parties, private to the sources
#   RECURSIVE   sub-folders belong to the same library
#   EXCLUDE     sub-folders that do not: libraries of their own
#   TEST_DEPENDS  further folders and third parties that only the tests use
include(GoogleTest)

set(SUBSTRATEE_TEST_SECONDS 120 CACHE STRING "A test that takes longer has failed")

add_library(substratee_pch_t STATIC "${CMAKE_SOURCE_DIR}/cmake/pch.cpp")
target_compile_options(substratee_pch_t PRIVATE -fno-exceptions -fno-rtti)
target_precompile_headers(substratee_pch_t PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.hpp")
add_library(substratee_pch_h STATIC "${CMAKE_SOURCE_DIR}/cmake/pch.cpp")
target_precompile_headers(substratee_pch_h PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.hpp")
if(SUBSTRATEE_TESTS)
  add_library(substratee_pch_test STATIC "${CMAKE_SOURCE_DIR}/cmake/pch.cpp")
  target_link_libraries(substratee_pch_test PRIVATE GTest::gtest)
  target_precompile_headers(substratee_pch_test PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch_test.hpp")
endif()

function(substratee_target_of out folder)
  string(REPLACE "/" "_" name "substratee_${folder}")
  set(${out} ${name} PARENT_SCOPE)
endfunction()

function(substratee_link target visibility)
  foreach(dependency IN LISTS ARGN)
    if(dependency MATCHES "^third_party_|::")
      target_link_libraries(${target} ${visibility} ${dependency})
    else()
      substratee_target_of(library ${dependency})
      target_link_libraries(${target} ${visibility} ${library})
    endif()
  endforeach()
endfunction()

function(substratee_library folder)
  cmake_parse_arguments(arg "RECURSIVE" "PROFILE" "DEPENDS;LIBRARIES;TEST_DEPENDS;EXCLUDE" ${ARGN})
  substratee_target_of(target ${folder})
  set(glob GLOB)
  if(arg_RECURSIVE)
    set(glob GLOB_RECURSE)
  endif()
  file(${glob} sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
  foreach(excluded IN LISTS arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_SOURCE_DIR}/${excluded}/")
  endforeach()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  if(arg_PROFILE STREQUAL "T")
    foreach(dependency IN LISTS arg_DEPENDS)
      if(NOT dependency MATCHES "^(core|enclave)(/|$)")
        message(FATAL_ERROR "${folder} is trusted (profile T) and must not depend on ${dependency}")
      endif()
    endforeach()
  endif()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
    substratee_link(${target} PUBLIC ${arg_DEPENDS})
    substratee_link(${target} PRIVATE ${arg_LIBRARIES})
    if(arg_PROFILE STREQUAL "T")
      target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti)
      target_precompile_headers(${target} REUSE_FROM substratee_pch_t)
    else()
      target_precompile_headers(${target} REUSE_FROM substratee_pch_h)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${CMAKE_SOURCE_DIR}")
    substratee_link(${target} INTERFACE ${arg_DEPENDS})
  endif()

  if(SUBSTRATEE_TESTS AND tests)
    substratee_test(${target}_test LABEL unit SOURCES ${tests} DEPENDS ${folder} ${arg_TEST_DEPENDS})
  endif()
endfunction()

# substratee_test(name LABEL unit SOURCES ... DEPENDS ...): a GoogleTest program, one ctest entry per test. Tests named
# attack_*, in files named attack_*_test.cpp, have the label attacks instead.
function(substratee_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT ${SUBSTRATEE_TEST_SECONDS})
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_precompile_headers(${name} REUSE_FROM substratee_pch_test)
  substratee_link(${name} PRIVATE ${arg_DEPENDS} tests/support)
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gtest_main)
  set(others "*")
  if("${arg_SOURCES}" MATCHES "/attack_[a-z_0-9]*_test\\.cpp")
    set(others "-*.attack_*")
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_FILTER "*.attack_*" TEST_LIST ${name}_attacks
                         PROPERTIES LABELS attacks TIMEOUT ${arg_TIMEOUT})
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_FILTER "${others}"
                       PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()

# substratee_program(substratee-node FOLDER node DEPENDS ... LIBRARIES ...): main.cpp of a folder and its libraries;
# PROFILE T compiles it like the trusted libraries.
function(substratee_program name)
  cmake_parse_arguments(arg "" "FOLDER;PROFILE" "DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${name} "${CMAKE_SOURCE_DIR}/${arg_FOLDER}/main.cpp")
  if(arg_PROFILE STREQUAL "T")
    target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti)
    target_precompile_headers(${name} REUSE_FROM substratee_pch_t)
  else()
    target_precompile_headers(${name} REUSE_FROM substratee_pch_h)
  endif()
  substratee_link(${name} PRIVATE ${arg_DEPENDS} ${arg_LIBRARIES})
endfunction()
