"""Files with content credentials, signed by a certificate authority made on the spot.

authority = make_authority()              # a root and a signer of its own
signed = authority.sign(data, "image/jpeg", manifest(made_by_algorithm=True))
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """A root certificate (PEM) and what its one signer needs."""

    root_pem: str
    chain_pem: str
    key_pem: str

    def sign(self, data: bytes, mime: str, store: dict[str, Any]) -> bytes:
        """The file with a signed manifest."""
        info = c2pa.C2paSignerInfo("es256", self.chain_pem.encode(), self.key_pem.encode(), None)
        options = {
            "verify": {"verify_after_sign": False},
            "builder": {"thumbnail": {"enabled": False}},
        }
        target = io.BytesIO()
        with c2pa.Builder(store, c2pa.Context.from_dict(options)) as builder:
            builder.sign(c2pa.Signer.from_info(info), mime, io.BytesIO(data), target)
        return target.getvalue()


def manifest(
    *, source_type: str | None = None, generator: str = "Picture Maker", title: str = "a picture"
) -> dict[str, Any]:
    """A manifest of a file that was created and edited."""
    created = {"action": "c2pa.created"}
    if source_type is not None:
        created["digitalSourceType"] = SOURCE_TYPES + source_type
    return {
        "claim_generator_info": [{"name": generator, "version": "1.2"}],
        "title": title,
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {"actions": [created, {"action": "c2pa.edited"}]},
            }
        ],
    }


def make_authority(signer: str = "Test Signer", organisation: str = "Test Press") -> Authority:
    """A new root and a signer certified by it."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name("Test Root", organisation)
    root = _certificate(root_name, root_name, root_key, root_key, is_root=True)
    leaf = _certificate(_name(signer, organisation), root_name, key, root_key, is_root=False)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Authority(_pem(root), _pem(leaf) + _pem(root), private.decode())


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: Key, issuer_key: Key, *, is_root: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = {
        "digital_signature": True,
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": is_root,
        "crl_sign": is_root,
        "encipher_only": False,
        "decipher_only": False,
    }
    parent = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(parent, critical=False)
    )
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(own, critical=False)
    if not is_root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
