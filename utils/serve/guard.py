"""What keeps visitors apart from the machine and from each other."""
from tornado.web import HTTPError, OutputTransform
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

__all__ = ['Headers', 'GuardedSocket', 'is_message', 'PROTOCOL']

PROTOCOL = 'v1.kernel.websocket.jupyter.org'
PARTS = 64              # parts of one message: channel, four of JSON, and what it carries
APPS = '/voila/render/'
# Voila's page holds scripts of its own, and its libraries build functions from text; anything from
# another machine stays out. A widget's script comes as a blob. All other pages have no script.
SCRIPTS = "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:"
CONTENT = '; '.join((
    "default-src 'none'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
    "font-src 'self' data:", "media-src 'self' blob:", "worker-src 'self' blob:",
    "connect-src 'self' blob: data:", "form-action 'self'", "base-uri 'self'",
    "frame-ancestors 'self'"))
HEADERS = {
    'Content-Security-Policy': CONTENT, 'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN', 'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
    'Cross-Origin-Resource-Policy': 'same-origin'}


class Headers(OutputTransform):
    "Puts the same headers on every answer, whichever handler gives it; scripts run on apps only."

    def __init__(self, request):
        super().__init__(request)
        self.path = request.path

    def transform_first_chunk(self, status_code, headers, chunk, finishing):
        for name, value in HEADERS.items(): headers[name] = value
        if APPS in self.path: headers['Content-Security-Policy'] = f'{CONTENT}; {SCRIPTS}'
        if 'Server' in headers: del headers['Server']
        return status_code, headers, chunk


def is_message(data: bytes) -> bool:
    "Is this a message as a page sends it: few parts, in order, all inside of it?"
    if not isinstance(data, bytes) or len(data) < 8: return False
    count = int.from_bytes(data[:8], 'little')
    if not 5 < count <= PARTS or len(data) < 8 * (count + 1): return False
    at = [int.from_bytes(data[8 * i:8 * i + 8], 'little') for i in range(1, count + 1)]
    return at == sorted(at) and at[0] >= 8 * (count + 1) and at[-1] <= len(data)


class GuardedSocket(VoilaKernelWebsocketHandler):
    """A page's line to its kernel, in the one protocol that pages speak.

    In the older one, and for a message that claims to have 2**60 parts, the libraries below would
    count for ever, and every other visitor would wait.
    """

    async def get(self, kernel_id):
        spoken = self.request.headers.get('Sec-WebSocket-Protocol', '')
        if PROTOCOL not in [s.strip() for s in spoken.split(',')]: raise HTTPError(400)
        if kernel_id not in self.kernel_manager: raise HTTPError(404)
        return await super().get(kernel_id=kernel_id)

    def on_message(self, message):
        if is_message(message): return super().on_message(message)
        self.close(1003, 'not a message')
