// A stand-in for the enclave with bad habits, one for each name. Used by the tests only.
#include "core/protocol/enclave_messages.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace substratee;

extern "C" char** environ;

Bytes read_exactly(std::size_t size) {
  Bytes out(size);
  for (std::size_t done = 0; done < size;) {
    const auto count = ::read(STDIN_FILENO, out.data() + done, size - done);
    if (count <= 0) std::_Exit(0);
    done += static_cast<std::size_t>(count);
  }
  return out;
}

protocol::RequestFrame read_request() {
  const auto size = *scale::decode<std::uint32_t>(read_exactly(4));
  return *scale::decode<protocol::RequestFrame>(read_exactly(size));
}

void write_all(const Bytes& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count = ::write(STDOUT_FILENO, bytes.data() + done, bytes.size() - done);
    if (count <= 0) std::_Exit(1);
    done += static_cast<std::size_t>(count);
  }
}

void reply(std::uint64_t id, protocol::Reply message) {
  const auto body = scale::encode(protocol::ReplyFrame{protocol::kFrameVersion, id, std::move(message)});
  auto frame = scale::encode(static_cast<std::uint32_t>(body.size()));
  append(frame, body);
  write_all(frame);
}

/// Says in a refusal what this process has inherited.
std::string inheritance() {
  int descriptors = 0;
  for (int fd = 3; fd < 256; ++fd) descriptors += ::lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF ? 1 : 0;
  int variables = 0;
  for (char** entry = environ; *entry != nullptr; ++entry) ++variables;
  return std::to_string(descriptors) + " descriptors, " + std::to_string(variables) + " variables";
}

void answer(std::string_view habit, const protocol::RequestFrame& request) {
  if (habit == "crash") std::raise(SIGKILL);
  if (habit == "exit") std::_Exit(7);
  if (habit == "hang")
    while (true) ::pause();
  if (habit == "oversize") return write_all(scale::encode(std::uint32_t{9} << 20));
  if (habit == "garbage") return write_all(concat(scale::encode(std::uint32_t{4}), Bytes{0xff, 0xff, 0xff, 0xff}));
  if (habit == "wrong-id") return reply(request.id + 1, protocol::Done{});
  if (habit == "inheritance") {
    return reply(request.id, protocol::Refused{protocol::Refusal::kUnexpected, {inheritance()}});
  }
  reply(request.id, protocol::Done{});
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view habit = argc > 1 ? argv[1] : "";
  if (habit == "talk") std::fputs("first line\nsecond \x1b line", stderr);
  if (habit == "deaf") {
    std::signal(SIGTERM, SIG_IGN);
    while (true) ::pause();
  }
  while (true) answer(habit, read_request());
}
