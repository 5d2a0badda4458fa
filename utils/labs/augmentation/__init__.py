"Lab and figures of the chapter on augmentation: which changes of a picture keep its meaning?"
from .bench import bench_lab
from .figures import draw_gain, draw_presizing, draw_turned

__all__ = ['bench_lab', 'draw_gain', 'draw_presizing', 'draw_turned']
