#include "enclave/provisioning/tls_session.hpp"

#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/simulation/platform.hpp"
#include "core/crypto/system_random.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/provisioning.hpp"
#include "enclave/provisioning/tls_context.hpp"
#include "tests/support/random.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

namespace substratee::enclave::provisioning {
namespace {

using attestation::simulation::SimulatedPlatform;
using attestation::simulation::SimulationRoot;

/// A key with an RA-TLS certificate; made once, it takes milliseconds.
struct Credentials {
  crypto::p256::KeyPair key;
  Bytes certificate;

  static Credentials make(std::uint64_t seed) {
    test::SeededRandom random(seed);
    auto key = crypto::p256::KeyPair::draw(random);
    const auto platform = SimulatedPlatform::make(crypto::Secret<32>::draw(random), SimulationRoot::development());
    attestation::Claims claims;
    auto certificate = attestation::ratls::make_certificate(key, platform.evidence({}, claims));
    return {std::move(key), std::move(certificate).value()};
  }
  [[nodiscard]] TlsSession start(Role role) const { return TlsSession::start(role, key, certificate).value(); }
};

struct Tls : testing::Test {
  static const Credentials& joiner() {
    static const Credentials credentials = Credentials::make(1);
    return credentials;
  }
  static const Credentials& provider() {
    static const Credentials credentials = Credentials::make(2);
    return credentials;
  }

  TlsSession client = joiner().start(Role::kClient);
  TlsSession server = provider().start(Role::kServer);

  /// Moves bytes until both are silent; the first error ends it.
  static TlsResult<void> pump(TlsSession& a, TlsSession& b, std::size_t step = protocol::kMaxTlsBytes) {
    while (a.has_output() || b.has_output()) {
      SUBSTRATEE_TRY(b.input(a.output(step)));
      SUBSTRATEE_TRY(a.input(b.output(step)));
    }
    return {};
  }
};

TEST_F(Tls, both_sides_agree_on_session_and_certificates) {
  ASSERT_TRUE(pump(client, server));
  ASSERT_TRUE(client.is_established());
  ASSERT_TRUE(server.is_established());
  EXPECT_EQ(client.session_id(), server.session_id());
  EXPECT_EQ(client.peer_certificate(), provider().certificate);
  EXPECT_EQ(server.peer_certificate(), joiner().certificate);
}

TEST_F(Tls, every_session_has_its_own_id) {
  ASSERT_TRUE(pump(client, server));
  auto other_client = joiner().start(Role::kClient);
  auto other_server = provider().start(Role::kServer);
  ASSERT_TRUE(pump(other_client, other_server));
  EXPECT_NE(client.session_id(), other_client.session_id());
}

TEST_F(Tls, works_byte_by_byte) {
  ASSERT_TRUE(pump(client, server, 1));
  EXPECT_TRUE(client.is_established() && server.is_established());
}

TEST_F(Tls, frames_of_all_sizes_arrive_in_both_directions) {
  ASSERT_TRUE(pump(client, server));
  test::SeededRandom random;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, protocol::kMaxProvisioningMessage}) {
    Bytes message(size);
    random.fill(message);
    for (auto* from : {&client, &server}) {
      auto& to = from == &client ? server : client;
      ASSERT_TRUE(from->send(message));
      ASSERT_TRUE(pump(client, server));
      EXPECT_EQ(to.receive().value(), message);
      EXPECT_EQ(to.receive().value(), std::nullopt);
    }
  }
}

TEST_F(Tls, frames_keep_their_order_and_their_bounds) {
  ASSERT_TRUE(pump(client, server));
  for (std::uint8_t i = 0; i < 5; ++i) ASSERT_TRUE(client.send(Bytes(i, i)));
  ASSERT_TRUE(pump(client, server));
  for (std::uint8_t i = 0; i < 5; ++i) EXPECT_EQ(server.receive().value(), Bytes(i, i));
}

