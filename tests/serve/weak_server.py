"""The app server with all that protects it taken away: what the security tests must notice."""
import sys

import utils.serve.server as server
from jupyter_server.services.kernels.handlers import KernelHandler
from utils.serve import __main__, guard, settings
from utils.serve.status import StatusHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

strong = settings.voila_config


def weak(folder, *args, **kwargs):
    c = strong(folder, *args, **kwargs)
    v = c.VoilaConfiguration
    c.Voila.token = ''
    v.allow_template_override = v.allow_theme_override = 'YES'
    v.strip_sources, v.show_tracebacks = False, True
    v.file_allowlist, v.file_denylist = ['.*'], []
    c.Voila.tornado_settings |= dict(allow_origin='*', status_key='')
    return c


class Everything(server.AppServer):
    def init_settings(self):
        found = super().init_settings()
        self.kernel_manager.allowed_message_types = []      # all of them
        return found


class Open(StatusHandler):
    def get(self):
        from utils.serve.status import numbers
        self.finish(numbers(self.settings['kernel_manager'], self.settings['most_kernels']))


if __name__ == '__main__':
    __main__.voila_config = weak
    server.AppServer, server.Alive, server.StatusHandler = Everything, KernelHandler, Open
    server.GuardedSocket = VoilaKernelWebsocketHandler
    server.TornadoVoilaTreeHandler = server.VoilaContentsHandler = type('Nothing', (), {})
    guard.HEADERS.clear()
    sys.exit(__main__.main())
