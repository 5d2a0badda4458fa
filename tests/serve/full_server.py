"""The app server on a full disk: to it and its kernels the system refuses any larger file."""
import sys

from utils.serve.__main__ import main

ROOM = 1024       # bytes that a file may have; a kernel's address and a server's key need less

if __name__ == '__main__':
    import resource
    size = resource.RLIMIT_FSIZE
    resource.setrlimit(size, (ROOM, resource.getrlimit(size)[1]))
    sys.exit(main())
