"""Kernels that are forks: they start with everything imported, stand alone, and end when told."""
import json
import os
import subprocess
import sys
import textwrap

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from utils.serve import forking

needs_fork = pytest.mark.skipif(sys.platform != 'linux', reason='kernels are forked on Linux only')

# What the kernels say of themselves, and whether they are gone when they have to be.
PROGRAM = """
import asyncio, json, os, sys, time
from enum import Enum
from jupyter_client.manager import AsyncKernelManager
from utils.serve.forking import fork_kernels

class Names(str, Enum): SAYS = 'COMPANION_SAYS'      # as Voila names its variables

CODE = '''import os, sys
had = [m in sys.modules for m in ("torch", "matplotlib.backends.backend_agg", "utils.labs.base")]
import numpy as np
import json
print(json.dumps(dict(had=had, voila="voila" in sys.modules, says=os.environ["COMPANION_SAYS"],
                      only=sorted(k for k in os.environ if k.startswith("COMPANION_")),
                      cwd=os.getcwd(), pid=os.getpid(), dice=float(np.random.rand()),
                      main=__name__, session=os.getsid(0))))'''

async def ask(km):
    client = km.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    client.execute(CODE)
    while True:
        message = await client.get_iopub_msg(timeout=60)
        if message['msg_type'] == 'stream' and message['content']['name'] == 'stdout':
            client.stop_channels()
            return json.loads(message['content']['text'])

def alive(pid):
    try: os.kill(pid, 0)
    except ProcessLookupError: return False
    return True

async def gone(pid):
    for _ in range(100):
        if not alive(pid): return True
        await asyncio.sleep(.05)
    return False

async def main():
    os.environ['COMPANION_OF_THE_SERVER'] = 'x'
    kms = [AsyncKernelManager(kernel_name='python3') for _ in range(3)]
    env = {k: v for k, v in os.environ.items() if not k.startswith('COMPANION_')}
    for i, km in enumerate(kms):
        await km.start_kernel(env=env | {Names.SAYS: str(i)}, cwd=sys.argv[1])
    said = [await ask(km) for km in kms]
    first, second, third = kms
    await first.shutdown_kernel(now=False)
    os.kill(said[1]['pid'], 9)
    dead = [await gone(s['pid']) for s in said[:2]]
    print(json.dumps(dict(said=said, dead=dead, second=await second.is_alive(),
                          third=await third.is_alive())))

if __name__ == '__main__':
    assert fork_kernels()
    asyncio.run(main())
"""


@pytest.fixture(scope='module')
def story(tmp_path_factory):
    "What three forked kernels said, and what became of them."
    folder = tmp_path_factory.mktemp('forks')
    program = folder / 'program.py'
    program.write_text(textwrap.dedent(PROGRAM))
    env = os.environ | dict(MPLBACKEND='Agg', OMP_NUM_THREADS='1')
    ran = subprocess.run([sys.executable, program, folder], capture_output=True, text=True,
                         env=env, timeout=200)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return dict(json.loads(ran.stdout.splitlines()[-1]), folder=str(folder))


@needs_fork
def test_a_fork_has_everything_imported_and_nothing_of_the_server(story):
    for said in story['said']:
        assert said['had'] == [True, True, True] and not said['voila']
        assert said['main'] == '__main__'


@needs_fork
def test_each_has_its_own_variables_folder_dice_and_session(story):
    assert [s['says'] for s in story['said']] == ['0', '1', '2']
    assert all(s['only'] == ['COMPANION_SAYS'] for s in story['said'])
    assert all(s['cwd'] == story['folder'] for s in story['said'])
    assert len({s['dice'] for s in story['said']}) == 3
    assert all(s['session'] == s['pid'] for s in story['said'])


@needs_fork
def test_it_ends_when_told_and_its_death_is_seen_and_the_others_live(story):
    assert story['dead'] == [True, True]
    assert not story['second'] and story['third']


@needs_fork
def test_no_kernel_outlives_the_server(story):
    with pytest.raises(ProcessLookupError): os.kill(story['said'][2]['pid'], 0)


@needs_fork
def test_what_is_imported_beforehand_starts_no_thread_and_is_all_that_a_training_needs():
    """A fork copies one thread only: any other would be missing in each kernel.

    And what a kernel imports by itself, as torch does at the first optimiser, no other shares.
    """
    code = ('import os, sys, utils.serve.preloaded, utils; had = len(sys.modules);'
            'utils.Adam([utils.tensor(0.).requires_grad_()]);'
            'print(len(os.listdir("/proc/self/task")), len(sys.modules) - had)')
    env = os.environ | dict(MPLBACKEND='Agg', OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1')
    ran = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, env=env)
    assert ran.stdout.split() == ['1', '0'], ran.stderr[-2000:]


def test_where_a_fork_is_not_safe_kernels_start_as_ever(monkeypatch):
    monkeypatch.setattr(sys, 'platform', 'darwin')
    assert forking.fork_kernels() is False
    assert KernelProvisionerFactory.instance().default_provisioner_name == 'local-provisioner'
