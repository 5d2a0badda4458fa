"""The app server without what protects it: without all of it, or without what COMPANION_WEAK names.

What the security tests must notice.
"""
import os
import sys

import utils.serve.server as server
from jupyter_server.services.kernels.handlers import KernelHandler
from utils.serve import __main__, guard, settings
from utils.serve.status import StatusHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

PROTECTIONS = ('sources', 'files', 'folders', 'template', 'headers', 'protocol', 'origin', 'code',
               'kernels', 'numbers', 'word')
strong = settings.voila_config


def weak(folder, *args, **kwargs):
    "The settings, as far as protections are settings."
    c = strong(folder, *args, **kwargs)
    v = c.VoilaConfiguration
    if 'word' in gone: c.Voila.token = ''
    if 'template' in gone: v.allow_template_override = v.allow_theme_override = 'YES'
    if 'sources' in gone: v.strip_sources, v.show_tracebacks = False, True
    if 'files' in gone: v.file_allowlist, v.file_denylist = ['.*'], []
    if 'origin' in gone: c.Voila.tornado_settings |= dict(allow_origin='*')
    return c


class AnyMessage(server.AppServer):
    def init_settings(self):
        found = super().init_settings()
        self.kernel_manager.allowed_message_types = []      # all of them
        return found


class ForEverybody(StatusHandler):
    def get(self):
        from utils.serve.status import numbers
        self.finish(numbers(self.settings['kernel_manager'], self.settings['most_kernels']))


def weaken():
    "Take the protections away that are code."
    __main__.voila_config = weak
    if 'code' in gone: server.AppServer = AnyMessage
    if 'kernels' in gone: server.Alive = KernelHandler
    if 'numbers' in gone: server.StatusHandler = ForEverybody
    if 'protocol' in gone: server.GuardedSocket = VoilaKernelWebsocketHandler
    if 'folders' in gone:
        server.TornadoVoilaTreeHandler = server.VoilaContentsHandler = type('Nothing', (), {})
    if 'headers' in gone: guard.HEADERS.clear()


if __name__ == '__main__':
    gone = os.environ.get('COMPANION_WEAK', ' '.join(PROTECTIONS)).split()
    weaken()
    sys.exit(__main__.main())
