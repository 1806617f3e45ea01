"""Headers of the development engine, verified on one core."""

import json
import pathlib
import subprocess

NAME = 'finality'
TITLE = 'Headers of the development engine'
TARGETS = ['substratee-bench-finality']

PAGE = '''| One core | |
|---|---|
| **rate** | **{headers_per_second:.0f} headers/s** |
| bound of the same run: Ed25519 alone | {bound_headers_per_second:.0f} headers/s |
| share of the bound | {percent:.1f} % |
| sealed place after 1,000 and after {headers} headers | {snapshot_bytes_at_1000}, {snapshot_bytes_at_end} bytes |
'''


def run(programs, _options):
    output = subprocess.run([pathlib.Path(programs) / 'substratee-bench-finality'], check=True, capture_output=True,
                            text=True).stdout
    return json.loads(output)


def page(result):
    return PAGE.format(**result, percent=100 * result['share_of_bound'])
