"A page as students get it, and the rules that such a page keeps."
import ast
import copy
import json
import posixpath
import re

from nbformat.v4 import reads, writes

__all__ = ['student_page', 'faults_of_handout']

LINK = re.compile(r'(?<!!)\[([^\]]+)\]\((?![\w+.-]+:|#)([^)\s#]+)(#[^)\s]*)?\)')
SOLUTIONS = re.compile(r'Solutions: `solutions/[^`]+`\.')   # a sentence of the chapters
PICTURE = re.compile(r'!\[[^\]]*\]\((?![\w+.-]+:)([^)\s]+)|<img\b[^>]*\bsrc="(?![\w+.-]+:)([^"]+)')


def student_page(
    original,         # a page of the course
    page: str,        # its path below the folder of the notebooks
    there: set[str],  # the pages that are handed out with it
) -> bytes:
    "The page with all outputs cleared and without links to what is not handed out."
    notebook = copy.deepcopy(original)
    notebook['metadata'].pop('widgets', None)
    for cell in notebook['cells']:
        cell['metadata'].pop('execution', None)
        if cell['cell_type'] == 'code': cell['outputs'], cell['execution_count'] = [], None
        if cell['cell_type'] != 'markdown': continue
        text = SOLUTIONS.sub('Your teacher has the solutions.', cell['source'])
        cell['source'] = LINK.sub(lambda m: m[0] if _target(page, m[2]) in there else m[1], text)
    return f'{writes(notebook)}\n'.encode()


def _target(page: str, link: str) -> str:
    "The page that a link leads to, as a path below the folder of the notebooks."
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), link))


def faults_of_handout(
    page: str,         # path below the folder of the notebooks
    data: bytes,       # what would be handed out
    original,          # the page of the course
    answers,           # the notebook of its solutions, or None
    there: set[str],   # paths of all pages and pictures handed out
) -> list[str]:
    "What must not be handed out like this: outputs, solutions, lost exercises, dead links."
    notebook = reads(data.decode())
    faults = _faults_of_outputs(notebook) + _faults_of_links(page, notebook, there)
    if [c.id for c in notebook.cells] != [c['id'] for c in original['cells']]:
        faults.append('its cells are not those of the chapter')
    solved = {c['id']: c['source'] for c in answers['cells']} if answers else {}
    here = {c.id: c for c in notebook.cells}
    for cell in original['cells']:
        if 'exercise' in cell['metadata'].get('tags', []):
            faults += _faults_of_exercise(cell, here.get(cell['id']), solved.get(cell['id']))
    return [f'{page}: {fault}' for fault in faults]


def _faults_of_outputs(notebook) -> list[str]:
    faults = ['it keeps the state of widgets'] if 'widgets' in notebook.metadata else []
    for cell in notebook.cells:
        if cell.get('outputs'): faults.append(f'cell {cell.id} shows an output')
        if cell.get('execution_count') is not None: faults.append(f'cell {cell.id} has a count')
    return faults


def _faults_of_exercise(original, cell, solution: str | None) -> list[str]:
    "What is wrong with the stub of one exercise."
    id = original['id']
    if cell is None: return [f'exercise {id} is missing']
    faults = []
    if 'exercise' not in cell.metadata.get('tags', []): faults.append(f'{id} lost its tag')
    if cell.source != original['source']: faults.append(f'{id} is not the stub of the chapter')
    if not _is_open(cell.source): faults.append(f'{id} has no `...` left, so it holds an answer')
    if solution and _bare(cell.source) == _bare(solution): faults.append(f'{id} is solved')
    return faults


def _is_open(source: str) -> bool:
    "Whether something is still to be filled in."
    try: tree = ast.parse(source)
    except SyntaxError: return '...' in source
    return any(isinstance(n, ast.Constant) and n.value is Ellipsis for n in ast.walk(tree))


def _bare(source: str) -> str:
    "Code as it reads without comments and blanks."
    try: return ast.unparse(ast.parse(source))
    except SyntaxError: return ''.join(source.split())


def _faults_of_links(page: str, notebook, there: set[str]) -> list[str]:
    "Links and pictures that are not handed out, and words that send to the solutions."
    text = '\n'.join(c.source for c in notebook.cells if c.cell_type == 'markdown')
    wanted = [m[2] for m in LINK.finditer(text)] + [a or b for a, b in PICTURE.findall(text)]
    wanted = [w for w in wanted if not w.startswith('attachment:')]
    faults = [f'{w} is not in the handout' for w in wanted if _target(page, w) not in there]
    if 'solutions/' in json.dumps(notebook): faults.append('it names the file of the solutions')
    return faults
