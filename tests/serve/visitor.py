"""A visitor without a browser: opens a page as one does, and speaks to its lab over the socket."""
import asyncio
import json
import re
import time
import uuid

from jupyter_server.services.kernels.connection.base import (deserialize_msg_from_ws_v1,
                                                             serialize_msg_to_ws_v1)
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

PROTOCOL = 'v1.kernel.websocket.jupyter.org'
AsyncHTTPClient.configure(None, max_clients=200)


async def fetch(address, **kwargs):
    "An answer whatever its status."
    request = HTTPRequest(address, request_timeout=120, connect_timeout=30, **kwargs)
    return await AsyncHTTPClient().fetch(request, raise_error=False)


def kernel_of(page: str) -> str:
    "The kernel of a page, as the page's own script finds it."
    data = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1]
    return json.loads(data)['kernelId']


async def socket_to(address, kernel, protocols=(PROTOCOL,), **headers):
    "An open line to a kernel."
    where = f'{address}api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}'
    request = HTTPRequest(where.replace('http', 'ws', 1), headers=headers, request_timeout=60)
    return await websocket_connect(request, subprotocols=list(protocols) or None,
                                   max_message_size=2**27)


def message(kind, content, buffers=(), channel='shell'):
    "A message of Jupyter's protocol as bytes, and its name."
    name = uuid.uuid4().hex
    head = dict(msg_id=name, msg_type=kind, username='', session=name, version='5.3',
                date='2026-01-01T00:00:00Z')
    parts = [json.dumps(p).encode() for p in (head, {}, {}, content)]
    return serialize_msg_to_ws_v1([*parts, *buffers], channel), name


def is_open(state: dict) -> bool:
    "Has a lab shown its first picture, or *Teach it* its classes?"
    return bool(state.get('png') and 'controls' in state or state.get('state'))


class Visitor:
    "One page and its first lab."

    def __init__(self, address):
        self.address, self.asked, self.state = address, 0, {}
        self.sent = []      # (content, buffers) of what the lab sent besides its state

    async def open(self, name):
        "Open a page; its status. `self.opened` is how long it took until its lab showed a picture."
        began = time.perf_counter()
        answer = await fetch(f'{self.address}voila/render/{name}.ipynb')
        if answer.code != 200: return answer.code
        page = answer.body.decode()
        self.kernel = kernel_of(page)
        self.model = re.search(r'"model_id": "(\w+)"', page)[1]
        self.socket = await socket_to(self.address, self.kernel)
        self.reader = asyncio.ensure_future(self._read())
        await self.tell(dict(method='request_state'))
        await self.until(is_open, 60)
        self.opened = time.perf_counter() - began
        return 200

    async def _read(self):
        while (data := await self.socket.read_message()) is not None:
            _, (head, _, _, content, *buffers) = deserialize_msg_from_ws_v1(data)
            if json.loads(head)['msg_type'] != 'comm_msg': continue
            said = json.loads(content)
            if said['comm_id'] != self.model: continue
            if 'state' not in said['data']:
                self.sent.append((said['data'].get('content'), buffers))
                continue
            self.state |= said['data']['state']
            for path, buffer in zip(said['data'].get('buffer_paths', ()), buffers):
                self.state[path[0]] = buffer

    async def tell(self, data, buffers=()):
        "Send a message to the lab's widget."
        content = dict(comm_id=self.model, data=data)
        await self.socket.write_message(message('comm_msg', content, buffers)[0], binary=True)

    async def until(self, true_of, seconds=30):
        "Wait until the lab's state is as wanted."
        end = time.perf_counter() + seconds
        while not true_of(self.state):
            if self.reader.done() or time.perf_counter() > end:
                raise TimeoutError(f'no answer; the socket is closed: {self.reader.done()}')
            await asyncio.sleep(.003)

    async def do(self, buffers=(), seconds=30, **what):
        "Do something on the page and wait for the answer; the seconds that it took."
        self.asked += 1
        began = time.perf_counter()
        await self.tell(dict(method='custom', content=what | dict(asked=self.asked)), buffers)
        await self.until(lambda s: s.get('heard', 0) >= self.asked, seconds)
        return time.perf_counter() - began

    async def leave(self):
        "Close the page as a browser does; a page that was never open has nothing to close."
        if not hasattr(self, 'socket'): return
        await fetch(f'{self.address}voila/api/shutdown/{self.kernel}', method='POST', body='')
        self.socket.close()
        self.reader.cancel()
