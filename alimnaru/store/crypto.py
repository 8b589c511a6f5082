"""Sealing of personal data, and the keyed hash by which a phone is found again.

All keys come by HKDF from root secrets, which stand in the database under a master key that does
not (`store.keyring`):

* of the first root, which never changes: the key of the phone hash, so that the table of hashes
  cannot be reversed by trying all numbers, and of the other keyed hashes and links;
* of each generation: the wrapping key under which each batch's own data key is stored; destroying
  the wrapped key destroys the batch's personal data, in backups too once they expire; and the key
  for what belongs to no batch: raw callbacks and carriers' secrets.

AES-256-GCM throughout; the associated data names the row, so that a blob moved to another row
does not open.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from alimnaru.rules.resident_link import Signer

NONCE = 12
HASH = 16
#: Nonces of one batch key must never meet: message ids and refused rows' numbers count apart.
MESSAGES = b"\x00\x00\x00\x00"
REFUSED = b"\x00\x00\x00\x01"
#: The key of a hold is bound to this and the hold's number, so that it passes for no batch's.
HOLDS = 1 << 62

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[str]).decode


class Unreadable(Exception):  # noqa: N818
    """A sealed value does not open: another key, another row, or a damaged byte."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Root secrets by generation, as this process last read them."""

    roots: Mapping[int, bytes]
    #: By the process's own clock.
    read_at: float

    @property
    def current(self) -> int:
        """The generation under which new things are sealed."""
        return max(self.roots)


#: None: nobody has read it (a test, a tool): the master key itself is the first root.
_ring: Ring | None = None
#: A new generation is used by every process within so many seconds.
RING_SECONDS = 60
#: Before what is sealed under a later generation than the first; its number follows in 2 bytes.
GENERATION_MARK = b"\x9eK"
_WRAPPED = 60


def use(ring: Ring | None) -> None:
    """From now on keys come from this ring."""
    global _ring  # noqa: PLW0603 - one per process
    _ring = ring


def _root(generation: int) -> bytes:
    """A root secret. Raises `Unreadable` for one that there is not (any more)."""
    if _ring is None and generation == 0:
        return bytes(settings.MASTER_KEY)
    if _ring is None or generation not in _ring.roots:
        _read_again()
    root = _ring.roots.get(generation) if _ring else None
    if root is None:
        raise Unreadable(f"root key {generation}")
    return root


def _current() -> int:
    if _ring is not None and time.monotonic() > _ring.read_at + RING_SECONDS:
        _read_again()
    return _ring.current if _ring else 0


def _read_again() -> None:
    # Asked for by whoever meets a generation that it does not know; the ring needs our own parts.
    from alimnaru.store import keyring  # noqa: PLC0415

    keyring.load()


@lru_cache(maxsize=64)
def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(root)


def _key(purpose: str, generation: int = 0) -> bytes:
    return _derived(_root(generation), purpose)


def phone_hash(digits: str) -> bytes:
    """16 bytes of HMAC-SHA256 over the phone's digits under the office's own key."""
    return hmac.digest(_key("phone hash"), digits.encode(), "sha256")[:HASH]


def value_hash(field: str, text: str) -> bytes:
    """16 bytes of a keyed hash of what a list says of a person in one of its fields."""
    said = f"{field}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(_key("known value"), said, "sha256")[:HASH]


def person_hash(name: str) -> bytes:
    """16 bytes of a keyed hash of the name in a row: with the phone, it says who was meant."""
    return value_hash("person", "".join(name.split()))


def resident_signer() -> Signer:
    """What makes and reads the links and codes of messages."""
    return _signer(_key("resident links"))


@lru_cache(maxsize=2)
def _signer(key: bytes) -> Signer:
    return Signer(key)


def row_secret() -> bytes:
    """The key of row keys: without it, who reads the table could try phone numbers."""
    return _key("row key")


def signing_seed() -> bytes:
    """32 bytes: the private key under which seals are signed (`store.signing`)."""
    return _key("seal signing")


def seal(data: bytes, *, purpose: str) -> bytes:
    """Seal something that belongs to no batch. Opens only under the same `purpose`."""
    nonce, generation = os.urandom(NONCE), _current()
    sealed = AESGCM(_key("sealed", generation)).encrypt(nonce, data, purpose.encode())
    head = GENERATION_MARK + generation.to_bytes(2, "big") if generation else b""
    return head + nonce + sealed


