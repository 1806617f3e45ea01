#include "core/ipld/error.hpp"

namespace substratee::ipld {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kTruncated: return "the bytes end inside a field";
    case Error::kTrailingBytes: return "there are bytes behind the end";
    case Error::kBadVarint: return "a varint is not minimal or too long";
    case Error::kBadText: return "the text has a character or length that its base does not have";
    case Error::kUnsupportedBase: return "the multibase prefix is none of b, B, z, k, f, u";
    case Error::kBadVersion: return "this is neither a CIDv0 nor a CIDv1";
    case Error::kUnsupportedCodec: return "the codec is not supported here (raw, dag-pb and dag-cbor are)";
    case Error::kUnsupportedHash: return "the hash function is neither sha2-256 nor identity";
    case Error::kBadDigestSize: return "the digest has a size that its hash function does not have";
    case Error::kHashMismatch: return "the block is not the one that the CID names";
    case Error::kTooLarge: return "the block is larger than 2 MiB";
    case Error::kTooManyLinks: return "the node has more than 8192 links";
    case Error::kBadNode: return "the dag-pb node has an unknown, repeated, misplaced or missing field";
    case Error::kBadUnixFs: return "the UnixFS data is malformed or contradicts the links of its node";
    case Error::kBadCbor: return "the DAG-CBOR is not canonical, has a kind that does not belong there, or is too deep";
    case Error::kBadCarHeader: return "the header of the CAR is empty, too large, or not a map of version and roots";
    case Error::kBadCarVersion: return "the CAR has neither version 1 nor version 2";
    case Error::kBadCarSection: return "a section of the CAR is empty or shorter than its CID";
    case Error::kTooDeep: return "the DAG is deeper or wider than is followed";
    case Error::kNotFound: return "the path leads nowhere in this DAG";
    case Error::kBadName: return "a directory entry has an empty, special or repeated name";
  }
  return "unknown error";
}

}  // namespace substratee::ipld
