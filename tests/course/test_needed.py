"Which cells an exercise needs: all that it depends on, and no more."
import pytest

import utils  # noqa: F401    what is its own changes nothing
from utils.course.needed import names_in, needed_cells

CELLS = ['from utils import *\nsetup(seed=42)', 'n = 4\nwords = []', 'net = nn.Linear(n, 2)',
         'words.append(n)', 'import math', 'n = 5', 'if n: n += 1', 'show(net)']


@pytest.mark.parametrize('seed, needed', [
    ('n = 3\nn + 1', [0]),                       # it sets the name itself
    ('n + 1', [0, 5, 6]),
    ('n += 1', [0, 5, 6]),                    # changing it needs what it was
    ('net(x)', [0, 1, 2]),                       # made while n was 4: what n became is not needed
    ('words', [0, 1, 3]),                        # changed in place
    ('def area(r): return math.pi * r', [0, 4]),
    ('for n in range(3): pass\nn', [0, 5, 6]),    # an empty loop would leave it as it was
    ('[n for n in range(3)]', [0]),
    ('a line that cannot be parsed', [0])])
def test_a_cell_is_needed_where_the_exercise_depends_on_it(seed, needed):
    assert sorted(needed_cells(CELLS, len(CELLS), [seed])) == needed


def test_a_cell_that_cannot_be_read_is_always_needed():
    assert needed_cells(['(', 'x = 1'], 2, ['y = 2']) == {0} and names_in('(') is None
