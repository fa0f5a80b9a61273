# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates made for one test, and an authority that vouches for them."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key, passphrase=None):
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase \
        else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             encryption).decode()


class Authority:
    """Nobody trusts it but the contexts that it makes."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign("Authority of a test", self.key.public_key(), [], True)

    def _sign(self, name, public_key, names, is_authority=False, days=2):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (x509.CertificateBuilder().subject_name(_name(name))
                   .issuer_name(_name("Authority of a test")).public_key(public_key)
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now - 3 * DAY).not_valid_after(now + days * DAY)
                   .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, *hosts, days=2, key=None, passphrase=None):
        """The PEM texts of a certificate with its chain, and of its key."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        names = []
        for host in hosts:
            try:
                names.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                names.append(x509.DNSName(host))
        certificate = self._sign(hosts[0], key.public_key(), names, days=days)
        return _pem(certificate) + _pem(self.certificate), _key_pem(key, passphrase)

    def context(self):
        """What a client that trusts this authority alone uses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=_pem(self.certificate))
        return context
