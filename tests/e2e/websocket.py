"""A WebSocket client for tests that misbehave (RFC 6455), on a plain socket: nothing is read or sent unless asked."""

import base64
import json
import os
import socket
import struct
import urllib.parse

TEXT = 1


class WebSocket:
    def __init__(self, url, seconds=10, receive_buffer=None):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(seconds)
        self.socket.connect((parts.hostname, parts.port))
        self._buffer = b''
        self._next_id = 0
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f'GET / HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                             f'Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n').encode())
        while b'\r\n\r\n' not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b'\r\n\r\n', 1)
        if b' 101 ' not in head.split(b'\r\n')[0]:
            raise ConnectionError(head.decode(errors='replace'))

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        self.socket.close()

    def _fill(self):
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise ConnectionError('closed by the server')
        self._buffer += piece

    @staticmethod
    def frame(payload, kind=TEXT, final=True):
        size = len(payload)
        head = bytes([(0x80 if final else 0) | kind])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack('>H', size)
        else:
            head += bytes([0x80 | 127]) + struct.pack('>Q', size)
        return head + bytes(4) + payload  # a mask of zeros

    def request(self, method, *params):
        """The frame of one request."""
        self._next_id += 1
        text = json.dumps({'jsonrpc': '2.0', 'id': self._next_id, 'method': method, 'params': params})
        return self.frame(text.encode())

    def send(self, method, *params):
        self.socket.sendall(self.request(method, *params))

    def receive(self):
        """The next text message, as JSON. Pings are left unanswered."""
        while True:
            message = self._take_frame()
            if message is not None:
                return json.loads(message)
            self._fill()

    def _take_frame(self):
        while len(self._buffer) >= 2:
            kind, size, start = self._buffer[0] & 0x0f, self._buffer[1] & 0x7f, 2
            if size == 126:
                start = 4
                size = int.from_bytes(self._buffer[2:4], 'big') if len(self._buffer) >= 4 else 1 << 62
            elif size == 127:
                start = 10
                size = int.from_bytes(self._buffer[2:10], 'big') if len(self._buffer) >= 10 else 1 << 62
            if len(self._buffer) < start + size:
                return None
            payload, self._buffer = self._buffer[start:start + size], self._buffer[start + size:]
            if kind == TEXT:
                return payload
            if kind == 8:
                raise ConnectionError('closed by the server')
        return None

    def call(self, method, *params):
        """One request and its answer; notifications in between are dropped."""
        self.send(method, *params)
        wanted = self._next_id
        while True:
            answer = self.receive()
            if answer.get('id') == wanted:
                return answer
