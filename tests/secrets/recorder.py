"""TCP relays that stand between the parties and keep every byte; and what was under WebSocket's masks."""

import socket
import struct
import threading


class Recorder:
    """Relays of one test. Close it at the end."""

    def __init__(self):
        self._listeners = []
        self._streams = []
        self._lock = threading.Lock()

    def relay_to(self, port):
        """A port of its own that leads to that one (which may open later)."""
        listener = socket.create_server(('127.0.0.1', 0))
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()
        return listener.getsockname()[1]

    def _accept(self, listener, port):
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(('127.0.0.1', port), timeout=10)
            except OSError:
                near.close()
                continue
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near, far):
        far.settimeout(None)
        streams = bytearray(), bytearray()
        with self._lock:
            self._streams.extend(streams)
        with near, far:
            back = threading.Thread(target=self._copy, args=(far, near, streams[1]), daemon=True)
            back.start()
            self._copy(near, far, streams[0])
            back.join()

    @staticmethod
    def _copy(source, target, stream):
        try:
            while data := source.recv(65536):
                stream += data
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def streams(self):
        """Each direction of each connection: as it went over the wire, and unmasked where it was WebSocket."""
        with self._lock:
            kept = [bytes(stream) for stream in self._streams]
        return kept + [unmasked for stream in kept if (unmasked := websocket_payloads(stream))]

    def close(self):
        for listener in self._listeners:
            listener.close()


def websocket_payloads(stream):
    """The payloads behind an upgrade, unmasked; nothing if there was none."""
    head, end, rest = stream.partition(b'\r\n\r\n')
    if not end or b'websocket' not in head.lower():
        return b''
    out = []
    at = 0
    while at + 2 <= len(rest):
        size, is_masked = rest[at + 1] & 0x7F, rest[at + 1] & 0x80
        at += 2
        if size == 126:
            size, at = struct.unpack_from('>H', rest, at)[0], at + 2
        elif size == 127:
            size, at = struct.unpack_from('>Q', rest, at)[0], at + 8
        mask = rest[at:at + 4] if is_masked else b''
        at += len(mask)
        payload = rest[at:at + size]
        at += size
        if mask:
            whole = (mask * (len(payload) // 4 + 1))[:len(payload)]
            payload = (int.from_bytes(payload, 'big') ^ int.from_bytes(whole, 'big')).to_bytes(len(payload), 'big')
        out.append(payload)
    return b''.join(out)


def free_ports(count):
    """Ports that nobody listens on now."""
    held = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in held]
    for holder in held:
        holder.close()
    return ports
