"""What every app needs, imported once in the process whose forks are the kernels."""
import gc
from importlib import import_module

import utils

__all__ = ['NEEDED']

NEEDED = ('ipykernel.ipkernel', 'ipykernel.kernelapp', 'matplotlib.backends.backend_agg',
          'utils.serve.forking')

for name in NEEDED: import_module(name)
for name in utils.__all__: getattr(utils, name)    # what else would come when first used
gc.collect()
gc.freeze()                                        # leave it alone, so that it stays shared
