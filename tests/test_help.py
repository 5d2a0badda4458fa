"""`doc` on our own things, the reader's, torch's, and what is no thing at all."""
import re
from functools import partial, wraps
from pathlib import Path

import nbformat
import pytest
import torch

import utils
from utils import help as module
from utils.core import tensor
from utils.download import download_url, untar_data
from utils.help import DocParts, doc, doc_parts
from utils.plots import show_image
from utils.progress_table import ProgressTable

ROOT = Path(__file__).resolve().parents[1]


class Bench:
    "Something to sit on. It has legs."

    def __init__(
        self,
        seats: int,          # places, at least one
        paint=torch.relu,    # its colour
        *,
        wood: 'str' = 'oak',
    ): self.seats = seats

    def carry(self, n: int = 1): "Carry it <b>away</b>."

    @property
    def length(self): "Length in metres."


class Silent(Bench):
    pass


def test_a_function_is_shown_with_the_comments_of_its_parameters():
    parts = doc_parts(download_url)
    assert parts.name == 'download_url'
    assert parts.signature == '''download_url(
    url: str,  # the file to fetch
    dest=None,  # file or folder to write to; the current folder if None
    timeout: float = None,  # seconds the server may be silent; 30 if None
    show_progress: bool = True,  # draw a bar
) -> Path  # the file'''
    assert parts.sentence == 'Fetch `url` to `dest`, which appears only once it is whole.'
    assert parts.source.startswith('def download_url(') and 'HTTPDownloader' in parts.source


def test_what_stars_gather_keeps_its_comment_too():
    assert "\n    **kwargs,  # passed to matplotlib's imshow\n" in doc_parts(show_image).signature
    assert '\n    *rest,  # more numbers: tensor(1, 2, 3)\n' in doc_parts(tensor).signature


def test_the_line_is_the_one_in_the_file():
    place = doc_parts(untar_data).location
    file, line = re.fullmatch(r'(utils/download\.py), line (\d+)', place).groups()
    assert (ROOT / file).read_text(encoding='utf8').splitlines()[int(line) - 1] == 'def untar_data('


def test_the_link_leads_from_the_notebooks_to_the_code():
    link = ROOT / 'notebooks' / doc_parts(untar_data).link
    assert link.resolve() == ROOT / 'utils' / 'download.py'


def test_a_class_shows_how_it_is_made(monkeypatch):
    monkeypatch.setattr(Bench, '__module__', '__main__')
    parts = doc_parts(Bench)
    assert parts.signature == '''Bench(
    seats: int,  # places, at least one
    paint=relu,  # its colour
    *,
    wood: str = 'oak',
)'''
    assert parts.sentence == 'Something to sit on.'
    assert parts.location.startswith('this notebook') and parts.chapter == parts.link == ''


def test_methods_and_objects_of_a_class():
    assert doc_parts(Bench(2).carry).signature == 'Bench.carry(n: int = 1)'
    assert doc_parts(Bench.carry).sentence == 'Carry it <b>away</b>.'
    assert doc_parts(Bench.length).sentence == 'Length in metres.'
    assert doc_parts(Bench(2)) == doc_parts(Bench)
    assert doc_parts(ProgressTable([]).close).name == 'ProgressTable.close'
    assert doc_parts(partial(download_url)).name == 'partial'


def test_a_class_without_docstring_does_not_borrow_one():
    assert doc_parts(Silent).sentence == 'It has no docstring.'


def test_wrapped_and_inner_functions_keep_their_own_place():
    def inner(x): "Inside."

    @wraps(inner)
    def outer(*args): pass
    assert doc_parts(inner).name == 'inner'
    assert doc_parts(outer).location == doc_parts(inner).location


@pytest.mark.parametrize('obj, signature, sentence, place', [
    (torch.nn.functional.cross_entropy, 'cross_entropy(input: Tensor, target: Tensor',
     'Compute the cross entropy loss', 'torch/nn/functional.py, line '),
    (torch.nn.Linear, 'Linear(in_features: int', 'Applies an affine', 'torch/nn/modules/linear.py'),
    (torch.cat, 'cat(tensors, dim=0', 'Concatenates the given sequence of tensors in `tensors`',
     'compiled, not written in Python'),
    (torch.nn, 'torch.nn', '', 'torch/nn/__init__.py, line 1'),
    (len, 'len(obj, /)', 'Return the number of items', 'compiled'),
    (3, 'int(', 'Convert a number', 'compiled'),
    (None, 'NoneType', '', 'compiled'),
])
def test_others_things_are_shown_too_without_chapter_or_link(obj, signature, sentence, place):
    parts = doc_parts(obj)
    assert parts.signature.startswith(signature) and parts.sentence.startswith(sentence)
    assert parts.location.startswith(place)
    assert parts.chapter == parts.link == ''


