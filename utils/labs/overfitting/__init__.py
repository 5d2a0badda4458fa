"Labs of the chapter on overfitting: a curve through noisy points, a net that learns by heart."
from .figures import draw_fits, draw_histories, draw_losses, draw_remedies
from .memorise_noise import memorise_noise_lab
from .parabola import parabola_lab

__all__ = ['draw_fits', 'draw_histories', 'draw_losses', 'draw_remedies', 'memorise_noise_lab',
           'parabola_lab']
