"""A real nginx before a site, with the very file of deploy/: only its addresses, certificate and folders are put in."""

import datetime as dt
import ipaddress
import os
import re
import shutil
import ssl
import subprocess
from pathlib import Path
from types import TracebackType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.databases import ROOT
from tests.services import dies_with_us, free_port, wait_until

HOST = "127.0.0.2"  # of this machine, and yet no localhost: the site takes it for a public one
AROUND = """
daemon off;
user {user};
pid {folder}/pid;
error_log {folder}/main.log;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/mainstay.conf;
}}
"""


class Nginx:
    """Use it as a context manager; `url` is where the site is reached, and `tls` knows its certificate."""

    def __init__(self, folder: Path, servers: list[int]) -> None:
        """`servers`: the ports of the site's processes."""
        self.folder, self.servers = folder, servers
        self.port, self.plain = free_port(), free_port()
        self.url = f"https://{HOST}:{self.port}"
        certify(folder)
        self.tls = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        self.child: subprocess.Popen[bytes] | None = None

    def site_file(self) -> str:
        """What stands in deploy/nginx.conf, with this machine's places in it."""
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for pattern, words in (
            (r"(?:    server 127\.0\.0\.1:\d+(.*);\n)+", "".join(rf"    server 127.0.0.1:{port}\1;\n" for port in self.servers)),
            (r"    listen \[::\]:.*\n", ""),
            (r"listen 80;", f"listen {HOST}:{self.plain};"),
            (r"listen 443 ", f"listen {HOST}:{self.port} "),
            (r"/etc/letsencrypt/live/www\.example\.org|/var/log/nginx", str(self.folder)),
            (r"www\.example\.org", HOST),
        ):
            text, found = re.subn(pattern, words, text)
            assert found, f"deploy/nginx.conf no longer has {pattern}"
        return text

    def __enter__(self) -> "Nginx":
        if not (program := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")):
            pytest.skip("nginx is not here: apt install nginx-light")
        user = "root" if os.getuid() == 0 else "nobody"
        (self.folder / "mainstay.conf").write_text(self.site_file())
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, user=user))
        log = self.folder / "main.log"
        command = [program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(log)]
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=dies_with_us())
        wait_until(lambda: (self.folder / "pid").exists(), child=self.child, what="nginx", log=log)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.child
        self.child.terminate()
        self.child.wait(20)

    def logged(self) -> str:
        """All that nginx has written into any log."""
        return "\n".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))


def certify(folder: Path) -> None:
    """Write a certificate for HOST, signed by itself, and its key, under the names that Let's Encrypt gives them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1), [])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    unlocked = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, unlocked))