def test_no_address_in_memory_is_ever_shown():
    assert '0x' not in str(doc_parts(Bench)) + str(doc_parts(torch.utils.data.DataLoader))


@pytest.mark.parametrize('obj, chapter', [(ProgressTable, '02_training_loop'),
                                          (doc, '00_start_here'), (untar_data, '03_data')])
def test_the_chapter_that_teaches_it(obj, chapter): assert doc_parts(obj).chapter == chapter


@pytest.mark.parametrize('page', sorted((ROOT / 'notebooks' / 'apps').glob('[!i]*.ipynb')),
                         ids=lambda page: page.stem)
def test_a_lab_is_taught_in_the_chapter_that_its_page_names(page):
    about = nbformat.read(page, 4).metadata.companion
    lab = getattr(utils, f'{page.stem}_lab', None)
    assert doc_parts(lab).chapter[:2] == about.chapter


def test_a_single_name_goes_before_its_module():
    def freeze(self): "Only the head learns."
    freeze.__module__, freeze.__qualname__ = 'utils.learner', 'Learner.freeze'
    assert doc_parts(freeze).chapter == '07_fine_tuning'
    freeze.__qualname__ = 'Learner.fit'
    assert doc_parts(freeze).chapter == '02_training_loop'


def test_chapters_bear_the_names_of_the_notebooks():
    written = {p.stem for p in (ROOT / 'notebooks').glob('[01][0-9]_*.ipynb')}
    numbers = {name[:2]: name for name in module.CHAPTERS}
    assert {name for name in written if numbers.get(name[:2], name) != name} == set()


def test_nothing_is_said_to_be_taught_twice():
    words = ' '.join(module.CHAPTERS.values()).split()
    assert len(words) == len(set(words))


@pytest.mark.parametrize('text, typed', [('Learner.fit', 'doc(Learner.fit)'),
                                         ('how do I train', 'doc(Learner)'), ('', 'doc(Learner)')])
def test_a_text_is_refused_with_what_to_type(text, typed):
    with pytest.raises(TypeError, match='Leave the quotes out') as e: doc(text)
    assert str(e.value).endswith(typed)


def test_a_plain_console_prints_the_text(capsys):
    doc(untar_data)
    out = capsys.readouterr().out
    assert out.startswith('untar_data(\n    url: str,  # one of `URLs`')
    assert out.endswith('Taught in 03_data\n')


def test_a_notebook_gets_html_and_the_same_text(monkeypatch):
    shown = []
    monkeypatch.setattr('IPython.get_ipython', lambda: object())
    monkeypatch.setattr('IPython.display.display', shown.append)
    doc(untar_data)
    [parts] = shown
    html = parts._repr_html_()
    assert isinstance(parts, DocParts) and str(parts).endswith('Taught in 03_data')
    assert '<a href="../utils/download.py">' in html and '<a href="03_data.ipynb">' in html
    assert '-&gt; Path' in html and 'font-family: monospace' in html


def test_what_a_docstring_says_cannot_become_html():
    html = doc_parts(Bench.carry)._repr_html_()
    assert '&lt;b&gt;away' in html and '<b>' not in html


def test_a_real_notebook_shows_what_the_reader_wrote():
    import nbformat
    from nbclient import NotebookClient
    source = """\
from utils.help import doc
class Mine:
    "My own."
    def __init__(self, n,  # how many
    ): pass
def count(
    to: int,  # the last one
): "Count up."
doc(Mine)
doc(count)"""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(nb, timeout=60, kernel_name='python3').execute()
    mine, count = [o.data for o in nb.cells[0].outputs if o.output_type == 'display_data']
    assert mine['text/plain'] == 'Mine(\n    n,  # how many\n)\nMy own.\nthis notebook'
    assert count['text/plain'] == """count(
    to: int,  # the last one
)
Count up.
this notebook, line 6"""
    assert count['text/html'].startswith('<pre')
