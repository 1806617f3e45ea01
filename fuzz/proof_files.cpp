/// Proof files: whatever decodes encodes to the same bytes, and verifying it ends, whatever it holds. First byte: even,
/// the rest is a file; odd, the rest changes bytes of a good one (position, value), so that decoding is passed.

#include "core/base/check.hpp"
#include "core/proof/fixture_test.hpp"
#include "fuzz/target.hpp"

namespace {

using namespace substratee;
using namespace substratee::proof;

proof::test::Chain& chain() {
  static proof::test::Chain the_chain;
  return the_chain;
}

const std::vector<Bytes>& good() {
  static const std::vector<Bytes> files{encode_file(chain().receipt_file()), encode_file(chain().answer_file())};
  return files;
}

void verify(const Bytes& bytes) {
  const auto file = decode_file(bytes);
  if (!file) return;
  SUBSTRATEE_CHECK(encode_file(*file) == bytes);
  if (const auto* receipt = std::get_if<ReceiptFile>(&*file)) {
    const auto verified = verify_receipt(*receipt, chain().trust());
    // Only true receipts are ever proved.
    if (verified) SUBSTRATEE_CHECK(verified->receipt == chain().leaves[verified->receipt.index].receipt);
  } else {
    const auto verified = verify_answer(std::get<AnswerFile>(*file), chain().trust());
    if (verified) SUBSTRATEE_CHECK(verified->answer.value.value == scale::encode(std::uint64_t{84}));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input({data, size});
  const auto form = input.byte();
  const auto rest = input.rest();
  if (form % 2 == 0) {
    verify(to_bytes(rest));
    return 0;
  }
  auto file = good()[form / 2 % good().size()];
  for (std::size_t i = 0; i + 2 < rest.size(); i += 3) {
    file[(static_cast<std::size_t>(rest[i]) << 8 | rest[i + 1]) % file.size()] ^= rest[i + 2];
  }
  verify(file);
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  return {concat(Bytes{0}, good()[0]), concat(Bytes{0}, good()[1]), {1, 0, 9, 1}, {3, 0, 9, 1, 4, 4, 4}};
}
