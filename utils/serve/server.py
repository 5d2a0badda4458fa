"""The app server: Voila with the course's settings and its own first page."""
import logging
import webbrowser
from pathlib import Path
from subprocess import DEVNULL

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RequestHandler
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from .index import AppIndex
from .settings import ASSETS

__all__ = ['AppServer']


class IndexHandler(RequestHandler):
    "The list of apps, without a kernel: it opens at once."

    def initialize(self, folder, base_url): self.folder, self.base_url = folder, base_url

    def get(self):
        index = AppIndex(self.folder, url_path_join(self.base_url, 'voila/render/'))
        page = (ASSETS / 'index.html').read_text('utf-8')
        self.set_header('Cache-Control', 'no-cache')
        self.finish(page.replace('{{ cards }}', index._repr_html_()))


class NoPage(BaseVoilaHandler):
    "Any other address: a page that says so."

    def get(self): raise HTTPError(404)


class Leaving(VoilaShutdownKernelHandler):
    "A page that is left ends its kernel: it says so itself, in the last moment of its life."

    def check_xsrf_cookie(self):
        "Voila gives its pages no such cookie; the long random name is known to its page only."

    async def post(self, kernel_id):
        if kernel_id in self.kernel_manager: return await super().post(kernel_id)
        self.set_status(404)
        self.finish()


class Visit(TornadoVoilaHandler):
    "A page, as long as there is room for its kernel; else a page that says when to try again."

    async def get(self, path=None):
        if len(self.kernel_manager) < self.settings['most_kernels']: return await super().get(path)
        self.set_status(503)
        self.set_header('Retry-After', '60')
        self.finish(self.render_template('503.html', status_code=503, base_url=self.base_url))


class QuietKernels(AsyncMappingKernelManager):
    "Starts a visitor's kernel without its words on the terminal, unless they are wanted."

    async def start_kernel(self, **kwargs):
        quiet = self.parent.log_level > logging.INFO
        if quiet: kwargs |= dict(stdout=DEVNULL, stderr=DEVNULL)
        return await super().start_kernel(**kwargs)


def is_news(record) -> bool:
    "Not when tornado takes Jupyter's milliseconds between signs of life for seconds, and wonders."
    return 'websocket_ping_timeout' not in record.getMessage()


logging.getLogger('tornado.general').addFilter(is_news)


class AppServer(Voila):
    "Voila that lists its pages as cards, and lists nothing else."
    name = 'voila'

    def init_handlers(self):
        listing = TornadoVoilaTreeHandler, VoilaContentsHandler
        ours = {VoilaShutdownKernelHandler: Leaving, TornadoVoilaHandler: Visit}
        handlers = [(h[0], ours.get(h[1], h[1]), *h[2:]) for h in super().init_handlers()
                    if h[1] not in listing]
        first = dict(folder=Path(self.root_dir), base_url=self.base_url)
        nowhere = '.*', NoPage, dict(voila_configuration=self.voila_configuration)
        return [(self.server_url, IndexHandler, first), *handlers, nowhere]

    def launch_browser(self): webbrowser.open(self.address)

    @property
    def address(self) -> str:
        "What to type into a browser on this machine."
        host = 'localhost' if self.ip in ('', '0.0.0.0', '127.0.0.1') else self.ip
        return f'http://{host}:{self.port}{self.base_url}'
