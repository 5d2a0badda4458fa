"Labs of the training loop: build a function, roll down its loss, step the loop, watch the batches."
from .build_a_function import build_a_function_lab
from .marble import marble_lab
from .step_the_loop import step_the_loop_lab
from .two_judges import two_judges_lab
from .watch_it_go_round import watch_it_go_round_lab

__all__ = ['build_a_function_lab', 'marble_lab', 'step_the_loop_lab', 'two_judges_lab',
           'watch_it_go_round_lab']