TEST_F(Tls, incomplete_frame_is_nothing_yet) {
  ASSERT_TRUE(pump(client, server));
  ASSERT_TRUE(client.send(Bytes(40'000)));
  ASSERT_TRUE(server.input(client.output(20'000)));
  EXPECT_EQ(server.receive().value(), std::nullopt);
  ASSERT_TRUE(server.input(client.output(protocol::kMaxTlsBytes)));
  EXPECT_EQ(server.receive().value(), Bytes(40'000));
}

TEST_F(Tls, text_is_not_readable_on_the_way) {
  ASSERT_TRUE(pump(client, server));
  ASSERT_TRUE(client.send(as_bytes("the epoch's secret")));
  const auto wire = client.output(protocol::kMaxTlsBytes);
  EXPECT_EQ(as_text(wire).find("secret"), std::string_view::npos);
}

TEST_F(Tls, too_large_a_message_is_refused_and_harms_nothing) {
  ASSERT_TRUE(pump(client, server));
  const auto sent = client.send(Bytes(protocol::kMaxProvisioningMessage + 1));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), TlsError::kProtocol);
  EXPECT_TRUE(client.is_established());
}

TEST_F(Tls, too_much_input_at_once_is_refused) {
  const auto result = server.input(Bytes(protocol::kMaxTlsBytes + 1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kProtocol);
}

TEST_F(Tls, output_nobody_takes_is_bounded) {
  ASSERT_TRUE(pump(client, server));
  std::size_t sent = 0;
  while (client.send(Bytes(protocol::kMaxProvisioningMessage)) && sent < 100) ++sent;
  EXPECT_GE(sent, 1);
  EXPECT_LT(sent, 10);
}

TEST_F(Tls, frames_nobody_receives_are_bounded) {
  ASSERT_TRUE(pump(client, server));
  TlsResult<void> result;
  for (int i = 0; i < 10 && result; ++i) {
    ASSERT_TRUE(client.send(Bytes(60'000)));
    result = server.input(client.output(protocol::kMaxTlsBytes));
  }
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kProtocol);
}

TEST_F(Tls, nothing_can_be_sent_before_the_handshake) {
  const auto sent = client.send(Bytes(1));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), TlsError::kProtocol);
  EXPECT_EQ(server.receive().value(), std::nullopt);
}

TEST_F(Tls, every_corrupted_byte_of_a_record_is_an_error) {
  ASSERT_TRUE(pump(client, server));
  ASSERT_TRUE(client.send(Bytes(3, 0x11)));
  const std::size_t record_size = client.output(protocol::kMaxTlsBytes).size();
  for (std::size_t i = 0; i < record_size; ++i) {
    auto a = joiner().start(Role::kClient);
    auto b = provider().start(Role::kServer);
    ASSERT_TRUE(pump(a, b));
    ASSERT_TRUE(a.send(Bytes(3, 0x11)));
    auto record = a.output(protocol::kMaxTlsBytes);
    record[i] ^= 0x01;
    record.resize(record.size() + 512);  // a longer length field still finds its bytes
    const auto result = b.input(record);
    ASSERT_FALSE(result) << i;
    EXPECT_EQ(result.error(), TlsError::kProtocol);
    EXPECT_FALSE(b.is_established());
    EXPECT_FALSE(b.receive());
  }
}

TEST_F(Tls, what_arrived_whole_before_a_failure_is_still_received) {
  ASSERT_TRUE(pump(client, server));
  ASSERT_TRUE(client.send(Bytes(3, 0x11)));
  auto bytes = client.output(protocol::kMaxTlsBytes);
  append(bytes, Bytes(64, 0xFF));
  EXPECT_FALSE(server.input(bytes));
  EXPECT_EQ(server.receive().value(), Bytes(3, 0x11));
  EXPECT_FALSE(server.receive());
  EXPECT_FALSE(server.send(Bytes(1)));
}

TEST_F(Tls, handshake_with_a_corrupted_byte_is_never_established_on_both_sides) {
  const auto hello = client.output(protocol::kMaxTlsBytes);
  for (std::size_t i = 0; i < hello.size(); i += 3) {
    auto a = joiner().start(Role::kClient);
    auto b = provider().start(Role::kServer);
    auto changed = a.output(protocol::kMaxTlsBytes);
    changed[i % changed.size()] ^= 0x40;
    if (b.input(changed)) static_cast<void>(pump(a, b));
    EXPECT_FALSE(a.is_established() && b.is_established()) << i;
  }
}

TEST_F(Tls, truncated_handshake_is_never_established) {
  ASSERT_TRUE(server.input(client.output(protocol::kMaxTlsBytes)));
  ASSERT_TRUE(client.input(server.output(protocol::kMaxTlsBytes)));
  const auto last = client.output(protocol::kMaxTlsBytes);
  ASSERT_TRUE(server.input(ByteView(last).first(last.size() - 1)));
  EXPECT_FALSE(server.is_established());
  ASSERT_TRUE(server.input(ByteView(last).last(1)));
  EXPECT_TRUE(server.is_established());
}

TEST_F(Tls, rubbish_is_a_failed_handshake) {
  test::SeededRandom random;
  for (int i = 0; i < 50; ++i) {
    auto session = provider().start(Role::kServer);
    Bytes rubbish(600);
    random.fill(rubbish);
    rubbish[0] = i % 2 == 0 ? 0x16 : rubbish[0];
    const auto result = session.input(rubbish);
    EXPECT_FALSE(session.is_established());
    if (!result) {
      EXPECT_EQ(result.error(), TlsError::kHandshake);
    }
  }
}

TEST_F(Tls, certificate_of_another_key_is_refused_at_start) {
  const auto session = TlsSession::start(Role::kClient, joiner().key, provider().certificate);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error(), TlsError::kCertificate);
}

TEST_F(Tls, certificate_that_does_not_parse_is_refused_at_start) {
  auto certificate = joiner().certificate;
  for (const auto& wrong : {Bytes(), Bytes(10), Bytes(certificate.begin(), certificate.end() - 1)}) {
    const auto session = TlsSession::start(Role::kServer, joiner().key, wrong);
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error(), TlsError::kCertificate);
  }
  certificate.push_back(0);
  EXPECT_FALSE(TlsSession::start(Role::kServer, joiner().key, certificate));
}

/// A peer that keeps no rule but those that its test sets.
class RawPeer {
 public:
  RawPeer(Role role, detail::Context context) : context_(std::move(context)), ssl_(SSL_new(context_.get())) {
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
    role == Role::kClient ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
  }
  Bytes step(ByteView bytes) {
    if (!bytes.empty()) BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error();
    SSL_do_handshake(ssl_.get());
    Bytes out(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())));
    if (!out.empty()) BIO_read(SSL_get_wbio(ssl_.get()), out.data(), static_cast<int>(out.size()));
    return out;
  }
  SSL* ssl() { return ssl_.get(); }

 private:
  detail::Context context_;
  detail::Connection ssl_;
};

detail::Context permissive_context() {
  detail::Context context(SSL_CTX_new(TLS_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  return context;
}

TlsResult<void> talk(RawPeer& peer, TlsSession& session) {
  auto bytes = peer.step({});
  for (int round = 0; round < 5; ++round) {
    SUBSTRATEE_TRY(session.input(bytes));
    bytes = peer.step(session.output(protocol::kMaxTlsBytes));
  }
  return {};
}

TEST_F(Tls, client_without_certificate_is_a_failed_handshake) {
  RawPeer peer(Role::kClient, permissive_context());
  const auto result = talk(peer, server);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kHandshake);
  EXPECT_FALSE(server.is_established());
}

TEST_F(Tls, tls_1_2_is_a_failed_handshake) {
  auto context = detail::make_context(joiner().key, joiner().certificate);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  RawPeer peer(Role::kClient, std::move(context));
  const auto result = talk(peer, server);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kHandshake);
}

TEST_F(Tls, server_that_demands_no_certificate_is_a_failed_handshake) {
  auto context = detail::make_context(provider().key, provider().certificate);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  RawPeer peer(Role::kServer, std::move(context));
  const auto result = talk(peer, client);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kHandshake);
}

TEST_F(Tls, other_groups_are_a_failed_handshake) {
  auto context = detail::make_context(joiner().key, joiner().certificate);
  ASSERT_EQ(SSL_CTX_set1_groups_list(context.get(), "P-256"), 1);
  RawPeer peer(Role::kClient, std::move(context));
  EXPECT_FALSE(talk(peer, server));
}

TEST_F(Tls, no_ticket_is_issued) {
  RawPeer peer(Role::kClient, detail::make_context(joiner().key, joiner().certificate));
  ASSERT_TRUE(talk(peer, server));
  ASSERT_TRUE(server.is_established());
  char byte = 0;
  EXPECT_LE(SSL_read(peer.ssl(), &byte, 1), 0);
  EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(peer.ssl())), 0);
}

TEST_F(Tls, closed_connection_is_an_error) {
  RawPeer peer(Role::kClient, detail::make_context(joiner().key, joiner().certificate));
  ASSERT_TRUE(talk(peer, server));
  SSL_shutdown(peer.ssl());
  const auto result = server.input(peer.step({}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kProtocol);
}

TEST_F(Tls, frame_that_announces_too_much_is_an_error) {
  RawPeer peer(Role::kClient, detail::make_context(joiner().key, joiner().certificate));
  ASSERT_TRUE(talk(peer, server));
  const Bytes announced{0x01, 0x00, 0x01, 0x00};  // 64 KiB and one
  ASSERT_EQ(SSL_write(peer.ssl(), announced.data(), 4), 4);
  ASSERT_TRUE(server.input(peer.step({})));
  const auto result = server.receive();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), TlsError::kProtocol);
  EXPECT_FALSE(server.is_established());
}

}  // namespace
}  // namespace substratee::enclave::provisioning
