"""Lets containers reach a port of this machine's loopback address: listens on the address of the container bridge only."""

import contextlib
import shutil
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def forwarded(bridge: str, port: int) -> Iterator[int]:
    """A port on `bridge` whose connections are forwarded to `port` of the loopback address."""
    with socket.create_server((bridge, 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
        carried: int = listener.getsockname()[1]
        yield carried


def _accept(listener: socket.socket, port: int) -> None:
    with contextlib.suppress(OSError):  # it was closed
        while True:
            threading.Thread(target=_carry, args=(listener.accept()[0], port), daemon=True).start()


def _carry(there: socket.socket, port: int) -> None:
    with there, socket.create_connection(("127.0.0.1", port)) as here:
        back = threading.Thread(target=_pass_on, args=(here, there), daemon=True)
        back.start()
        _pass_on(there, here)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError), source.makefile("rb", buffering=0) as reads, target.makefile("wb", buffering=0) as writes:
        shutil.copyfileobj(reads, writes)
        target.shutdown(socket.SHUT_WR)
