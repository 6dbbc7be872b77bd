"""TLS servers of this machine, by certificates made for the test."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from support.publisher import Publisher


def certificate(folder: Path, *, days: int) -> Path:
    """Key and self-signed certificate of a.example in one file, valid for `days` from now."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("needs the openssl command to make a certificate")
    key, asked, signed = folder / "key.pem", folder / "asked.pem", folder / f"signed{days}.pem"
    curve = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
    new = f"req {curve} -nodes -subj /CN=test -addext subjectAltName=DNS:a.example"
    subprocess.run([openssl, *new.split(), "-keyout", str(key), "-out", str(asked)], check=True, capture_output=True)
    sign = f"x509 -req -days {days} -copy_extensions copy"
    files = ["-in", str(asked), "-signkey", str(key), "-out", str(signed)]
    subprocess.run([openssl, *sign.split(), *files], check=True, capture_output=True)
    signed.write_bytes(signed.read_bytes() + key.read_bytes())
    return signed


def https_publisher(pem: Path) -> Publisher:
    """A publisher at https with this key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return Publisher(tls=context)
