#pragma once

/// Who is at the other end, for limits. Private to server.cpp: this header includes Asio.

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <string>

namespace substratee::net {

/// An IPv4 address that came in through an IPv6 socket is an IPv4 address.
inline boost::asio::ip::address without_mapping(const boost::asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

/// Who shares a limit: one IPv4 address, or one IPv6 /64, which is what a single customer gets.
inline std::string limit_key(const boost::asio::ip::address& address) {
  if (!address.is_v6() || address.is_loopback()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::make_address_v6(bytes).to_string() + "/64";
}

}  // namespace substratee::net
