"""The controls of a lab: what a setting may be, and how the page shows it."""
from dataclasses import dataclass, field

from .uploads import MEGABYTES, open_upload
from .widgets_js import is_number

__all__ = ['Control', 'slider', 'choice', 'switch', 'entry', 'upload', 'state', 'next_seed',
           'without_old_file']


@dataclass
class Control:
    "One setting of a lab: its words, its start value and the values that are allowed."
    kind: str              # slider, choice, switch, entry, upload or state (never shown)
    label: str             # words beside the control
    value: object          # where it starts
    low: float = 0         # smallest value of a slider or state
    high: float = 1        # largest value
    step: float = 1        # distance between two values
    unit: str = ''         # written after the value
    options: list = field(default_factory=list)  # (words, value) pairs of a choice
    help: str = ''         # one more line under the control
    opened: object = None  # what reads an uploaded file, or refuses it with a ValueError
    instead_of: str = ''   # the setting whose place an uploaded file takes, until that is changed

    def spec(self, name: str) -> dict:
        "What the page needs to know of this control."
        words = [w for w, _ in self.options]
        return dict(name=name, kind=self.kind, label=self.label, low=self.low, high=self.high,
                    step=self.step, unit=self.unit, options=words, help=self.help)

    def clean(self, value: object) -> object:
        "`value` as this setting keeps it, or a ValueError that says what is allowed."
        if self.kind == 'upload':
            if value is None or isinstance(value, bytes): return value
        elif self.kind == 'switch':
            if isinstance(value, bool): return value
        elif isinstance(self.value, str) and not self.options:
            if isinstance(value, str) and len(value) <= self.high: return value
        elif self.options:
            for _, v in self.options:
                if v == value and isinstance(value, bool) == isinstance(v, bool): return v
        elif is_number(value) and self.low <= value <= self.high:
            return self._snap(value)
        raise ValueError(self.allowed())

    def clamp(self, value: object, now: object) -> object:
        "The allowed value nearest to what a page sent, or `now` where nothing is near."
        numeric = self.kind == 'slider' or is_number(self.value)
        if numeric and not self.options and is_number(value):
            return self._snap(min(max(value, self.low), self.high))
        try:
            return self.clean(value)
        except ValueError:
            return now

    def allowed(self) -> str:
        "The allowed values in words."
        if self.kind == 'switch': return 'True or False'
        if isinstance(self.value, str) and not self.options: \
            return f'text of at most {int(self.high)} letters'
        if self.kind == 'upload': return 'the bytes of one file'
        if self.options: return 'one of ' + ', '.join(repr(v) for _, v in self.options)
        return f'a number from {self.low:g} to {self.high:g}'

    def to_page(self, value: object) -> object:
        "The value as the page keeps it: the position in a list of choices, never a file."
        if self.kind == 'upload': return None
        if not self.options: return value
        return [v for _, v in self.options].index(value)

    def from_page(self, value: object, now: object) -> object:
        "The setting meant by what the page sent; `now` where it makes no sense."
        if self.kind in ('upload', 'state'): return now
        if not self.options: return self.clamp(value, now)
        if not is_number(value): return now
        return self.options[min(max(int(value), 0), len(self.options) - 1)][1]

    def _snap(self, value):
        "Nearest step, without the dust of binary fractions."
        whole = all(isinstance(v, int) for v in (self.low, self.high, self.step, self.value))
        steps = round((value - self.low) / self.step)
        value = min(self.low + steps * self.step, self.high)
        return int(value) if whole else round(float(value), 9)


def slider(
    label: str,           # words beside it
    value: float,         # where it starts
    low: float = 0,       # smallest value
    high: float = 1,      # largest value
    step: float = None,   # distance between two values; 1 for whole numbers, else a hundredth
    unit: str = '',       # written after the value
    values: list = None,  # the only values it may take, instead of low, high and step
    help: str = '',       # one more line under it
) -> Control:             # for the `controls` of a `Lab`
    "A number on a slider, for instance `slider('Degree', 3, 1, 12)`."
    if values is not None:
        pairs = [(f'{v:g}', v) for v in values]
        return Control('slider', label, value, 0, len(pairs) - 1, 1, unit, pairs, help)
    if step is None: step = 1 if all(isinstance(v, int) for v in (value, low, high)) \
        else (high - low) / 100
    return Control('slider', label, value, low, high, step, unit, help=help)


def choice(
    label: str,      # words beside it
    value: object,   # where it starts, one of the options' values
    options: list,   # the values, or a dict from words to values
    help: str = '',  # one more line under it
) -> Control:        # for the `controls` of a `Lab`
    "One of a few things, for instance `choice('Pictures', 'digits', ['digits', 'pets'])`."
    pairs = list(options.items()) if isinstance(options, dict) else [(str(o), o) for o in options]
    return Control('choice', label, value, options=pairs, help=help)


def switch(
    label: str,           # words beside it
    value: bool = False,  # where it starts
    help: str = '',       # one more line under it
) -> Control:             # for the `controls` of a `Lab`
    "Something that is on or off."
    return Control('switch', label, value, help=help)


def entry(
    label: str,         # words beside it
    value: str = '',    # where it starts
    longest: int = 80,  # letters allowed
    help: str = '',     # one more line under it
) -> Control:           # for the `controls` of a `Lab`
    "A short text to type."
    return Control('entry', label, value, high=longest, help=help)


def upload(
    label: str,              # words on the button
    opened=open_upload,      # reads the bytes, or refuses them with a ValueError that says why
    instead_of: str = '',    # setting whose place the file takes, until that is changed
    help: str = '',          # one more line under it
) -> Control:                # for the `controls` of a `Lab`
    "A picture of the reader's own: `None` or the bytes of the file, never in the copyable line."
    return Control('upload', label, None, high=MEGABYTES, help=help, opened=opened,
                   instead_of=instead_of)


def state(
    value: int | str,   # where it starts
    low: int = 0,       # smallest value
    high: int = 10**6,  # largest value, or letters allowed where the value is text
) -> Control:           # for the `controls` of a `Lab`
    "A number or text that only actions and clicks change, for instance how many steps were made."
    return Control('state', '', value, low, high)


def next_seed(below: int = 1000):  # seeds are 0 to `below - 1`
    "What a button does that draws anew: the setting `seed` goes one further, and round."
    return lambda settings: dict(seed=(settings['seed'] + 1) % below)


def without_old_file(controls: dict, old: dict, new: dict) -> dict:
    "`new` settings without the uploaded file where another picture has just been chosen."
    return new | {k: None for k, c in controls.items() if c.instead_of and new[k] is old[k]
                  and new[c.instead_of] != old[c.instead_of]}
