#pragma once

/// One error type for all of core/ipld.

#include <expected>
#include <string_view>

namespace substratee::ipld {

enum class Error {
  kTruncated,         ///< the bytes end inside a field
  kTrailingBytes,     ///< bytes behind the end
  kBadVarint,         ///< not minimal, or too long
  kBadText,           ///< a character or a length that the base does not have
  kUnsupportedBase,   ///< a multibase prefix that is not one of b, B, z, k, f, u
  kBadVersion,        ///< neither a CIDv0 nor a CIDv1
  kUnsupportedCodec,  ///< neither raw nor dag-pb nor dag-cbor, or a codec that cannot be walked
  kUnsupportedHash,   ///< neither sha2-256 nor identity
  kBadDigestSize,     ///< sha2-256 without 32 bytes, identity above 128
  kHashMismatch,      ///< the block is not the one that the CID names
  kTooLarge,          ///< a block above kMaxBlockSize
  kTooManyLinks,      ///< a node above kMaxLinks
  kBadNode,           ///< dag-pb: unknown, repeated, misplaced or missing field
  kBadUnixFs,         ///< UnixFS: unknown, repeated or misplaced field, or sizes that contradict the links
  kBadCbor,           ///< DAG-CBOR: not canonical, a kind that it does not have, or too deep
  kBadCarHeader,      ///< CAR: a header that is empty, too large, or not a map of version and roots
  kBadCarVersion,     ///< CAR: neither version 1 nor 2
  kBadCarSection,     ///< CAR: a section that is empty or shorter than its CID
  kTooDeep,           ///< a DAG with more levels, or more links that wait, than are followed
  kNotFound,          ///< a path that leads nowhere in the DAG
  kBadName,           ///< a directory entry name that is empty, special, repeated or contains '/' or NUL
};

[[nodiscard]] std::string_view to_string(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::ipld
