"Labs of the chapter on data: what a transform loses, what choosing does to a score, which split."
from .best_of_k import best_of_k_lab
from .each_loses_something import each_loses_something_lab
from .figures import draw_order, draw_promises
from .random_or_last import random_or_last_lab

__all__ = ['best_of_k_lab', 'draw_order', 'draw_promises', 'each_loses_something_lab',
           'random_or_last_lab']
