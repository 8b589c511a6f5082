"""Ed25519: the office signs its seals; whoever has the public key checks them."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from alimnaru.store import crypto


def sign(message: bytes) -> bytes:
    """64 bytes."""
    return _private().sign(message)


def public_key() -> bytes:
    """The office's own, 32 raw bytes."""
    return _private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_pem() -> str:
    """The same as other programs read it (`openssl pkey -pubin`)."""
    public = _private().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def raw_key(pem: bytes) -> bytes:
    """The 32 raw bytes of a public key in PEM. Raises ValueError."""
    public = load_pem_public_key(pem)
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")  # noqa: TRY004 - a file's fault
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether `key`'s owner signed it."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(crypto.signing_seed())
