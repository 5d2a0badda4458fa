"Which cells of a chapter an exercise needs, found by the names that they bind, use and change."
import ast
import symtable
import sys

__all__ = ['names_in', 'needed_cells']

ALWAYS = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, ast.Import,
          ast.ImportFrom)             # these bind in any case
SHOWING = {'print', 'display', 'show', 'reveal', 'show_image'}   # they change nothing


def names_in(source: str) -> dict | None:
    """What a cell does to names, or None if it cannot be parsed.

    It `binds` names, `sets` some of them in any case, `uses` what it does not set before, and may
    change things in place that it `touches`.
    """
    from IPython.core.inputtransformer2 import TransformerManager
    try:
        code = TransformerManager().transform_cell(source)
        tree = ast.parse(code)
    except SyntaxError: return None
    binds, sets, uses, touches = set(), set(), set(), set()
    for statement in tree.body:
        bound, used = _names_outside(symtable.symtable(ast.unparse(statement), 'cell', 'exec'))
        if isinstance(statement, ast.AugAssign): used |= bound
        uses |= used - sets
        binds |= bound
        if isinstance(statement, ALWAYS): sets |= bound - used
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == '*': binds.add('*')
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) \
                and not (_is_ours(_root_of(node.func)) and 'seed' not in node.func.attr):
            touches.add(_root_of(node.func))
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            touches.add(_root_of(node))
        if isinstance(node, ast.AugAssign): touches.add(_root_of(node.target))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) \
                and getattr(node.value.func, 'id', '') not in SHOWING:
            touches |= {_root_of(a) for a in node.value.args}
    return dict(binds=binds, sets=sets, uses=uses, touches=touches - {None})


def _names_outside(table) -> tuple[set, set]:
    "Names that a cell binds and uses outside its functions and comprehensions, or lends to them."
    binds, uses = set(), set()
    for name in table.get_symbols():
        if table.get_type() != 'module' and not name.is_global(): continue
        if any((name.is_assigned(), name.is_imported(), name.is_namespace())):
            binds.add(name.get_name())
        if name.is_referenced(): uses.add(name.get_name())
    for inner in map(_names_outside, table.get_children()):
        binds |= inner[0]
        uses |= inner[1]
    return binds, uses


def _is_ours(name: str | None) -> bool:
    "Is it a module or class of the package? A call such as `np.mean(x)` changes no `np`."
    return isinstance(getattr(sys.modules['utils'], name or '', None), (type, type(ast)))


def _root_of(node) -> str | None:
    "The name that an expression such as `a.b[0].c` begins with."
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)): node = node.value
    return node.id if isinstance(node, ast.Name) else None


def needed_cells(
    sources: list[str],  # of all code cells, in order
    start: int,          # those before this one count
    seeds: list[str],    # code that must run at `start`
) -> set[int]:
    "Places of the cells before `start` on which the seeds depend."
    needed = set().union(*((names_in(s) or {'uses': set()})['uses'] for s in seeds))
    chosen = set()
    for i in reversed(range(start)):
        info = names_in(sources[i])
        always = info is None or '*' in info['binds'] or 'setup' in info['uses']
        if always or needed & (info['binds'] | info['touches']):
            chosen.add(i)
            if info: needed = needed - info['sets'] | info['uses']
    return chosen
