"""Lets a container reach a port of this machine's loopback: listens on the container bridge's own address alone, until it is ended.

forward.py BRIDGE_ADDRESS LOOPBACK_PORT     prints the port that it listens on
"""

import contextlib
import shutil
import socket
import sys
import threading


def main(bridge: str, port: int) -> None:
    """Take connections and carry each to the loopback's port."""
    with socket.create_server((bridge, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            there = listener.accept()[0]
            here = socket.create_connection(("127.0.0.1", port))
            for source, target in ((there, here), (here, there)):
                threading.Thread(target=_carry, args=(source, target), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError), source.makefile("rb", buffering=0) as reads, target.makefile("wb", buffering=0) as writes:
        shutil.copyfileobj(reads, writes)
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
