"""What a state costs as it grows: commits, opening, sealed calls. Draws docs/state-cost.svg."""

import json
import math
import pathlib
import subprocess

NAME = 'state'
TITLE = 'State'
TARGETS = ['substratee-bench-state']

WIDTH, HEIGHT = 960, 420
COLOURS = {'1': '#1b6ca8', '10': '#2a9d5c', '100': '#c98a00', '1000': '#b3442f', 'whole': '#777777'}

NOTE = '''
Processor time of one core, no disk; records of 140 bytes under random keys, changed at random; medians. *Whole state*: what it costs to
encrypt all of it at each commit, as the original does. *Bound* of opening: decrypting and hashing as many blocks, in the
same run. Targets at 10⁶ records: one change at most 96 KB and 1 ms, 1000 changes at most 20 MB; calls at 10⁶ accounts at
least 75 % of those at 10³. Calls are opened, checked, applied and committed by an enclave's own code, 4000 a block
as in the run from end to end, of accounts drawn uniformly; *whole path*: for each call one node's signature check and two such enclaves.

![Cost of a commit against the size of the state](state-cost.svg)
'''


def run(programs, options):
    command = [pathlib.Path(programs) / 'substratee-bench-state', '--records', str(options.state_records)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def add_options(parser):
    parser.add_argument('--state-records', type=int, default=1000000, help='of the largest state')


def amount(count):
    return f'{count / 1e6:.1f} MB' if count >= 1e6 else f'{count / 1e3:.1f} KB'


def duration(seconds):
    if seconds >= 1:
        return f'{seconds:.2f} s'
    return f'{seconds * 1e3:.1f} ms' if seconds >= 0.01 else f'{seconds * 1e6:.0f} µs'


def power(count):
    exponent = round(math.log10(count))
    return '10' + ''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(digit)] for digit in str(exponent)) if count == 10 ** exponent else str(count)


def table(title, states, cells):
    """One column for each size, one row for each (name, function of a state)."""
    head = f'| {title} | ' + ' | '.join(power(state['records']) for state in states) + ' |'
    rows = [head, '|---' * (len(states) + 1) + '|']
    for name, cell in cells:
        rows.append(f'| {name} | ' + ' | '.join(cell(state) for state in states) + ' |')
    return '\n'.join(rows) + '\n'


def change(count, field, show):
    return lambda state: show(state['changes'][count][field]) if count in state['changes'] else '–'


def page(result):
    states = result['states']
    counts = ['1', '10', '100', '1000']
    uploads = [(f'{count} changes' if count != '1' else '1 change', change(count, 'bytes', amount)) for count in counts]
    uploads.append(('1 new record', lambda state: amount(state['insert']['bytes'])))
    uploads.append(('whole state', lambda state: amount(state['whole']['bytes'])))
    times = [(f'{count} changes' if count != '1' else '1 change', change(count, 'seconds', duration)) for count in counts]
    times.append(('1 new record', lambda state: duration(state['insert']['seconds'])))
    times.append(('whole state', lambda state: duration(state['whole']['seconds'])))
    opening = [('encrypted blocks', lambda state: str(state['opening']['blocks'])),
               ('opened in', lambda state: duration(state['opening']['seconds'])),
               ('rate', lambda state: amount(state['opening']['bytes_per_second']) + '/s'),
               ('share of the bound', lambda state: f'{100 * state["opening"]["share_of_bound"]:.0f} %')]
    out = [table('Bytes of a commit, by records', states, uploads), table('Time of a commit', states, times),
           table('Opening the state', states, opening)]
    if result['calls']:
        out.append(calls_table(result))
    return '\n'.join(out) + NOTE


def calls_table(result):
    rows = ['| Sealed calls, one enclave on one core | calls/s | share of 10³ | whole path |', '|---|---|---|---|']
    first = result['calls'][0]

    def path(of):
        return result['verify_seconds'] + 2 / of['calls_per_second']

    for of in result['calls']:
        share = of['calls_per_second'] / first['calls_per_second']
        rows.append(f'| {power(of["accounts"])} accounts | {of["calls_per_second"]:.0f} | {100 * share:.0f} % | '
                    f'{100 * path(first) / path(of):.0f} % |')
    return '\n'.join(rows) + '\n'


def files(result):
    return {'state-cost.svg': drawing(result['states'])}


def drawing(states):
    """Two log-log charts beside each other, plain SVG."""
    panels = [('Bytes uploaded by a commit', 'bytes', amount), ('Time of a commit', 'seconds', duration)]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             f'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for number, (title, field, show) in enumerate(panels):
        parts += panel(states, title, field, show, 70 + number * WIDTH // 2)
    return '\n'.join(parts + ['</svg>']) + '\n'


def panel(states, title, field, show, left):
    right, top, bottom = left + 320, 50, 350
    series = {count: [(state['records'], state['changes'][count][field]) for state in states if count in state['changes']]
              for count in ('1', '10', '100', '1000')}
    series['whole'] = [(state['records'], state['whole'][field]) for state in states]
    series = {name: points for name, points in series.items() if points}
    every = [point for points in series.values() for point in points]
    low_x, high_x = (round(math.log10(pick(x for x, _ in every))) for pick in (min, max))
    high_x = max(high_x, low_x + 1)
    low_y, high_y = math.floor(math.log10(min(y for _, y in every))), math.ceil(math.log10(max(y for _, y in every)))

    def at(x, y):
        return (left + (math.log10(x) - low_x) / (high_x - low_x) * (right - left),
                bottom - (math.log10(y) - low_y) / (high_y - low_y) * (bottom - top))

    out = [f'<text x="{left}" y="28" font-size="15" font-weight="bold">{title}</text>',
           f'<text x="{(left + right) / 2:.0f}" y="{bottom + 40}" text-anchor="middle">records of 140 bytes</text>']
    for exponent in range(low_x, high_x + 1):
        x, _ = at(10 ** exponent, 10 ** low_y)
        out.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#dddddd"/>')
        out.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{power(10 ** exponent)}</text>')
    for exponent in range(low_y, high_y + 1):
        _, y = at(10 ** low_x, 10 ** exponent)
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{show(10.0 ** exponent)}</text>')
    for name, points in series.items():
        path = ' '.join(f'{x:.1f},{y:.1f}' for x, y in (at(*point) for point in points))
        dashes = ' stroke-dasharray="6 4"' if name == 'whole' else ''
        out.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"{dashes}/>')
        for point in points:
            x, y = at(*point)
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[name]}"/>')
        x, y = at(*points[-1])
        label = {'whole': 'whole state', '1': '1 change'}.get(name, f'{name} changes')
        out.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{COLOURS[name]}">{label}</text>')
    return out
