"""Whether feedhub's web side here is ready: exits with 0 or 1. Of the standard library it needs sockets alone."""

import os
import socket
import sys

host, port = os.environ.get("FEEDHUB_HOST", "127.0.0.1"), int(os.environ.get("FEEDHUB_PORT", "8080"))
try:
    # The address to listen at will do to connect to: 0.0.0.0 and :: lead to this machine itself.
    with socket.create_connection((host, port), timeout=4) as connection:
        connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        status = connection.recv(12)
except OSError as error:
    sys.exit(f"not ready: {error}")
if status != b"HTTP/1.1 200":
    sys.exit(f"not ready: {status.decode('latin-1')}")
