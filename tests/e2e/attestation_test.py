#!/usr/bin/env python3
"""`substratee-client attestation` on every sample of evidence: the verdicts are those of expect.json."""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = pathlib.Path(os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'))
CLIENT = PROGRAMS / 'substratee-client'
VECTORS = ROOT / 'tests/vectors/attestation'
SKIPPED = 77
MEMBERS = ('verdict', 'error', 'evidence', 'hardware', 'tcb_status', 'platform_status', 'qe_status', 'module_status', 'advisories',
           'measurement', 'signer', 'debug', 'report_data', 'valid_until')
ANY = {'measurements': 'any', 'signers': 'any', 'statuses': 'any', 'advisories': 'any'}


def run(*arguments):
    return subprocess.run([CLIENT, *map(str, arguments)], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)


def samples(kind):
    return sorted(path.parent for path in (VECTORS / kind).glob('*/expect.json'))


def expectation(folder):
    return json.loads((folder / 'expect.json').read_text())


class AttestationTest(unittest.TestCase):

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix='substratee-attestation-')
        self.addCleanup(self.scratch.cleanup)

    def file(self, name, content):
        path = pathlib.Path(self.scratch.name) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def policy(self, **members):
        return self.file('policy.json', json.dumps({**ANY, **members}))

    def verify(self, *arguments):
        """The verdict; exit status and error agree with it."""
        result = run('attestation', 'verify', '--json', *arguments)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        verdict = json.loads(result.stdout)
        for name in MEMBERS:
            self.assertIn(name, verdict)
        self.assertEqual(verdict['verdict'], 'accepted' if result.returncode == 0 else 'refused')
        self.assertEqual(verdict['error'] is None, result.returncode == 0)
        return verdict

    def assert_usage(self, *arguments):
        result = run('attestation', *arguments)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertTrue(result.stderr.strip(), 'nothing on standard error')
        for trace in ('terminate called', 'what():', 'Sanitizer', 'Assertion', 'report this'):
            self.assertNotIn(trace, result.stderr)

    # --- Intel ---

    def check_quote(self, folder, expect, name, collateral):
        expected = collateral['expected']
        path = folder / name / 'collateral.json'
        verdict = self.verify('--evidence', folder / 'quote.bin', '--collateral', path, '--time', collateral['verify_time'])
        self.assertEqual(verdict['evidence'], 'tdx' if expect['kind'] == 'tdx' else 'sgx')
        if expected['converged'] == 'TcbNotSupported':
            self.assertEqual(verdict['error'], 'TcbNotSupported')
            return
        self.assertEqual(verdict['error'], 'Debug' if expect['debug'] else None)
        self.assertTrue(verdict['hardware'])
        self.assertEqual(verdict['tcb_status'], expected['converged'])
        self.assertEqual(verdict['platform_status'], expected['platform_tcb_status'])
        self.assertEqual(verdict['qe_status'], expected['qe_tcb_status'])
        self.assertEqual(verdict['module_status'], expected['module_status'])
        self.assertCountEqual(verdict['advisories'], expected['advisory_ids'])
        self.assertEqual(verdict['measurement'], expect.get('mrenclave') or expect['mrtd'])
        self.assertEqual(verdict['signer'], expect.get('mrsigner') or expect['mrsignerseam'])
        self.assertEqual(verdict['report_data'], expect['report_data'])
        self.assertEqual(verdict['debug'], expect['debug'])
        self.assertGreaterEqual(verdict['valid_until'], collateral['verify_time'])
        self.assertEqual(verdict['fmspc'].upper(), expect['fmspc'].upper())

    def test_quotes_of_intel(self):
        count = 0
        for folder in [*samples('sgx-dcap'), *samples('tdx')]:
            expect = expectation(folder)
            for name, collateral in expect['collateral'].items():
                with self.subTest(f'{folder.name} {name}'):
                    self.check_quote(folder, expect, name, collateral)
                    count += 1
        self.assertGreater(count, 20)

    def test_quotes_of_intel_without_collateral(self):
        for folder in [*samples('sgx-dcap'), *samples('tdx')]:
            expect = expectation(folder)
            with self.subTest(folder.name):
                verdict = self.verify('--evidence', folder / 'quote.bin', '--time', 1_700_000_000)
                expected = 'MissingCollateral' if expect.get('cert_data_type') == 5 else 'UnsupportedCertification'
                if 'synthetic' in folder.name:
                    self.assertIsNotNone(verdict['error'])
                elif verdict['error'] not in ('NotYetValid', 'Expired'):
                    self.assertEqual(verdict['error'], expected)
                self.assertIsNone(verdict['tcb_status'])

    def test_statuses_can_be_narrowed(self):
        folder = VECTORS / 'sgx-dcap/teepot-00606A000000'
        collateral = expectation(folder)['collateral']['.']
        common = ('--evidence', folder / 'quote.bin', '--collateral', folder / 'collateral.json', '--time', collateral['verify_time'])
        self.assertEqual(self.verify(*common, '--accept-status', 'UpToDate')['error'], 'StatusNotAllowed')
        self.assertIsNone(self.verify(*common, '--accept-status', 'UpToDate,SWHardeningNeeded')['error'])
        self.assertEqual(self.verify(*common, '--policy', self.policy(statuses=['UpToDate']), '--accept-status',
                                     'SWHardeningNeeded')['error'], 'StatusNotAllowed')
        for words in ('', 'uptodate', 'UpToDate,', 'Revoked', 'UpToDate SWHardeningNeeded'):
            self.assert_usage('verify', *common, '--accept-status', words)

    def test_a_policy_denies_what_it_does_not_list(self):
        folder = VECTORS / 'sgx-dcap/teepot-00606A000000'
        expect = expectation(folder)
        collateral = expect['collateral']['.']

        def error(**members):
            return self.verify('--evidence', folder / 'quote.bin', '--collateral', folder / 'collateral.json', '--time',
                               collateral['verify_time'], '--policy', self.policy(**members))['error']
        self.assertIsNone(error())
        self.assertIsNone(error(measurements=[expect['mrenclave']], signers=['00', expect['mrsigner']],
                                statuses=['SWHardeningNeeded'], advisories=collateral['expected']['advisory_ids']))
        self.assertEqual(error(measurements=[]), 'MeasurementNotAllowed')
        self.assertEqual(error(measurements=['00' * 32]), 'MeasurementNotAllowed')
        self.assertEqual(error(signers=[]), 'SignerNotAllowed')
        self.assertEqual(error(statuses=[]), 'StatusNotAllowed')
        self.assertEqual(error(advisories=[]), 'AdvisoryNotAllowed')
        self.assertEqual(error(evidence=[]), 'KindNotAllowed')
        self.assertEqual(error(evidence=['tdx']), 'KindNotAllowed')
        self.assertEqual(error(minimum_evaluation_number=99), 'EvaluationNumberTooLow')

    def test_a_policy_must_be_complete_and_known(self):
        quote = VECTORS / 'sgx-dcap/teepot-00606A000000/quote.bin'
        good = json.dumps(ANY)
        for text in ('', '[]', '{}', good[:-1], good + 'x', good[:-1] + ',"colour":1}', good.replace('"any"', '"all"'),
                     good[:-1] + ',"statuses":"any"}', good[:-1] + ',"allow_debug":1}', good[:-1] + ',"evidence":["sev"]}',
                     good[:-1] + ',"minimum_evaluation_number":-1}', json.dumps({**ANY, 'statuses': ['Revoked']}),
                     json.dumps({**ANY, 'measurements': ['xy']})):
            with self.subTest(text):
                self.assert_usage('verify', '--evidence', quote, '--policy', self.file('policy.json', text))

    def test_debug_can_be_allowed(self):
        folder = VECTORS / 'sgx-dcap/occlum-debug-00606A000000'
        collateral = expectation(folder)['collateral']['.']
        verdict = self.verify('--evidence', folder / 'quote.bin', '--collateral', folder / 'collateral.json', '--time',
                              collateral['verify_time'], '--policy', self.policy(allow_debug=True))
        self.assertIsNone(verdict['error'])
        self.assertTrue(verdict['debug'])

    def test_damaged_evidence_and_collateral_are_refused(self):
        folder = VECTORS / 'sgx-dcap/teepot-00606A000000'
        collateral = expectation(folder)['collateral']['.']
        quote = bytearray((folder / 'quote.bin').read_bytes())
        text = bytearray((folder / 'collateral.json').read_bytes())
        for place in (20, 50, 100, 400, 440, 520, 600, 1000, 1100, 2000):
            damaged = bytearray(quote)
            damaged[place] ^= 1
            verdict = self.verify('--evidence', self.file('quote', bytes(damaged)), '--collateral', folder / 'collateral.json',
                                  '--time', collateral['verify_time'])
            self.assertIsNotNone(verdict['error'], place)
        for place in range(500, len(text), len(text) // 10):
            damaged = bytearray(text)
            damaged[place] ^= 1
            verdict = self.verify('--evidence', folder / 'quote.bin', '--collateral', self.file('c.json', bytes(damaged)), '--time',
                                  collateral['verify_time'])
            self.assertIsNotNone(verdict['error'], place)
        for broken in ('', '{}', '[]', 'x' * 600_000):
            verdict = self.verify('--evidence', folder / 'quote.bin', '--collateral', self.file('c.json', broken), '--time',
                                  collateral['verify_time'])
            self.assertIsNotNone(verdict['error'])

    # --- AMD ---

    def snp_files(self, folder, expect):
        leaf = (folder / f'{expect["leaf"]}.der').read_bytes()
        text = base64.b64encode(leaf).decode()
        lines = '\n'.join(text[i:i + 64] for i in range(0, len(text), 64))
        pem = f'-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n' + (folder / 'chain.pem').read_text()
        return ('--evidence', folder / 'report.bin', '--certificates', self.file('certificates.pem', pem))

    def test_reports_of_amd(self):
        for folder in samples('sev-snp'):
            expect = expectation(folder)
            with self.subTest(folder.name):
                verdict = self.verify(*self.snp_files(folder, expect), '--time', expect['verify_time'])
                self.assertEqual(verdict['error'], 'Debug' if expect['debug'] else None)
                self.assertEqual(verdict['evidence'], 'snp')
                self.assertTrue(verdict['hardware'])
                self.assertEqual(verdict['tcb_status'], 'UpToDate')
                self.assertEqual(verdict['debug'], expect['debug'])
                self.assertEqual(verdict['measurement'], expect['measurement'])
                self.assertEqual(verdict['signer'], expect['id_key_digest'])
                self.assertEqual(verdict['report_data'], expect['report_data'])
                self.assertIsNone(verdict['qe_status'])
                valid_to = time.strptime(expect['valid_to'], '%Y-%m-%dT%H:%M:%SZ')
                self.assertEqual(time.gmtime(verdict['valid_until'])[:6], valid_to[:6])

    def test_certificates_of_amd_may_come_in_several_files(self):
        folder = VECTORS / 'sev-snp/microsoft-turin'
        common = ('--evidence', folder / 'report.bin', '--time', expectation(folder)['verify_time'])
        self.assertIsNone(self.verify(*common, '--certificates', folder / 'chain.pem', '--certificates', folder / 'vcek.der')['error'])
        self.assertEqual(self.verify(*common, '--certificates', folder / 'chain.pem')['error'], 'MissingCertificate')
        self.assertEqual(self.verify(*common)['error'], 'MissingCertificate')
        root = VECTORS / 'roots/intel-ias/ias_root_ca.pem'
        self.assert_usage('verify', *common, '--certificates', root)

    def test_a_policy_can_refuse_a_providers_key(self):
        folder = VECTORS / 'sev-snp/trustee-milan-vlek-v3'
        expect = expectation(folder)
        common = (*self.snp_files(folder, expect), '--time', expect['verify_time'])
        self.assertIsNone(self.verify(*common, '--policy', self.policy(allow_vlek=True))['error'])
        self.assertEqual(self.verify(*common, '--policy', self.policy())['error'], 'VlekNotAllowed')

    def test_the_registrys_measurement_counts_in_a_policy_too(self):
        folder = VECTORS / 'sev-snp/virtee-milan-v2'
        expect = expectation(folder)
        common = (*self.snp_files(folder, expect), '--time', expect['verify_time'])
        registry = self.verify(*common)['registry_measurement']
        self.assertEqual(len(registry), 64)
        for measurement in (registry, expect['measurement']):
            self.assertIsNone(self.verify(*common, '--policy', self.policy(measurements=[measurement]))['error'])

    # --- IAS ---

    def test_reports_of_ias_are_history(self):
        allowed = {'evidence': ['ias'], 'allow_debug': True}
        for folder in samples('ias-epid'):
            expect = expectation(folder)
            common = ('--evidence', folder / 'report.json', '--signature', folder / 'signature.b64', '--certificates',
                      folder / 'signing_chain.pem', '--time', expect['verify_time'])
            with self.subTest(folder.name):
                self.assertEqual(self.verify(*common)['error'], 'UnsupportedEvidence')
                verdict = self.verify(*common, '--policy', self.policy(**allowed))
                self.assertEqual(verdict['evidence'], 'ias')
                if not expect['signature_valid']:
                    self.assertEqual(verdict['error'], 'BadIasSignature')
                    continue
                self.assertIsNone(verdict['error'])
                self.assertEqual(verdict['measurement'], expect['mrenclave'])
                self.assertEqual(verdict['signer'], expect['mrsigner'])
                self.assertEqual(verdict['advisories'], expect['advisory_ids'] or [])
                self.assertEqual(verdict['debug'], expect['debug'])
        folder = samples('ias-epid')[0]
        self.assert_usage('verify', '--evidence', folder / 'report.json')

    # --- certificates ---

    def test_certificates_of_others_are_judged(self):
        for folder in samples('ra-tls'):
            expect = expectation(folder)
            with self.subTest(folder.name):
                now = 1_690_000_000 if 'rats-tls' in folder.name else 1_710_000_000
                verdict = self.verify('--evidence', folder / 'cert.pem', '--time', now)
                self.assertEqual(verdict['error'], 'MissingCollateral')
                verdict = self.verify('--evidence', folder / 'cert.pem', '--time', 900_000_000)
                self.assertEqual(verdict['error'], 'NotYetValid')
                result = run('attestation', 'inspect', '--json', folder / 'cert.pem')
                self.assertEqual(result.returncode, 0, result.stderr)
                seen = json.loads(result.stdout)['contents']
                self.assertIn('2.23.133.5.4.9', seen['carrier'])
                self.assertEqual(seen['evidence']['enclave']['measurement'], expect['mrenclave'])
                self.assertEqual(seen['evidence']['platform']['fmspc'].upper(), expect['fmspc'])

    # --- inspect ---

    def test_everything_can_be_inspected(self):
        files = [*VECTORS.glob('*/*/quote.bin'), *VECTORS.glob('sev-snp/*/report.bin'), *VECTORS.glob('*/*/hcl-report.bin'),
                 *VECTORS.glob('ias-epid/*/report.json'), *VECTORS.glob('ra-tls/*/cert.pem')]
        self.assertGreater(len(files), 40)
        for path in files:
            with self.subTest(str(path.relative_to(VECTORS))):
                if path.name == 'hcl-report.bin' and path.parts[-3] == 'tdx':
                    continue
                result = run('attestation', 'inspect', '--json', path)
                self.assertEqual(result.returncode, 0, result.stderr)
                seen = json.loads(result.stdout)
                self.assertIs(seen['verified'], False)
                self.assertIn('nothing here was verified', seen['note'])
                expect = expectation(path.parent)
                known = [expect[name] for name in ('mrenclave', 'mrtd', 'measurement') if name in expect]
                if expect.get('cert_data_type', 5) == 5:
                    self.assertIn(known[0], result.stdout)
                people = run('attestation', 'inspect', path)
                self.assertEqual(people.returncode, 0)
                self.assertIn('nothing here was verified', people.stdout)

    # --- files ---

    def test_files_that_are_no_evidence(self):
        quote = VECTORS / 'sgx-dcap/teepot-00606A000000/quote.bin'
        nothing = pathlib.Path(self.scratch.name) / 'absent'
        for arguments in (('inspect', nothing), ('inspect', self.scratch.name), ('inspect', self.file('empty', '')),
                          ('inspect', self.file('noise', bytes(range(256)) * 8)), ('inspect', self.file('huge', bytes(2_000_000))),
                          ('inspect', self.file('pem', '-----BEGIN CERTIFICATE-----\nx\n')), ('inspect',), (),
                          ('verify', '--evidence', nothing), ('verify', '--evidence', self.file('short', b'\x03\x00\x02')),
                          ('verify', '--evidence', quote, '--collateral', nothing),
                          ('verify', '--evidence', quote, '--policy', nothing),
                          ('verify', '--evidence', quote, '--time', 'today'), ('verify',), ('look',)):
            with self.subTest(str(arguments)):
                self.assert_usage(*arguments)

    def test_truncated_evidence_is_refused_or_unknown(self):
        quote = (VECTORS / 'tdx/alibaba-v5-90C06F000000/quote.bin').read_bytes()
        for size in (0, 1, 47, 48, 100, 700, 2000, 4000):
            path = self.file('part', quote[:size])
            self.assertIn(run('attestation', 'verify', '--evidence', path).returncode, (1, 2), size)
            self.assertIn(run('attestation', 'inspect', path).returncode, (0, 2), size)

    def test_people_are_told_why(self):
        folder = VECTORS / 'sgx-dcap/teepot-00606A000000'
        collateral = expectation(folder)['collateral']['.']
        common = ('attestation', 'verify', '--evidence', folder / 'quote.bin', '--time', collateral['verify_time'])
        refused = run(*common)
        self.assertEqual(refused.returncode, 1)
        self.assertIn('refused: collateral that the evidence rests on is missing', refused.stdout)
        accepted = run(*common, '--collateral', folder / 'collateral.json')
        self.assertEqual(accepted.returncode, 0)
        self.assertTrue(accepted.stdout.startswith('accepted\n'), accepted.stdout)
        self.assertIn('SWHardeningNeeded', accepted.stdout)

    # --- documents ---

    def test_commands_of_the_document_run(self):
        document = (ROOT / 'docs/attestation.md').read_text()
        section = document.split('## Inspect and verify evidence by hand', 1)[1].split('\n## ', 1)[0]
        commands = [line for block in re.findall(r'^```sh\n(.*?)^```', section, re.M | re.S)
                    for line in block.replace('\\\n', ' ').splitlines() if line.strip() and not line.startswith('#')]
        self.assertGreater(len(commands), 4)
        for command in commands:
            with self.subTest(command):
                words = command.split()
                self.assertEqual(words[0], 'substratee-client')
                result = subprocess.run([CLIENT, *words[1:]], capture_output=True, text=True, timeout=30, cwd=ROOT)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == '__main__':
    if not os.access(CLIENT, os.X_OK):
        print(f'skipped: no substratee-client in {PROGRAMS}; build it: cmake --build --preset release')
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
