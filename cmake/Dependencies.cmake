# Third parties, each under one name. Crypto is linked statically: a release enclave carries what it was measured with.
function(substratee_static_archive target)
  cmake_parse_arguments(arg "" "" "ARCHIVES;SYSTEM" ${ARGN})
  add_library(${target} INTERFACE)
  foreach(archive IN LISTS arg_ARCHIVES)
    find_library(SUBSTRATEE_${archive} NAMES ${archive} REQUIRED)
    target_link_libraries(${target} INTERFACE "${SUBSTRATEE_${archive}}")
  endforeach()
  target_link_libraries(${target} INTERFACE ${arg_SYSTEM})
endfunction()

substratee_static_archive(third_party_openssl ARCHIVES libssl.a libcrypto.a SYSTEM ${CMAKE_DL_LIBS} Threads::Threads)
substratee_static_archive(third_party_sodium ARCHIVES libsodium.a)
substratee_static_archive(third_party_secp256k1 ARCHIVES libsecp256k1.a)
substratee_static_archive(third_party_seccomp ARCHIVES libseccomp.a)
substratee_static_archive(third_party_xxhash ARCHIVES libxxhash.a)

find_package(fmt REQUIRED)
add_library(third_party_fmt INTERFACE)
target_link_libraries(third_party_fmt INTERFACE fmt::fmt)

find_package(Boost 1.81 REQUIRED COMPONENTS json)
add_library(third_party_boost INTERFACE)
target_link_libraries(third_party_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(third_party_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_ALL_NO_LIB)
add_library(third_party_json INTERFACE)
target_link_libraries(third_party_json INTERFACE Boost::json)

find_package(spdlog REQUIRED)
add_library(third_party_spdlog INTERFACE)
target_link_libraries(third_party_spdlog INTERFACE spdlog::spdlog)

find_package(CLI11 REQUIRED)
add_library(third_party_cli11 INTERFACE)
target_link_libraries(third_party_cli11 INTERFACE CLI11::CLI11)

find_library(SUBSTRATEE_ROCKSDB NAMES rocksdb REQUIRED)
add_library(third_party_rocksdb INTERFACE)
target_link_libraries(third_party_rocksdb INTERFACE "${SUBSTRATEE_ROCKSDB}")

if(SUBSTRATEE_TESTS)
  find_package(GTest REQUIRED)
endif()
