"""Kernels that are born with everything imported: copies of one process that did it before.

A kernel of its own takes seconds to import torch; a fork of a process that has it takes none, and
shares that memory with all others. The standard library's fork server does the work.
"""
import multiprocessing
import os
import sys
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

__all__ = ['ForkedKernel', 'fork_kernels']

PRELOADED = 'utils.serve.preloaded'    # imported by the fork server before the first kernel


def fork_kernels() -> bool:
    "From now on let this process's kernels be forks; False where the system cannot do it safely."
    if sys.platform != 'linux': return False        # macOS's own libraries do not bear a fork
    multiprocessing.get_context('forkserver').set_forkserver_preload([PRELOADED])
    forkserver.ensure_running()
    factory = KernelProvisionerFactory.instance()
    place = f'{ForkedKernel.__module__}:{ForkedKernel.__name__}'
    factory.provisioners['forked'] = EntryPoint('forked', place, factory.GROUP_NAME)
    factory.default_provisioner_name = 'forked'
    return True


class ForkedKernel(LocalProvisioner):
    "Starts a kernel by forking; for the rest it is a kernel like any other."

    async def launch_kernel(self, cmd, **kwargs):
        # as plain text: Voila's names of variables would bring all of Voila along
        env = {os.fsdecode(os.fsencode(k)): v for k, v in kwargs['env'].items()}
        wanted = dict(argv=cmd[cmd.index('-m') + 2:], env=env, quiet='stdout' in kwargs,
                      cwd=str(kwargs.get('cwd') or os.getcwd()))
        process = multiprocessing.get_context('forkserver').Process(
            target=run_kernel, kwargs=wanted, daemon=True)
        process.start()
        self.process, self.pid, self.cwd = LikePopen(process), process.pid, wanted['cwd']
        return self.connection_info


class LikePopen:
    "A process of multiprocessing under the names that jupyter_client knows from subprocess."
    stdin = stdout = stderr = None

    def __init__(self, process): self.process, self.pid = process, process.pid

    def poll(self): return self.process.exitcode

    def wait(self, timeout=None):
        self.process.join(timeout)
        return self.poll()

    def send_signal(self, number):
        if self.poll() is None: os.kill(self.pid, number)

    def terminate(self): self.process.terminate()

    def kill(self): self.process.kill()


def run_kernel(argv: list, env: dict, cwd: str, quiet: bool):
    "In the new process: become a kernel with these arguments, variables and folder."
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    Path('/proc/self/comm').write_text(Path(argv[-1]).stem[:15])    # its name in `top`
    if quiet:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2): os.dup2(nothing, stream)
    np.random.seed()                            # or all kernels would throw the same dice
    sys.argv = ['ipykernel_launcher', *argv]
    IPKernelApp.launch_instance()
