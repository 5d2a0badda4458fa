"Lab of the chapter from notebook to app: night falls; and what serves the reader's page."
from .night_falls import night_falls_lab
from .serving import hand_in, keep_cells, my_folder, terminal

__all__ = ['hand_in', 'keep_cells', 'my_folder', 'night_falls_lab', 'terminal']
