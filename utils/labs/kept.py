"Arrays that a lab computed once and keeps in the data folder for the next time."
from zipfile import BadZipFile

import numpy as np

from ..download import companion_data_folder
from ..inference import atomic_write
from .widgets_js import log

__all__ = ['keep_arrays', 'kept_arrays']


def keep_arrays(
    name: str,  # of the file, ending in .npz; another one when what is computed changes
    **arrays,   # what to keep
):
    "Write arrays to a file of the data folder, whole or not at all; a full disk stops nobody."
    def write(tmp):
        with open(tmp, 'wb') as out: np.savez(out, **arrays)
    try:
        folder = companion_data_folder()
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / name, write)
    except OSError as e: log.warning('%s could not be kept, so it is computed anew: %s', name, e)


def kept_arrays(
    name: str,  # of the file
) -> dict:      # name -> array, or None where the file is missing or damaged
    "The arrays that were kept in a file of the data folder."
    try:
        with np.load(companion_data_folder() / name) as file:
            return {k: file[k] for k in file.files}
    except (OSError, ValueError, EOFError, BadZipFile): return None
