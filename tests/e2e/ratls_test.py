#!/usr/bin/env python3
"""The tools that everybody has can show our RA-TLS certificates: openssl s_client and openssl x509."""

import pathlib
import re
import subprocess
import tempfile

import support
from support import devnet

OPENSSL = 'openssl'
EXTENSION = '2.23.133.5.4.9'


class RatlsTest(support.NetworkTest):

    def presented_certificate(self, address):
        """What the enclave behind a provisioning port presents to anybody, in PEM. It then refuses who has none."""
        shown = subprocess.run([OPENSSL, 's_client', '-connect', address, '-tls1_3', '-showcerts'], capture_output=True, text=True,
                               timeout=60, stdin=subprocess.DEVNULL)
        found = re.findall('-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n', shown.stdout, re.S)
        self.assertEqual(len(found), 1, shown.stdout + shown.stderr)
        return found[0]

    def test_openssl_shows_the_evidence_of_an_enclave(self):
        self.network.start_node()
        self.network.start_worker('worker')
        address = self.network.client('client', 'workers')['workers'][0]['provisioning_url'].removeprefix('tcp://')
        pem = self.presented_certificate(address)
        text = subprocess.run([OPENSSL, 'x509', '-noout', '-text'], input=pem, capture_output=True, text=True, timeout=30).stdout
        self.assertIn(EXTENSION, text)
        self.assertNotIn(EXTENSION + ': critical', text)
        self.assertIn('substraTEE RA-TLS', text)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'certificate.pem'
            path.write_text(pem)
            seen = self.network.client('client', 'attestation', 'inspect', path)
        measurement = self.network.client('client', 'workers')['workers'][0]['measurement'].removeprefix('0x')
        self.assertIn(EXTENSION, seen['contents']['carrier'])
        self.assertEqual(seen['contents']['evidence']['enclave']['measurement'], measurement)
        self.assertEqual(seen['contents']['claims']['purpose'], 'provisioning')


if __name__ == '__main__':
    if not devnet.shutil.which(OPENSSL):
        print('skipped: no openssl on the path')
        raise SystemExit(support.SKIPPED)
    support.main()
