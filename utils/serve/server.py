"""The app server: Voila with the course's settings and its own first page."""
import json
import logging
import webbrowser
from pathlib import Path

from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler
from voila.voila_identity_provider import VoilaLoginHandler

from .guard import GuardedSocket, Headers
from .index import AppIndex
from .settings import ASSETS
from .status import StatusHandler

__all__ = ['AppServer']


class IndexHandler(BaseVoilaHandler):
    "The list of apps, without a kernel: it opens at once."

    def initialize(self, folder, **kwargs):
        super().initialize(**kwargs)
        self.folder = folder

    @authenticated
    def get(self):
        index = AppIndex(self.folder, url_path_join(self.base_url, 'voila/render/'))
        page = (ASSETS / 'index.html').read_text('utf-8')
        self.set_header('Cache-Control', 'no-cache')
        self.finish(page.replace('{{ cards }}', index._repr_html_()))


class NoPage(BaseVoilaHandler):
    "Any other address: a page that says so."

    def get(self): raise HTTPError(404)


class Login(BaseVoilaHandler, VoilaLoginHandler):
    "Where a visitor without the link types the word that opens the apps."

    def _render(self, message=None):
        self.finish(self.render_template('login.html', wrong=bool(message), base_url=self.base_url,
                                         next=self.get_argument('next', self.base_url)))


class Alive(KernelHandler):
    "Does a page's kernel still live, and if not, why? That is all that may be asked here."

    @authenticated
    async def get(self, kernel_id):
        kernels = self.kernel_manager
        if kernel_id in kernels and await kernels.why_end(kernel_id) == 'died':
            await kernels.end(kernel_id, 'died')
        if kernel_id in kernels and kernel_id not in kernels.ended:
            return await super().get(kernel_id)
        self.set_status(404)
        self.finish(json.dumps(dict(why=kernels.ended.get(kernel_id, 'unknown'))))

    async def delete(self, kernel_id): raise HTTPError(405)


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

    @authenticated
    async def get(self, path=None):
        kernels = self.kernel_manager
        ready = hasattr(kernels, 'get_pool_size') and kernels.get_pool_size(path)
        if ready: kernels.expect(path)
        if ready or len(kernels) < self.settings['most_kernels']: return await super().get(path)
        kernels.full += 1
        self.set_status(503)
        self.set_header('Retry-After', '60')
        self.finish(self.render_template('503.html', status_code=503, base_url=self.base_url))


def is_news(record) -> bool:
    "Not when tornado takes Jupyter's milliseconds between signs of life for seconds, and wonders."
    return 'websocket_ping_timeout' not in record.getMessage()


logging.getLogger('tornado.general').addFilter(is_news)


class AppServer(Voila):
    "Voila that lists its pages as cards, and lists nothing else."
    name = 'voila'

    def init_handlers(self):
        gone = TornadoVoilaTreeHandler, VoilaContentsHandler, VoilaLoginHandler
        ours = {VoilaShutdownKernelHandler: Leaving, TornadoVoilaHandler: Visit,
                KernelHandler: Alive, VoilaKernelWebsocketHandler: GuardedSocket}
        handlers = [(h[0], ours.get(h[1], h[1]), *h[2:]) for h in super().init_handlers()
                    if h[1] not in gone]
        self.app.add_transform(Headers)
        voila = dict(voila_configuration=self.voila_configuration)
        first = self.server_url, IndexHandler, voila | dict(folder=Path(self.root_dir))
        login = url_path_join(self.server_url, 'login'), Login, voila
        status = url_path_join(self.server_url, 'status'), StatusHandler
        return [first, login, status, *handlers, ('.*', NoPage, voila)]

    def launch_browser(self): webbrowser.open(self.link('localhost'))

    def link(self, host: str) -> str:
        "What to type into a browser, with the word that opens the apps where one is asked for."
        word = f'?token={self.token}' if self.token else ''
        return f'http://{host}:{self.port}{self.base_url}{word}'
