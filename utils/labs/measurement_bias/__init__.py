"Labs of the chapter on measurement bias: who gets measured, and what follows from it over years."
from .simulation import clinic, fit_risk, judge, ranking, wilson
from .feedback_loop import feedback_loop_lab
from .who_gets_measured import who_gets_measured_lab

__all__ = ['clinic', 'feedback_loop_lab', 'fit_risk', 'judge', 'ranking', 'who_gets_measured_lab',
           'wilson']
