"The frames of a traceback as plain data, and a debugger that follows a script."
import io
import linecache
import pdb
import site
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import torch

__all__ = ['Frame', 'frames_of', 'value_in_words', 'debug_script']

CELL = '<your cell>'
PACKAGE = Path(__file__).resolve().parents[2]
AROUND = 4   # lines of code shown above and below the one that runs


@dataclass
class Frame:
    "One call that was under way when the error came."
    function: str    # its name, or 'your cell'
    file: str        # short: `utils/labs/…`, `torch/nn/…`
    line: int        # number of the line that was running
    code: list       # (line number, text) of that line and its neighbours
    variables: dict  # name -> value in words
    own: bool        # code of the reader or of this course, not of a library


def value_in_words(
    x,                   # any value
    longest: int = 44,   # letters
) -> str:
    "A value short enough for a table: of a tensor its shape and range, of the rest its repr."
    if isinstance(x, torch.Tensor): return _tensor_in_words(x)
    if callable(x) and hasattr(x, '__name__'): return f'function {x.__name__}'
    if isinstance(x, tuple): words = f"({', '.join(value_in_words(o, longest) for o in x)})"
    else: words = ' '.join(repr(x).split()).replace(', bias=True)', ')')
    return words if len(words) <= longest else words[:longest - 1] + '…'


def _tensor_in_words(t):
    t = t.detach()
    if t.numel() == 1: return f'tensor({t.item():.4g})'
    shape = ' × '.join(map(str, t.shape))
    if t.numel() == 0: return f'tensor {shape}'
    bad = int((~torch.isfinite(t)).sum())
    if bad: return f'tensor {shape}, {bad} of them nan or inf'
    low, high = t.min().item(), t.max().item()
    if t.is_floating_point(): low, high = f'{low:.2f}', f'{high:.2f}'
    return f'tensor {shape}, {low} to {high}'


def short_name(file: str) -> str:
    "A file's name without the folders of this machine."
    if 'ipykernel' in file or file == CELL: return 'your cell'
    path = Path(file)
    if path.is_relative_to(PACKAGE): return path.relative_to(PACKAGE.parent).as_posix()
    for folder in (*site.getsitepackages(), sysconfig.get_path('stdlib')):
        if path.is_relative_to(folder): return path.relative_to(folder).as_posix()
    return path.name


def frames_of(
    error: BaseException,  # as it was caught
    sources: dict = {},    # file name -> its text, where there is no such file
) -> list:                 # the outermost call first, as a traceback prints them
    "What each call was doing when `error` was raised."
    res, tb = [], error.__traceback__
    while tb:
        code, here = tb.tb_frame.f_code, tb.tb_lineno
        text = sources.get(code.co_filename)
        lines = text.splitlines() if text else linecache.getlines(code.co_filename)
        first, last = _extent(code)
        low, high = max(first, here - AROUND), min(here + AROUND, last, len(lines))
        name = short_name(code.co_filename)
        res.append(Frame(
            'your cell' if code.co_name == '<module>' else code.co_name, name, here,
            [(n, lines[n - 1].rstrip()) for n in range(low, high + 1)], _variables(tb.tb_frame),
            name == 'your cell' or name.startswith('utils/')))
        tb = tb.tb_next
    return res


def _extent(code):
    "First and last line of the function (or cell) that `code` was made from."
    ends = [line for _, _, line in code.co_lines() if line]
    return (1 if code.co_name == '<module>' else code.co_firstlineno), max(ends)


def _variables(frame):
    "Name -> value in words, for what the frame holds; modules and functions are left out."
    kept = {}
    for name, x in frame.f_locals.items():
        if name.startswith('_') or type(x).__name__ == 'module': continue
        imported = frame.f_code.co_name == '<module>' and callable(x)
        if imported and not isinstance(x, torch.nn.Module): continue
        kept[name] = value_in_words(x)
    return kept


# In a notebook `pdb.Pdb` has been replaced by a coloured one; this is Python's own.
PlainPdb = next(c for c in pdb.Pdb.__mro__ if c.__module__ == 'pdb')


class ScriptedPdb(PlainPdb):
    "Python's debugger, reading its commands from a list and writing them beside its answers."

    def __init__(self, commands):
        super().__init__(stdin=io.StringIO('\n'.join([*commands, 'quit', ''])), stdout=sys.stdout,
                         nosigint=True, readrc=False)
        self.prompt, self.use_rawinput = '', False

    def format_stack_entry(self, frame_lineno, lprefix=': '):
        file = self.canonic(frame_lineno[0].f_code.co_filename)
        return super().format_stack_entry(frame_lineno, lprefix).replace(file, short_name(file), 1)

    def precmd(self, line):
        if line != 'quit': print(f'(Pdb) {line}', file=self.stdout)
        return super().precmd(line)


def debug_script(
    *commands: str,  # what you would type: 'up', 'p x.shape', 'where' …
):
    "Open the debugger on the last error, as `%debug` does, and type these commands into it."
    error = getattr(sys, 'last_value', None)
    if error is None: raise ValueError('No cell has raised an error yet: run one that does first.')
    tb = error.__traceback__
    while tb.tb_next and 'IPython' in tb.tb_frame.f_code.co_filename: tb = tb.tb_next
    debugger = ScriptedPdb(commands)
    debugger.reset()
    debugger.interaction(None, tb)
