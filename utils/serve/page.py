"""`python -m utils.serve.page utils.labs.overfitting.parabola:parabola_lab`: writes app pages.

Without a lab it writes the index anew, as it does after each page.
"""
import argparse
import importlib
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from .index import AppIndex, apps_folder

__all__ = ['app_page', 'index_page', 'main']

KERNEL = dict(name='python3', display_name='Python 3 (ipykernel)', language='python')


def app_page(
    module: str,         # where the function is, as in `utils.labs.overfitting.parabola`
    function: str,       # what returns the lab
    title: str = '',     # for the index; the lab's own title if empty
    question: str = '',  # for the index; the lab's own question if empty
    chapter: str = '',   # number of its chapter
    order: int = None,   # small numbers stand first in the index; 50 if None
):
    "The notebook of one app in three cells (import, build, show), with its picture stored."
    lab = getattr(importlib.import_module(module), function)()
    name = module.rpartition('.')[2].replace('_', ' ').capitalize()
    about = dict(title=title or lab.view.title or name,
                 question=question or lab.view.about, chapter=chapter,
                 order=order)
    sources = f'from {module} import {function}', f'lab = {function}()', 'lab'
    return three_cells(sources, lab._repr_mimebundle_(), {k: v for k, v in about.items() if v})


def index_page(folder: Path = None):
    "The notebook of the index, for readers inside JupyterLab."
    index = AppIndex(folder)
    sources = 'from utils.serve import AppIndex', 'apps = AppIndex()', 'apps'
    shown = {'text/html': index._repr_html_(), 'text/plain': repr(index)}
    return three_cells(sources, shown, dict(title='Try it'))


def three_cells(sources: tuple, shown: dict, about: dict):
    "A notebook of three cells that were run: import, build, show."
    words = 'import-it', 'build-it', 'show-it'
    cells = [new_code_cell(s, id=word, execution_count=i)
             for i, (s, word) in enumerate(zip(sources, words), 1)]
    stored = {k: v for k, v in shown.items() if not k.endswith('widget-view+json')}
    cells[-1].outputs = [new_output('execute_result', stored, execution_count=3)]
    return new_notebook(cells=cells, metadata=dict(
        kernelspec=KERNEL, language_info=dict(name='python'), title=about['title'],
        companion=about))


def main(argv: list[str] = None) -> int:
    "Write the pages named on the command line, and the index."
    say = argparse.ArgumentParser('python -m utils.serve.page', description=__doc__)
    say.add_argument('labs', nargs='*', metavar='MODULE:FUNCTION')
    say.add_argument('--title', default='')
    say.add_argument('--question', default='')
    say.add_argument('--chapter', default='', help='number of the chapter, as 04')
    say.add_argument('--order', type=int, help='small numbers stand first in the index')
    say.add_argument('--folder', type=Path, default=apps_folder())
    o = say.parse_args(argv)
    for lab in o.labs:
        module, _, function = lab.partition(':')
        page = app_page(module, function, o.title, o.question, o.chapter, o.order)
        file = o.folder / f'{module.rpartition(".")[2]}.ipynb'
        nbformat.write(page, file)
        print(file)
    nbformat.write(index_page(o.folder), o.folder / 'index.ipynb')
    return 0


if __name__ == '__main__': sys.exit(main())
