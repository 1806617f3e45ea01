#pragma once

/// What execution sees of the chain's state, and what it leaves behind: a read-only view in, a plain diff out.

#include "core/base/bytes.hpp"

#include <map>
#include <optional>
#include <utility>

namespace substratee::node::runtime {

/// The state after one block. Constant while anybody holds it.
class StateView {
 public:
  virtual ~StateView() = default;
  [[nodiscard]] virtual std::optional<Bytes> get(ByteView key) const = 0;
  /// First entry with a key greater than `key`, in order.
  [[nodiscard]] virtual std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const = 0;
};

/// Key → new value; nothing = deleted.
using Changes = std::map<Bytes, std::optional<Bytes>>;

/// A state held in memory: genesis, tests, small tools.
class MemoryState : public StateView {
 public:
  MemoryState() = default;
  explicit MemoryState(std::map<Bytes, Bytes> content) : content_(std::move(content)) {}
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const override;
  void apply(const Changes& changes);
  [[nodiscard]] const std::map<Bytes, Bytes>& content() const noexcept { return content_; }

 private:
  std::map<Bytes, Bytes> content_;
};

}  // namespace substratee::node::runtime
