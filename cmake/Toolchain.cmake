# One dialect, one set of warnings, one place.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines (it destroys some temporaries "
                      "inside co_await twice). Use clang-19: cmake --preset release")
endif()
if(NOT CMAKE_BUILD_TYPE)
  message(FATAL_ERROR "No build type. Use a preset: cmake --preset release, or cmake --preset test")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_LINK_LIBRARIES_ONLY_TARGETS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

# Without a base directory: it would turn paths into relative ones, which -ffile-prefix-map does not know, and a cached
# program would measure differently.
find_program(SUBSTRATEE_CCACHE ccache)
if(SUBSTRATEE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      CCACHE_NOHASHDIR=1 "${SUBSTRATEE_CCACHE}")
endif()

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wextra-semi -Wundef -Werror
  -fno-omit-frame-pointer -fstack-protector-strong -fcolor-diagnostics
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "SHELL:-Xclang -fno-pch-timestamp")
add_link_options(-fuse-ld=lld -Wl,--build-id=none -Wl,-z,relro,-z,now)

if(SUBSTRATEE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-sanitize=vptr,function)
  add_link_options(-fsanitize=address,undefined)
endif()
find_package(Threads REQUIRED)
