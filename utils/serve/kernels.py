"""The visitors' kernels: when one is ended, and what is remembered of it."""
import logging
import re
import sys
import time
from collections import Counter
from subprocess import DEVNULL

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Float

__all__ = ['VisitorKernels']

REMEMBERED = 1000       # ended pages whose reason is kept, so that they can say it


class VisitorKernels(AsyncMappingKernelManager):
    "Kernels of pages: ended soon after their page was lost, later where it is open but not used."

    left_for = Float(300, config=True, help='Seconds that a page may be without connection.')
    idle_for = Float(3600, config=True, help='Seconds that an open page may be without a change.')

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.left, self.met, self.ended = {}, {}, {}    # by kernel: since when without a page,
                                                        # page and time of its visitor, why it ended
        self.reasons, self.full = Counter(), 0          # visits by their end, and those refused

    async def start_kernel(self, **kwargs):
        "Start one without its words on the terminal, unless they are wanted."
        quiet = self.parent.log_level > logging.INFO
        if quiet: kwargs |= dict(stdout=DEVNULL, stderr=DEVNULL)
        kernel_id = await super().start_kernel(**kwargs)
        self.left[kernel_id] = time.monotonic()
        page = kwargs.get('env', {}).get('SCRIPT_NAME', '')
        if page: self.met[kernel_id] = name_of(page), time.time()
        return kernel_id

    def expect(self, page: str):
        "A visitor is about to get one of the kernels kept ready for a page: none ends just now."
        ready = getattr(self, 'notebook_data', {}).get(page, {}).get('kernel_ids', ())
        self.left |= dict.fromkeys(self.left.keys() & set(ready), time.monotonic())

    def notify_connect(self, kernel_id):
        super().notify_connect(kernel_id)
        self.left.pop(kernel_id, None)
        if kernel_id not in self.met:
            page = self._get_notebook_from_kernel(kernel_id) or ''
            self.met[kernel_id] = name_of(page), time.time()

    def notify_disconnect(self, kernel_id):
        super().notify_disconnect(kernel_id)
        if self._kernel_connections.get(kernel_id) == 0: self.left[kernel_id] = time.monotonic()

    async def cull_kernel_if_idle(self, kernel_id):
        "End a kernel whose process died, whose page is gone, or whose page nobody uses."
        why = await self.why_end(kernel_id)
        if why: await self.end(kernel_id, why)

    async def why_end(self, kernel_id: str) -> str:
        "'died', 'lost' or 'idle'; '' for a kernel that is still wanted."
        if kernel_id in self.ended: return ''       # it is being ended already
        kernel = self._kernels[kernel_id]
        if kernel.execution_state == 'dead' or not await kernel.is_alive(): return 'died'
        if kernel_id in self.left:
            return 'lost' if time.monotonic() - self.left[kernel_id] > self.left_for else ''
        used = max(kernel.last_activity.timestamp(), self.met.get(kernel_id, ('', 0))[1])
        unused = time.time() - used
        return 'idle' if unused > self.idle_for and kernel.execution_state != 'busy' else ''

    async def end(self, kernel_id: str, why: str):
        "Shut a kernel down, and remember why."
        self.ended[kernel_id] = why
        while len(self.ended) > REMEMBERED: del self.ended[next(iter(self.ended))]
        await self.shutdown_kernel(kernel_id)

    async def shutdown_kernel(self, kernel_id, *args, **kwargs):
        page, began = self.met.pop(kernel_id, ('', 0))
        self.left.pop(kernel_id, None)
        why = self.ended.setdefault(kernel_id, 'left')
        if page:
            self.reasons[why] += 1
            say(f'{page} open {time.time() - began:.0f} s, {why}')
        return await super().shutdown_kernel(kernel_id, *args, **kwargs)


def name_of(page: str) -> str:
    "A page's name without folders, ending, or anything a visitor could have added."
    return re.sub(r'[^\w-]', '', page.rpartition('/')[2].removesuffix('.ipynb'))[:40]


def say(line: str):
    "One line of the log: what happened and when, nothing of who it was."
    print(time.strftime('%Y-%m-%d %H:%M:%S'), line, file=sys.stderr, flush=True)
