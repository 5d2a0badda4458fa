"Lab of the chapter on scaling out: how many ranks are worth it."
from .how_many_ranks import how_many_ranks_lab

__all__ = ['how_many_ranks_lab']
