"""No test may leave this machine: connections and name look-ups stay on loopback or are refused.

conftest.py installs this in pytest, and puts this folder on PYTHONPATH, so that every Python that a
test starts (notebook kernels, Voila) reads this file by itself.
"""
import ipaddress
import socket


class NetworkRefused(OSError):
    "A test, or code under test, asked for another machine."


def _is_local(host):
    if isinstance(host, bytes): host = host.decode()
    if host in (None, "", "localhost", "0.0.0.0", "::"): return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return host.endswith(".localhost")


def _refuse_unless_local(host):
    if not _is_local(host):
        raise NetworkRefused(f"Tests run without a network, but something asked for {host!r}. "
                             "Start a server on 127.0.0.1 in the test instead.")


def install():
    "Guard connect, connect_ex and getaddrinfo; twice is once."
    if getattr(socket, "companion_offline", False): return
    socket.companion_offline = True
    look_up = socket.getaddrinfo

    def guarded_look_up(host, *args, **kwargs):
        _refuse_unless_local(host)
        return look_up(host, *args, **kwargs)

    def guarded(name):
        original = getattr(socket.socket, name)

        def method(self, address, *rest):
            if self.family in (socket.AF_INET, socket.AF_INET6): _refuse_unless_local(address[0])
            return original(self, address, *rest)
        return method

    socket.getaddrinfo = guarded_look_up
    for name in ("connect", "connect_ex"): setattr(socket.socket, name, guarded(name))


install()
