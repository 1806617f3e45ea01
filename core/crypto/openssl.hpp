#pragma once

/// Internal to core/crypto: what the sources over OpenSSL share.

#include <openssl/err.h>

#include <memory>

namespace substratee::crypto::detail {

/// Starts OpenSSL without configuration files; cheap when it already runs.
void start_openssl() noexcept;

/// Errors of the enclosed calls do not stay in the thread's error queue, where a TLS connection would find them.
class QuietErrors {
 public:
  QuietErrors() noexcept { ERR_set_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_pop_to_mark(); }
};

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

template <class T, auto kFree>
using Owned = std::unique_ptr<T, Free<kFree>>;

}  // namespace substratee::crypto::detail
