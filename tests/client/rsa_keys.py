"""RSA keys, made when they are needed."""

import subprocess
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key


def make_rsa_keys(folder):
    """Two private keys of 2048 bits: PKCS#1 and PKCS#8. Each has its public key beside it: `public_key_file`."""
    folder = Path(folder)
    keys = [folder / "pkcs1.pem", folder / "pkcs8.pem"]
    for key, form in zip(keys, ("-traditional", "-outform=PEM")):
        made = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
        subprocess.run(["openssl", "pkey", form, "-out", key], input=made, check=True, capture_output=True)
        key.chmod(0o600)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public_key_file(key)], check=True,
                       capture_output=True)
    first_lines = [key.read_text().splitlines()[0] for key in keys]
    assert first_lines == ["-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"], first_lines
    return keys


def public_key_file(key):
    return str(key) + ".pub"


@lru_cache(16)
def loaded(public_key):
    """What Python's cryptography makes of this PEM; reading it takes longer than verifying with it."""
    return load_pem_public_key(public_key.encode())
