"Settings over the whole range of a lab's controls: each at its ends and at three random places."
import numpy as np


def places(control, seed=0):
    "The ends of a control and three values in between; all of its options."
    if control.kind == 'switch': return [False, True]
    if control.options: return [v for _, v in control.options]
    inner = np.random.default_rng(seed).uniform(control.low, control.high, 3)
    return [control.low, control.high, *(control.clamp(float(v), control.value) for v in inner)]


def over_all_ranges(lab):
    "Settings: the start, and from it each control by itself over its range."
    yield lab.settings
    for i, (name, control) in enumerate(lab.controls.items()):
        for value in places(control, i): yield lab.settings | {name: control.clean(value)}
