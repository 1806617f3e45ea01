#pragma once

/// A host that turns against its own enclave: between the requests of an honest host it asks others, of its own making.
/// Each kind of them is a Misdeed, committed at every chance during a whole story (misdeeds.hpp).

#include "tests/network/host.hpp"

#include <functional>
#include <set>

namespace substratee::test {

/// What has gone over the boundary since the enclave started.
struct Past {
  std::vector<protocol::Request> requests;
  std::optional<protocol::NeedProofs> wanted;  ///< the newest wish for proofs
  protocol::Request wisher;                    ///< the request that was answered with it
  std::size_t at_proofs = 0;                   ///< how many requests there were then
};

/// The moment before an honest request goes in.
class Turn {
 public:
  Turn(Boundary& enclave, World& the_world, const Past& the_past, const protocol::Request& what_is_due,
       std::size_t& deeds)
      : world(the_world), past(the_past), due(what_is_due), enclave_(enclave), deeds_(deeds) {}

  World& world;
  const Past& past;
  const protocol::Request& due;

  template <class T>
  [[nodiscard]] const T* due_as() const {
    return std::get_if<T>(&due);
  }
  /// A request of the host's own making.
  protocol::Reply ask(const protocol::Request& request) {
    ++deeds_;
    return enclave_.handle(request);
  }
  /// The enclave refuses it for one of these reasons, and stands where it stood.
  void expect_refused(const protocol::Request& request, const std::set<protocol::Refusal>& reasons);
  /// The enclave takes it, or refuses it for one of these reasons; either way it stands where it stood.
  void expect_no_effect(const protocol::Request& request, const std::set<protocol::Refusal>& reasons = {});

 private:
  [[nodiscard]] protocol::Reply status();

  Boundary& enclave_;
  std::size_t& deeds_;
};

using Misdeed = std::function<void(Turn&)>;

/// Commits a misdeed before each request that an honest host makes.
class HostileBoundary final : public Boundary {
 public:
  /// `deeds` counts the requests of its own making.
  HostileBoundary(std::unique_ptr<Boundary> enclave, World& world, Misdeed misdeed, std::size_t& deeds)
      : enclave_(std::move(enclave)), world_(world), misdeed_(std::move(misdeed)), deeds_(deeds) {}
  protocol::Reply handle(const protocol::Request& request) override;

 private:
  std::unique_ptr<Boundary> enclave_;
  World& world_;
  Misdeed misdeed_;
  std::size_t& deeds_;
  Past past_;
};

/// From its next start on, `host` commits the misdeed.
void corrupt(Host& host, Misdeed misdeed, std::size_t& deeds);

}  // namespace substratee::test
