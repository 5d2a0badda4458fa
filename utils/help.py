"""`doc`: what a thing is, what each of its parameters means, and which chapter teaches it."""
import inspect
import re
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

__all__ = ['doc', 'doc_parts', 'DocParts']

CHAPTERS = {  # notebook → what it teaches: modules, folders of labs, single names, which go first
    '00_start_here': 'help core course labs',
    '01_first_model': 'vision inference datasets plots first_model',
    '02_training_loop': 'learner callbacks tracker optimizer schedules metrics progress_table '
                        'training_loop',
    '03_data': 'data blocks loaders files download',
    '04_overfitting': 'EarlyStoppingCallback overfitting',
    '05_augmentation': 'augment resize spatial augmentation',
    '06_confusion_matrix': 'interpret cleaner confusion_matrix',
    '07_fine_tuning': 'load_cifar models fine_tune freeze freeze_to unfreeze fine_tuning',
    '08_tables': 'tabular columns embeddings load_penguins tables',
    '09_object_detection': 'detection draw_scenes object_detection',
    '10_notebook_to_app': 'export serve notebook_to_app',
    '11_measurement_bias': 'measurement_bias', '12_scaling_out': 'distributed scaling_out'}


@dataclass(frozen=True, repr=False)
class DocParts:
    "What `doc` shows, in pieces; empty where there is nothing to say."
    name: str       # as it is written
    signature: str  # with the comments of the parameters
    sentence: str   # the first of the docstring
    location: str   # file and line
    chapter: str    # the notebook that teaches it
    source: str     # its code
    link: str       # to its code, from the folder of the notebooks

    def __repr__(self):
        taught = self.chapter and f'Taught in {self.chapter}'
        return '\n'.join(filter(None, [self.signature, self.sentence, self.location, taught]))

    def _repr_html_(self):
        signature, sentence, place = map(escape, [self.signature, self.sentence, self.location])
        if self.link: place = f'<a href="{self.link}">{place}</a>'
        if self.chapter: place += f' · taught in <a href="{self.chapter}.ipynb">{self.chapter}</a>'
        return (f'<pre style="white-space: pre-wrap; font-family: monospace">{signature}</pre>\n'
                f'<p>{sentence}</p>\n<p>{place}</p>')


def doc(
    obj,  # a function, class or method; of anything else its class
):
    "Show how a thing is called, what its parameters mean, where it is, and what teaches it."
    parts, ipython = doc_parts(obj), sys.modules.get('IPython')
    if ipython and ipython.get_ipython(): ipython.display.display(parts)
    else: print(parts)


def doc_parts(
    obj,  # as for `doc`
) -> DocParts:
    "The pieces of what `doc` shows."
    if isinstance(obj, str):
        name = obj if obj.replace('.', '').isidentifier() else 'Learner'
        raise TypeError(f'doc was given the text {obj!r}, which is only a name and not the thing '
                        f'itself. Leave the quotes out: doc({name})')
    if isinstance(obj, property): obj = obj.fget
    if not hasattr(obj, '__name__'): obj = type(obj)
    name = obj.__name__ if inspect.isbuiltin(obj) else getattr(obj, '__qualname__', obj.__name__)
    name, module = name.split('<locals>.')[-1], getattr(obj, '__module__', None) or obj.__name__
    place, source = _find(inspect.unwrap(obj), module.split('.')[0])
    noted, sentence = _read_docstring(obj)
    ours = module.split('.')[0] == __package__
    keys = name.split('.')[::-1] + module.split('.')[::-1] if ours else []
    chapter = next((c for k in keys for c, words in CHAPTERS.items() if k in words.split()), '')
    return DocParts(name, _signature(obj, name, ours or module == '__main__') or noted or name,
                    sentence, place, chapter, source,
                    f"{_up()}/{place.split(',')[0]}" if ours else '')


def _up() -> str:
    "The way from the notebook's folder up to that of the course."
    root, here = Path(__file__).resolve().parents[1], Path.cwd()
    deep = len(here.relative_to(root).parts) if here.is_relative_to(root) else 1
    return '/'.join(['..'] * max(deep, 1))


def _find(obj, top):
    try:
        parts, (lines, start) = Path(inspect.getsourcefile(obj)).parts, inspect.getsourcelines(obj)
    except (TypeError, OSError):
        return 'this notebook' if top == '__main__' else 'compiled, not written in Python', ''
    if top in parts: parts = parts[len(parts) - parts[::-1].index(top) - 1:]
    file = 'this notebook' if top == '__main__' else '/'.join(parts)
    return f'{file}, line {max(start, 1)}', ''.join(lines)


def _read_docstring(obj):
    "The signature that compiled functions note in their first paragraph, and the first sentence."
    text = obj.__doc__ or ('' if inspect.isclass(obj) else inspect.getdoc(obj)) or ''
    head, *rest = re.split(r'\n\s*\n', inspect.cleandoc(text))
    noted = head if head.startswith(f'{obj.__name__}(') else ''
    if noted: head = rest[0] if rest else ''
    sentence = re.split(r'(?<=[.!?])\s+(?=[A-Z`])', ' '.join(head.split()))[0]
    return noted, re.sub(r':\w+:`~?([^`]+)`', r'`\1`', sentence) or 'It has no docstring.'


def _signature(obj, name, commented):
    from fastcore.docments import docments
    try: sig = inspect.signature(obj)
    except (TypeError, ValueError): return ''
    sig = sig.replace(parameters=[p for p in sig.parameters.values() if p.name != 'self'])
    notes = docments(obj, args_kwargs=True) if commented else {}
    notes = {k: '  # ' + ' '.join(v.split()) for k, v in notes.items() if v}
    if not notes: return name + _plain(sig)
    lines, star = [f'{name}('], False
    for p in sig.parameters.values():
        if p.kind == p.KEYWORD_ONLY and not star: lines.append('    *,')
        star = star or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        lines.append(f'    {_plain(p)},' + notes.get(p.name, ''))
    return '\n'.join([*lines, _plain(sig.replace(parameters=[]))[1:] + notes.get('return', '')])


def _plain(sig):
    "As one would type it: functions by name, types without quotes and modules."
    text = re.sub(r"<(?:class|[\w-]*\s?function|built-in method) '?([\w.]+)[^>]*>", r'\1', str(sig))
    return re.sub(r"(: |-> )'([^']*)'", r'\1\2', re.sub(r'\b(?:[a-z_]\w*\.)+(?=[A-Z])', '', text))
