"""A pinned connection still proves the server's name: the certificate is checked against the host, not the address."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.providers.addresses import Origin
from integrations.providers.pinning import PinnedTransport

NAME = "p1.api.sanity.io"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(certificate):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.headers["host"].encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.names = []
    context.sni_callback = lambda socket, name, _: server.names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda request, client_address: None  # refused handshakes are what is tried
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def get(host, server, certificate):
    trusting = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=str(certificate)), trust_env=False)
    origin = Origin("https", host, server.server_port)
    pinned = PinnedTransport(origin, lambda name, port: ["127.0.0.1"], trusting, inward_allowed=True)
    with httpx.Client(transport=pinned, trust_env=False, timeout=5.0) as client:
        return client.get(f"{origin}/x")


def test_the_pinned_address_is_asked_for_the_hosts_name_and_proves_it(server, certificate):
    answer = get(NAME, server, certificate)
    assert answer.status_code == 200
    assert answer.text == f"{NAME}:{server.server_port}"
    assert server.names == [NAME]


def test_a_server_that_proves_another_name_is_refused(server, certificate):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        get("p2.api.sanity.io", server, certificate)
