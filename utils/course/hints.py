"`hint`: from a nudge to the lines to the solution, one step a call."
from . import shelf
from .chapters import NOTEBOOKS
from .page import note
from .progress_file import progress

__all__ = ['hint']


def ladder(
    id: str,  # of an exercise
) -> list[str]:
    "The three hints of an exercise, from the gentlest on."
    task = shelf.find(id, 'exercises')
    home = shelf.open_chapter(id[:2])
    solved = f'solutions/{home.notebook}.ipynb'
    if not (NOTEBOOKS / 'solutions').is_dir():          # a handout
        return [task.nudge, task.lines,
                'Your teacher has the solution. Say what you tried: that is half of it.']
    return [task.nudge, task.lines, f'The solution stands in `{solved}` under {id}. '
            'Read it, close it, and write it from memory.']


def hint(
    id: str,                  # of the exercise: "04.2"
    step: int | None = None,  # 1, 2 or 3; without it, the one after the last you saw
):
    "Show the next hint for an exercise: where to look, which lines, where the solution is."
    try: steps = ladder(id)
    except LookupError as e: return note('open', '– No such exercise.', str(e.args[0]))
    if step is None: step = _seen(id) + 1
    step = min(max(int(step), 1), len(steps))

    def change(data: dict):
        entry = data['exercises'].setdefault(id, {})
        entry['hints'] = max(step, entry.get('hints', 0))
    progress.update(change)
    said = f'{steps[step - 1]} {progress.take_notice()}'.strip()
    note('told', f'Hint {step} of {len(steps)}.', said)


def _seen(id: str) -> int:
    return progress.read()['exercises'].get(id, {}).get('hints', 0)