def unseal(blob: bytes, *, purpose: str) -> bytes:
    """Open what `seal` made. Raises `Unreadable`."""
    generation = sealed_under(blob)
    if generation:
        try:
            return _unsealed(blob[4:], purpose, generation)
        except Unreadable:
            pass  # a nonce of the first generation may begin like the mark, once in 65,536
    return _unsealed(blob, purpose, 0)


def sealed_under(blob: bytes) -> int:
    """The generation that `seal` used."""
    return int.from_bytes(blob[2:4], "big") if blob[:2] == GENERATION_MARK else 0


def _unsealed(blob: bytes, purpose: str, generation: int) -> bytes:
    try:
        key = _key("sealed", generation)
        return AESGCM(key).decrypt(blob[:NONCE], blob[NONCE:], purpose.encode())
    except (InvalidTag, ValueError):  # the latter for a nonce cut short
        raise Unreadable(purpose) from None


def wrapped_under(wrapped: bytes) -> int:
    """The generation under which a batch's key is wrapped."""
    return 0 if len(wrapped) == _WRAPPED else int.from_bytes(wrapped[:2], "big")


class BatchKey:
    """The data key of one batch.

    Nonces are the row's own number: a payload is written once and never again under the same
    key, which is what GCM asks for, and no random bytes are drawn for each of 470,000 rows.
    """

    __slots__ = ("_aead", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._aead = AESGCM(key)

    @classmethod
    def new(cls) -> BatchKey:
        """A fresh random data key."""
        return cls(AESGCM.generate_key(256))

    @classmethod
    def unwrap(cls, wrapped: bytes, batch_id: int) -> BatchKey:
        """The key that `wrap` stored for this batch. Raises `Unreadable`."""
        blob = bytes(wrapped)
        generation = wrapped_under(blob)
        cut = blob[2:] if generation else blob
        try:
            aead = AESGCM(_key("batch keys", generation))
            return cls(aead.decrypt(cut[:NONCE], cut[NONCE:], batch_id.to_bytes(8, "big")))
        except (InvalidTag, ValueError, Unreadable):  # nothing is left of a destroyed key
            raise Unreadable(f"key of batch {batch_id}") from None

    def wrap(self, batch_id: int) -> bytes:
        """This key under the newest generation, bound to its batch."""
        nonce, generation = os.urandom(NONCE), _current()
        aad = batch_id.to_bytes(8, "big")
        sealed = AESGCM(_key("batch keys", generation)).encrypt(nonce, self._key, aad)
        return (generation.to_bytes(2, "big") if generation else b"") + nonce + sealed

    def seal_anew(self, row_id: int, parts: list[str]) -> bytes:
        """Seal other texts of a message than it was made with; `open` tells them apart.

        Its number was used as nonce already, so this one is drawn: its highest bit keeps it away
        from all numbers, the other 95 from its like. It stands before the sealed texts, and the
        message's number is bound to them.
        """
        drawn = os.urandom(NONCE)
        nonce = bytes([drawn[0] | 0x80]) + drawn[1:]
        return nonce + self._aead.encrypt(nonce, _pack(parts), row_id.to_bytes(8, "big"))

    def seal(self, row_id: int, parts: list[str], *, space: bytes = MESSAGES) -> bytes:
        """Seal the texts of a row."""
        return self._aead.encrypt(space + row_id.to_bytes(8, "big"), _pack(parts), None)

    def open(self, row_id: int, blob: bytes, *, space: bytes = MESSAGES) -> list[str]:
        """The texts of a row. Raises `Unreadable`, also for a blob of another row."""
        try:
            return _unpack(self._aead.decrypt(space + row_id.to_bytes(8, "big"), blob, None))
        except InvalidTag:
            return self._open_anew(row_id, blob)

    def _open_anew(self, row_id: int, blob: bytes) -> list[str]:
        """What `seal_anew` sealed: seldom, so it is tried last."""
        nonce, sealed = blob[:NONCE], blob[NONCE:]
        try:
            return _unpack(self._aead.decrypt(nonce, sealed, row_id.to_bytes(8, "big")))
        except (InvalidTag, ValueError):  # the latter for a blob cut short
            raise Unreadable(f"payload of row {row_id}") from None
